//! Sound archives whose `entities.xml` is damaged or malicious: each is refused, and the admin is told why.

use std::io::Cursor;

use crate::space_export::Limits;

use super::hostile::{assert_says, xml_refusal};
use super::{entities, open, page_xml, refusal_with, zip_of};

#[test]
fn broken_xml_is_refused_with_its_place() {
    assert_says(
        &xml_refusal("<hibernate-generic><object class=\"Page\"><id"),
        "breaks off at byte",
    );
    assert_says(
        &xml_refusal("<hibernate-generic><object></page>"),
        "breaks off at byte",
    );
    assert_says(
        &xml_refusal("<hibernate-generic><object>"),
        "breaks off at byte 27: the end is missing",
    );
    assert_says(
        &xml_refusal("<hibernate-generic><![CDATA["),
        "breaks off at byte",
    );
    assert_says(
        &xml_refusal("<hibernate-generic><object class=Page>"),
        "breaks off at byte",
    );
    assert_says(
        &xml_refusal(b"<hibernate-generic>\xff\xfe</hibernate-generic>"),
        "breaks off at byte",
    );
}

#[test]
fn other_xml_is_refused() {
    assert_says(
        &xml_refusal("<rss><channel/></rss>"),
        "does not begin with <hibernate-generic>",
    );
    assert_says(&xml_refusal(""), "does not begin with <hibernate-generic>");
    assert_says(
        &xml_refusal("plain text"),
        "does not begin with <hibernate-generic>",
    );
}

#[test]
fn entity_declarations_are_refused() {
    let laughs = r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
        <hibernate-generic><object class="Page"><property name="title">&b;</property></object></hibernate-generic>"#;
    let file = r#"<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]><hibernate-generic/>"#;

    assert_says(&xml_refusal(laughs), "declares entities of its own");
    assert_says(&xml_refusal(file), "declares entities of its own");
}

#[test]
fn an_undeclared_entity_is_broken_xml() {
    let xml = entities(r#"<object class="Page"><property name="title">&nbsp;</property></object>"#);

    assert_says(&xml_refusal(xml), "“&nbsp;” is not defined");
}

#[test]
fn a_harmless_doctype_is_passed_over() {
    let xml = format!("<!DOCTYPE hibernate-generic>{}", entities(""));

    assert!(open(zip_of(&[("entities.xml", xml.as_bytes())])).is_ok());
}

#[test]
fn a_gigantic_text_is_refused_before_it_is_in_memory() {
    let limits = Limits {
        text_bytes: 100_000,
        ..Limits::default()
    };
    let long = "x".repeat(200_000);
    let refusal_of =
        |xml: String| refusal_with(zip_of(&[("entities.xml", xml.as_bytes())]), &limits);

    assert_says(
        &refusal_of(entities(&page_xml(5, &long, ""))),
        "a text of more than 100000 bytes",
    );
    assert_says(
        &refusal_of(entities(&format!("<!--{long}-->"))),
        "a text of more than 100000 bytes",
    );
    assert_says(
        &refusal_of(entities(&format!("<object class=\"{long}\"/>"))),
        "a text of more than 100000 bytes",
    );
    assert_says(
        &refusal_of(entities(&format!("<{long}/>"))),
        "a text of more than 100000 bytes",
    );
}

#[test]
fn a_text_in_many_short_parts_is_as_long_as_its_sum() {
    let limits = Limits {
        text_bytes: 100_000,
        ..Limits::default()
    };
    let parts = format!("<![CDATA[{}]]>", "x".repeat(10_000)).repeat(20);
    let xml = entities(&format!(
        r#"{}<object class="BodyContent"><id name="id">1</id><property name="body">{parts}</property></object>"#,
        page_xml(
            5,
            "P",
            r#"<collection name="bodyContents"><element><id name="id">1</id></element></collection>"#
        )
    ));
    let bytes = zip_of(&[("entities.xml", xml.as_bytes())]);
    let mut export = crate::space_export::SpaceExport::open(Cursor::new(bytes), &limits).unwrap();

    let result = export.for_each_body(|_| panic!("too long a body was handed out"));

    assert_says(
        &result.unwrap_err().to_string(),
        "a text of more than 100000 bytes",
    );
}

#[test]
fn a_million_levels_are_refused() {
    let xml = format!("<hibernate-generic>{}", "<a>".repeat(1_000_000));

    assert_says(&xml_refusal(xml), "nested more than 32 levels deep");
}

#[test]
fn titles_and_names_have_a_limit_together() {
    let limits = Limits {
        metadata_bytes: 50_000,
        ..Limits::default()
    };
    let pages = |count: u64| {
        entities(
            &(1..=count)
                .map(|id| page_xml(id, "A page", ""))
                .collect::<String>(),
        )
    };
    let comments =
        entities(&r#"<object class="Comment"><id name="id">1</id></object>"#.repeat(2_000));

    assert_says(
        &refusal_with(
            zip_of(&[("entities.xml", pages(1_000).as_bytes())]),
            &limits,
        ),
        "Export single spaces",
    );
    let of_comments = zip_of(&[("entities.xml", comments.as_bytes())]);
    assert!(crate::space_export::SpaceExport::open(Cursor::new(of_comments), &limits).is_ok());
}

#[test]
fn invented_classes_do_not_fill_the_report() {
    let xml: String = (0..500)
        .map(|number| format!("<object class=\"C{number}\"/>"))
        .collect();
    let export = open(zip_of(&[("entities.xml", entities(&xml).as_bytes())])).unwrap();

    assert_eq!(export.skipped().len(), 50);
}

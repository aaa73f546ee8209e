//! What an export that Confluence wrote comes out as.

use time::macros::{date, datetime};

use crate::space_export::builder::{ExportBuilder, NewPage};
use crate::space_export::{
    BodyFormat, ExportType, ExportedUser, PageKind, SkipReason, Source, SpaceStatus,
};

use super::{
    bodies, built, built_bytes, bytes_of, entities, export_of, file, open, page, page_xml, skipped,
    zip_of,
};

fn manual() -> ExportBuilder {
    ExportBuilder::new("DOC", "Manual")
        .user("u-1", "ada", "Ada Lovelace")
        .page(NewPage {
            author_key: Some("u-1"),
            labels: &["howto", "draft-of-mind"],
            ..NewPage::new(10, "Start", "<p>Hello</p>")
        })
        .page(NewPage {
            parent: Some(10),
            position: Some(3),
            version: 7,
            ..NewPage::new(11, "Install", "<p>1</p>")
        })
        .home_page(10)
        .file(
            11,
            "plan.png",
            "image/png",
            b"not really a picture".to_vec(),
        )
}

#[test]
fn a_built_space_comes_back_as_it_was() {
    let mut export = built(manual());

    assert_eq!(export.descriptor().export_type, ExportType::Space);
    assert_eq!(export.descriptor().space_key.as_deref(), Some("DOC"));
    let [space] = export.spaces() else {
        panic!("one space")
    };
    assert_eq!(
        (space.key.as_str(), space.name.as_str(), space.home_page),
        ("DOC", "Manual", Some(10))
    );
    assert_eq!(space.status, SpaceStatus::Current);
    let install = page(&export, 11);
    assert_eq!(
        (install.parent, install.position, install.version),
        (Some(10), Some(3), 7)
    );
    let start = page(&export, 10);
    assert_eq!(start.labels, ["draft-of-mind", "howto"]);
    assert_eq!(start.creator_key.as_deref(), Some("u-1"));
    assert_eq!(start.modified_at, Some(datetime!(2024-01-15 09:30 UTC)));
    assert!(export.skipped().is_empty());
    assert_eq!(
        bytes_of(&mut export, "plan.png").unwrap(),
        b"not really a picture"
    );
    let texts: Vec<_> = bodies(&mut export)
        .into_iter()
        .map(|body| (body.page_id, body.body))
        .collect();
    assert_eq!(
        texts,
        [(10, "<p>Hello</p>".to_owned()), (11, "<p>1</p>".to_owned())]
    );
}

#[test]
fn the_builder_writes_the_same_bytes_every_time() {
    assert_eq!(built_bytes(manual()), built_bytes(manual()));
}

#[test]
fn a_blog_post_has_its_posting_day_and_no_parent() {
    let post = NewPage {
        kind: PageKind::BlogPost,
        created_at: datetime!(2025-03-01 23:10 UTC),
        ..NewPage::new(20, "News", "<p>n</p>")
    };
    let export = built(ExportBuilder::new("DOC", "Manual").page(post).file(
        20,
        "n.txt",
        "text/plain",
        vec![1],
    ));

    assert_eq!(page(&export, 20).kind, PageKind::BlogPost);
    assert_eq!(page(&export, 20).posting_day, Some(date!(2025 - 03 - 01)));
    assert_eq!(file(&export, "n.txt").page_id, 20);
}

#[test]
fn wiki_markup_is_told_from_storage_format() {
    let old = NewPage {
        format: BodyFormat::WikiMarkup,
        ..NewPage::new(1, "Old", "h1. Hello")
    };
    let mut export = built(
        ExportBuilder::new("DOC", "Manual")
            .page(old)
            .page(NewPage::new(2, "New", "<h1>Hello</h1>")),
    );

    let formats: Vec<_> = bodies(&mut export)
        .into_iter()
        .map(|body| body.format)
        .collect();
    assert_eq!(formats, [BodyFormat::WikiMarkup, BodyFormat::Storage]);
}

#[test]
fn a_body_without_a_type_is_wiki_markup_only_before_confluence_4() {
    let xml = entities(&format!(
        r#"{}<object class="BodyContent"><id name="id">3</id><property name="body">h1. x</property>
        <property name="content" class="Page"><id name="id">5</id></property></object>"#,
        page_xml(5, "P", "")
    ));
    let with_build = |build: &str| {
        let descriptor = format!("exportType=space\nbuildNumber={build}\n");
        let entries = [
            ("entities.xml", xml.as_bytes()),
            ("exportDescriptor.properties", descriptor.as_bytes()),
        ];
        bodies(&mut open(zip_of(&entries)).unwrap())
            .remove(0)
            .format
    };

    assert_eq!(with_build("2037"), BodyFormat::WikiMarkup);
    assert_eq!(with_build("8401"), BodyFormat::Storage);
}

#[test]
fn a_cdata_section_inside_a_body_is_mended() {
    let code = "<ac:plain-text-body><![CDATA[a[b[0]]]]></ac:plain-text-body> [[x]] y";
    let mut export = built(ExportBuilder::new("DOC", "Manual").page(NewPage::new(1, "Code", code)));

    assert_eq!(bodies(&mut export).remove(0).body, code);
}

#[test]
fn brackets_are_left_alone_where_confluence_guarded_only_the_end_of_cdata() {
    let body = r#"<object class="BodyContent"><id name="id">3</id><property name="content" class="Page">
        <id name="id">5</id></property><property name="body"><![CDATA[a[b[0]]; [[x]] <![CDATA[y]] >]]></property></object>"#;
    let mut export = export_of(&format!("{}{body}", page_xml(5, "P", "")));

    assert_eq!(
        bodies(&mut export).remove(0).body,
        "a[b[0]]; [[x]] <![CDATA[y]]>"
    );
}

#[test]
fn control_characters_are_dropped_and_escapes_resolved() {
    let body = "<object class=\"BodyContent\"><id name=\"id\">3</id><property name=\"body\">a\u{8}\u{1c}b &lt;p&gt;\
        &#233;&#xD83D;</property><property name=\"content\" class=\"Page\"><id name=\"id\">5</id></property></object>";
    let mut export = export_of(&format!("{body}{}", page_xml(5, "T\u{7}itle", "")));

    assert_eq!(bodies(&mut export).remove(0).body, "ab <p>é\u{fffd}");
    assert_eq!(page(&export, 5).title, "Title");
}

#[test]
fn a_body_may_come_before_its_page_and_be_named_by_the_page_only() {
    let body = r#"<object class="BodyContent"><id name="id">77</id><property name="body">text</property></object>"#;
    let collection = r#"<collection name="bodyContents"><element class="BodyContent"><id name="id">77</id></element></collection>"#;
    let mut export = export_of(&format!("{body}{}", page_xml(5, "P", collection)));

    assert_eq!(bodies(&mut export).remove(0).page_id, 5);
}

#[test]
fn a_second_body_of_a_page_is_passed_over() {
    let body = |text: &str| {
        format!(
            r#"<object class="BodyContent"><id name="id">3</id><property name="body">{text}</property>
            <property name="content" class="Page"><id name="id">5</id></property></object>"#
        )
    };
    let mut export = export_of(&[page_xml(5, "P", ""), body("first"), body("second")].concat());

    let texts: Vec<_> = bodies(&mut export)
        .into_iter()
        .map(|body| body.body)
        .collect();
    assert_eq!(texts, ["first"]);
}

#[test]
fn a_body_of_a_comment_with_a_pages_id_is_not_the_pages() {
    let body = r#"<object class="BodyContent"><id name="id">5</id><property name="body">comment</property>
        <property name="content" class="Comment"><id name="id">5</id></property></object>"#;
    let mut export = export_of(&format!("{}{body}", page_xml(5, "P", "")));

    assert!(bodies(&mut export).is_empty());
}

#[test]
fn a_body_only_confluence_can_read_is_counted() {
    let body = r#"<object class="BodyContent"><id name="id">6</id><property name="body">{}</property><property name="bodyType">1</property>
        <property name="content" class="Page"><id name="id">5</id></property></object>"#;
    let mut export = export_of(&format!("{}{body}", page_xml(5, "P", "")));

    assert!(bodies(&mut export).is_empty());
    assert_eq!(skipped(&export, &SkipReason::UnreadableBody), 1);
}

#[test]
fn reading_bodies_stops_when_the_caller_breaks() {
    let mut export = built(manual());
    let mut seen = 0;

    export
        .for_each_body(|_| {
            seen += 1;
            std::ops::ControlFlow::Break(())
        })
        .unwrap();

    assert_eq!(seen, 1);
}

#[test]
fn users_come_without_mail_addresses() {
    let export = export_of(
        r#"<object class="ConfluenceUserImpl"><id name="key">557058:1</id><property name="name">ada@example.org</property></object>
        <object class="PersonalInformation"><id name="id">9</id><property name="title">Ada</property>
            <property name="user" class="ConfluenceUserImpl"><id name="key">557058:1</id></property></object>
        <object class="ConfluenceUserImpl"><id name="key">k2</id><property name="name">bob</property></object>
        <object class="InternalUser"><id name="id">3</id><property name="name">bob</property>
            <property name="displayName">Bob B.</property><property name="emailAddress">bob@example.org</property></object>
        <object class="InternalUser"><id name="id">4</id><property name="name">carol</property>
            <property name="displayName">carol@example.org</property></object>"#,
    );

    let user = |key: &str, username: Option<&str>, display_name: Option<&str>| ExportedUser {
        key: key.to_owned(),
        username: username.map(str::to_owned),
        display_name: display_name.map(str::to_owned),
    };
    let expected = [
        user("557058:1", None, Some("Ada")),
        user("k2", Some("bob"), Some("Bob B.")),
        user("carol", Some("carol"), None),
    ];
    assert_eq!(export.users(), expected);
}

#[test]
fn the_descriptor_tells_cloud_from_server() {
    let descriptor = "#Mon Feb 10 10:23:09 UTC 2025\nsource=cloud\nspaceKey=\\~clem\\u00e9\n\
        createdByVersionNumber=1000.0.0-fa97\nbuildNumber=4515\ncreatedByBuildNumber=8401\nexportType=space\n";
    let entries = [
        ("entities.xml", entities("").into_bytes()),
        ("exportDescriptor.properties", descriptor.into()),
    ];
    let export = open(zip_of(
        &entries
            .each_ref()
            .map(|(name, bytes)| (*name, bytes.as_slice())),
    ))
    .unwrap();

    let descriptor = export.descriptor();
    assert_eq!(
        (descriptor.source, descriptor.build_number),
        (Source::Cloud, Some(8401))
    );
    assert_eq!(descriptor.space_key.as_deref(), Some("~clemé"));
    assert_eq!(descriptor.version.as_deref(), Some("1000.0.0-fa97"));
}

#[test]
fn an_export_that_was_unpacked_and_packed_again_inside_its_folder_is_read() {
    let xml = entities(&page_xml(5, "P", ""));
    let entries: [(&str, &[u8]); 2] = [
        ("DOC-export/entities.xml", xml.as_bytes()),
        ("__MACOSX/DOC-export/._entities.xml", b"x"),
    ];

    assert_eq!(open(zip_of(&entries)).unwrap().pages().len(), 1);
}

#[test]
fn files_are_found_in_the_layouts_of_old_and_new_versions() {
    let xml = entities(&format!(
        r#"{}<object class="Attachment"><id name="id">7</id><property name="fileName">old.gif</property>
        <property name="contentType">image/gif</property><property name="fileSize">99</property><property name="comment">first</property>
        <property name="content" class="Page"><id name="id">5</id></property><property name="attachmentVersion">2</property></object>
        <object class="Attachment"><id name="id">8</id><property name="title">gone.pdf</property><property name="version">1</property>
        <collection name="contentProperties"><element class="ContentProperty"><id name="id">1</id></element>
            <element class="ContentProperty"><id name="id">2</id></element></collection>
        <property name="containerContent" class="Page"><id name="id">5</id></property></object>
        <object class="ContentProperty"><id name="id">1</id><property name="name">MEDIA_TYPE</property><property name="stringValue">application/pdf</property></object>
        <object class="ContentProperty"><id name="id">2</id><property name="name">FILESIZE</property><property name="longValue">1234</property></object>"#,
        page_xml(5, "P", "")
    ));
    let mut export = open(zip_of(&[
        ("entities.xml", xml.as_bytes()),
        ("attachments/5/7/2", b"GIF"),
        ("attachments/5/7/1", b"G"),
    ]))
    .unwrap();

    let old = file(&export, "old.gif");
    assert_eq!(
        (old.size, old.version, old.comment.as_str()),
        (3, 2, "first")
    );
    assert_eq!(old.media_type.as_deref(), Some("image/gif"));
    let gone = file(&export, "gone.pdf").clone();
    assert_eq!((gone.size, gone.has_bytes()), (1234, false));
    assert_eq!(gone.media_type.as_deref(), Some("application/pdf"));
    assert_eq!(skipped(&export, &SkipReason::FileWithoutBytes), 1);
    assert_eq!(bytes_of(&mut export, "old.gif").unwrap(), b"GIF");
    assert!(
        export
            .open_file(&gone)
            .err()
            .unwrap()
            .to_string()
            .contains("“gone.pdf” are not in the archive")
    );
}

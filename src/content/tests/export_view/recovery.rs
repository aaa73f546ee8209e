//! What the storage format makes good.

use super::{FindingKind, html, html_with, kinds_of, render_with};

const FAILED_DRAWIO: &str = r#"<div class="confluence-information-macro confluence-information-macro-warning" data-macro-name="excerpt"><div class="confluence-information-macro-body"><p>Failed to load the diagram preview image.</p><p>Page ID: 65961985</p></div></div>"#;
const NO_EXPORT: &str = "<div>We don't have a way to export this macro.</div>";

fn drawio(name: &str) -> String {
    format!(
        r#"<ac:structured-macro ac:name="drawio"><ac:parameter ac:name="diagramName">{name}</ac:parameter></ac:structured-macro>"#
    )
}

fn picture(id: &str, name: &str) -> String {
    format!(
        r#"<figure class="picture diagram"><img src="/content/s/files/{id}" alt="Diagram: {name}" loading="lazy" width="400" height="200" referrerpolicy="origin"></figure>"#
    )
}

#[test]
fn a_failed_diagram_is_its_picture_among_the_files() {
    let picture = picture("65962000", "plan");
    let storage = format!("<p>words</p>{}", drawio("plan"));
    assert_eq!(
        html_with(&format!("<p>a</p>{FAILED_DRAWIO}"), &storage),
        format!("<p>a</p>{picture}")
    );
    assert_eq!(
        html_with("<p>a</p><div>draw.io Board</div>", &storage),
        format!("<p>a</p>{picture}")
    );
    assert_eq!(
        html_with(&format!("<p>a</p>{NO_EXPORT}"), &storage),
        format!("<p>a</p>{picture}")
    );
    assert_eq!(
        html_with(
            "<p>a</p><div class=\"ap-container\" data-macro-name=\"inc-drawio\"></div>",
            &storage
        ),
        format!("<p>a</p>{picture}")
    );
}

#[test]
fn a_diagram_of_the_new_editor_is_found_and_its_fallback_is_not() {
    let node = |name: &str| {
        format!(
            r#"<ac:adf-node type="extension"><ac:adf-attribute key="extension-key">ari:cloud:ecosystem::extension/1/static/drawio</ac:adf-attribute><ac:adf-attribute key="parameters"><ac:adf-parameter key="guest-params"><ac:adf-parameter key="diagram-name">{name}</ac:adf-parameter></ac:adf-parameter></ac:adf-attribute></ac:adf-node>"#
        )
    };
    let storage = format!(
        r#"<ac:structured-macro ac:name="excerpt"><ac:rich-text-body><ac:adf-extension>{}<ac:adf-fallback>{}</ac:adf-fallback></ac:adf-extension></ac:rich-text-body></ac:structured-macro>"#,
        node("C4-Diagram-L1.drawio"),
        node("SHOULD-NOT-BE-USED.drawio"),
    );
    assert_eq!(
        html_with(&format!("<p>a</p>{FAILED_DRAWIO}"), &storage),
        format!("<p>a</p>{}", picture("65962004", "C4-Diagram-L1"))
    );
}

#[test]
fn several_failures_are_matched_in_order() {
    let storage = format!("{}<p>words</p>{}", drawio("plan"), drawio("plan (1)"));
    assert_eq!(
        html_with(&format!("{FAILED_DRAWIO}<p>a</p>{FAILED_DRAWIO}"), &storage),
        format!(
            "{}<p>a</p>{}",
            picture("65962000", "plan"),
            picture("65962002", "plan (1)")
        )
    );
}

#[test]
fn a_macro_that_worked_keeps_its_place_in_the_order() {
    let code = |text: &str| {
        format!(
            r#"<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body></ac:structured-macro>"#
        )
    };
    assert_eq!(
        html_with(
            "<pre class=\"syntaxhighlighter-pre\">one</pre><div class=\"error\">Error rendering macro 'code': Invalid value specified for parameter lang</div>",
            &format!("{}{}", code("one"), code("two")),
        ),
        concat!(
            r#"<figure class="code"><pre tabindex="0"><code>one</code></pre></figure>"#,
            r#"<figure class="code"><pre tabindex="0"><code>two</code></pre></figure>"#,
        )
    );
}

#[test]
fn a_doubtful_match_is_none() {
    let storage = format!("<p>words</p>{}{}", drawio("plan"), drawio("plan (1)"));
    let view = format!("<p>a</p>{FAILED_DRAWIO}");
    assert_eq!(html_with(&view, &storage), html(&view));
}

#[test]
fn an_id_settles_what_the_order_cannot() {
    let storage = format!(
        "<p>words</p>{}{}",
        drawio("plan"),
        drawio("plan (1)").replace(
            "ac:name=\"drawio\"",
            "ac:name=\"drawio\" ac:macro-id=\"m2\""
        )
    );
    assert_eq!(
        html_with(
            "<p>a</p><div class=\"ap-container\" data-macro-name=\"drawio\" data-macro-id=\"m2\"></div>",
            &storage
        ),
        format!("<p>a</p>{}", picture("65962002", "plan (1)"))
    );
}

#[test]
fn other_failed_macros_are_rendered_from_storage_within_the_share() {
    assert_eq!(
        html_with(
            "<p>a</p><div class=\"error\">Error rendering macro 'children' : com.example.Secret</div>",
            "<p>words</p><ac:structured-macro ac:name=\"children\"/>"
        ),
        r#"<p>a</p><ul class="page-list"><li><a href="/content/s/65961990">Other page</a></li></ul>"#
    );
}

#[test]
fn a_text_diagram_without_a_picture_shows_its_source() {
    assert_eq!(
        html_with(
            "<p>a</p><div>PlantUML Diagram</div>",
            "<p>words</p><ac:structured-macro ac:name=\"plantuml\"><ac:plain-text-body><![CDATA[a -> b]]></ac:plain-text-body></ac:structured-macro>"
        ),
        r#"<p>a</p><figure class="code"><pre tabindex="0"><code>a -&gt; b</code></pre></figure>"#
    );
}

#[test]
fn an_unusable_view_gives_way_to_the_storage_format() {
    let rendered = render_with(
        "<!DOCTYPE html><title>502</title>",
        Some("<p>from <strong>storage</strong></p>"),
    );
    assert_eq!(
        rendered.html.as_str(),
        "<p>from <strong>storage</strong></p>"
    );
}

#[test]
fn what_is_pulled_from_other_pages_is_told_by_its_title() {
    let rendered = render_with(
        "<p>included</p>",
        Some(
            r#"<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="Source"/></ac:link></ac:parameter></ac:structured-macro><ac:structured-macro ac:name="contentbylabel"/>"#,
        ),
    );
    assert_eq!(
        kinds_of(rendered),
        [
            FindingKind::PulledContent {
                from: "Source".to_owned()
            },
            FindingKind::PulledContent {
                from: "contentbylabel".to_owned()
            },
        ]
    );
}

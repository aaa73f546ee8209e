//! Attacks by way of rendered HTML, and input made to be slow.

use std::time::{Duration, Instant};

use super::super::super::sanitize::SanitizedHtml;
use super::super::hostile::{ATTACKS, dangers};
use super::{render, render_with};

/// Generous for a slow machine without optimisation; what costs quadratic time takes minutes.
const LIMIT: Duration = Duration::from_secs(20);

/// What only the wiki's own pages may know.
const SECRETS: [&str; 10] = [
    "data-",
    "557058:0001",
    "jdoe",
    "acme",
    "project = SECRET",
    "label = \"hidden\"",
    "srcset",
    "os_authType",
    "7f3c2a10",
    "server-4711",
];

#[track_caller]
fn survivors(wrap: impl Fn(&str) -> String) {
    let survivors: Vec<_> = ATTACKS
        .iter()
        .flat_map(|attack| dangers(render(&wrap(attack)).html.as_str()))
        .collect();
    assert_eq!(survivors, Vec::<String>::new());
}

#[test]
fn no_attack_survives_in_an_export_view() {
    survivors(str::to_owned);
}

#[test]
fn no_attack_survives_inside_confluence_s_own_forms() {
    survivors(|attack| {
        format!(
            r#"<div class="panel"><div class="panelHeader">{attack}</div><div class="panelContent">{attack}</div></div>
            <div class="code panel"><pre class="syntaxhighlighter-pre">{attack}</pre></div>
            <div class="expand-container"><span class="expand-control-text">{attack}</span><div class="expand-content">{attack}</div></div>
            <div class="contentLayout2"><div class="columnLayout"><div class="cell">{attack}</div></div></div>
            <ul class="inline-task-list"><li>{attack}</li></ul><a class="user-mention">{attack}</a>"#
        )
    });
}

#[test]
fn no_attack_survives_inside_attributes() {
    survivors(|attack| {
        let quoted = attack
            .replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;");
        format!(
            r#"<img class="confluence-embedded-image" src="{quoted}" alt="{quoted}" title="{quoted}" data-linked-resource-id="{quoted}" data-linked-resource-type="attachment" data-linked-resource-default-alias="{quoted}">
            <img data-encoded-xml="{quoted}"><span data-colorid="{quoted}" class="{quoted}" id="{quoted}" title="{quoted}">x</span>
            <div data-macro-name="{quoted}"></div><iframe src="{quoted}"></iframe><a href="{quoted}" data-linked-resource-type="page" data-linked-resource-id="{quoted}">y</a>
            <table class="metadata-summary-macro" data-cql="{quoted}" data-headings="{quoted}"></table>"#
        )
    });
}

#[test]
fn no_attack_survives_in_a_chart_s_data() {
    survivors(|attack| {
        let body = format!("<table><tr><td>{attack}</td></tr></table>");
        let data = serde_json::json!({"parameters": {"title": attack}, "bodyHtml": body});
        format!(
            r#"<div class="chart-macro"><script class="chart-render-data">{}</script></div>"#,
            data.to_string().replace("</", "<\\/")
        )
    });
}

#[test]
fn a_rendered_view_passes_the_sanitizer_unchanged() {
    let changed: Vec<_> = ATTACKS
        .iter()
        .map(|attack| render(attack).html.into_string())
        .filter(|html| SanitizedHtml::clean(html).as_str() != html)
        .collect();
    assert_eq!(changed, Vec::<String>::new());
}

#[test]
fn a_page_cannot_write_our_own_elements() {
    let rendered = render(
        r#"<vestibule:failed-macro name="x" number="0">a</vestibule:failed-macro>
        <ri:user vestibule:name="Nobody">b</ri:user><ac:image>c</ac:image>"#,
    );
    assert_eq!(rendered.text, "a bc");
    assert_eq!(rendered.findings, []);
}

#[test]
fn nothing_of_the_wiki_leaks_through_attributes_and_addresses() {
    let view = r#"<a class="confluence-userlink user-mention" data-account-id="557058:0001" data-username="jdoe" href="https://acme.atlassian.net/wiki/people/557058:0001" data-base-url="https://acme.atlassian.net/wiki">jdoe</a>
        <span title="jdoe" data-username="jdoe">a</span>
        <div class="jira-table"><input class="refresh-wiki" data-wikimarkup="project = SECRET"><table><tr><td><a href="https://acme.example/browse/A-1?jql=project = SECRET" title="acme">A-1</a></td></tr></table></div>
        <table class="metadata-summary-macro" data-cql='label = "hidden"'></table>
        <img class="confluence-embedded-image" src="https://acme.atlassian.net/wiki/download/thumbnails/1/a.png?os_authType=x" srcset="https://acme.atlassian.net/wiki/download/a.png 2x" data-linked-resource-id="7" data-linked-resource-type="attachment" data-media-id="7f3c2a10">
        <img class="userLogo" src="/wiki/aa-avatar/557058:0001"><img src="https://acme.atlassian.net/wiki/s/icon.png" alt="acme">
        <a href="https://acme.atlassian.net/wiki/spaces/X">https://acme.atlassian.net/wiki/spaces/X/overview</a>
        <div class="ap-container" data-macro-name="x"><script>server-4711</script></div>
        <div class="error">Error rendering macro 'jira' : project = SECRET at server-4711</div>
        <form action="https://acme.atlassian.net/x"><input value="7f3c2a10"></form><fieldset class="hidden">server-4711</fieldset>"#;
    let html = render(view).html.into_string();
    let leaked = SECRETS.map(|secret| html.contains(secret).then_some(secret));
    assert_eq!(leaked, [None; 10], "{html}");
}

#[track_caller]
fn is_fast(view: &str) {
    let start = Instant::now();
    render(view);
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}

#[test]
fn nesting_without_end_is_linear() {
    is_fast(&"<div>".repeat(200_000));
    is_fast(&"<p><b><i a=1>".repeat(60_000));
}

#[test]
fn a_megabyte_of_opening_brackets_is_linear() {
    is_fast(&"<".repeat(1 << 20));
}

#[test]
fn a_megabyte_of_entities_is_linear() {
    is_fast(&"&amp;".repeat(200_000));
    is_fast(&"&".repeat(1 << 18));
    is_fast(&format!("<abbr title=\"{}\">x</abbr>", "&".repeat(1 << 18)));
}

#[test]
fn a_tag_with_endless_attributes_is_linear() {
    let attributes: String = (0..150_000).map(|number| format!(" a{number}=1")).collect();
    is_fast(&format!("<p{attributes}>x</p>"));
}

#[test]
fn scripts_and_comments_that_never_end_are_linear() {
    is_fast(&"<script>".repeat(100_000));
    is_fast(&"<!--".repeat(200_000));
    is_fast(&"</script".repeat(100_000));
    is_fast(&"<![CDATA[".repeat(100_000));
}

#[test]
fn endless_failures_are_linear() {
    let failures: String = (0..20_000)
        .map(|number| format!("<div class=\"error\">Unknown macro: {{m{number}}}</div>"))
        .collect();
    let storage: String = (0..20_000)
        .map(|number| format!("<ac:structured-macro ac:name=\"m{number}\"/>"))
        .collect();
    let start = Instant::now();
    render_with(&failures, Some(&(storage + "words")));
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}

//! Macros that Confluence could not render: never its own words about it.

use super::super::super::is_usable_export_view;
use super::{FindingKind, html, kinds, render};

fn placeholder(name: &str) -> String {
    format!(
        r#"<div class="macro-placeholder">This part of the page (the “{name}” macro) cannot be shown here.</div>"#
    )
}

#[track_caller]
fn fails(view: &str, name: &str) {
    assert_eq!(html(view), placeholder(name));
    assert_eq!(
        kinds(view),
        [FindingKind::FailedMacro {
            name: name.to_owned()
        }]
    );
}

#[test]
fn a_failed_macro_is_known_by_confluence_s_sentence_wherever_it_stands() {
    fails(
        "<span class=\"error\">Error rendering macro 'jira' : null</span>",
        "jira",
    );
    fails("<div>Error rendering macro 'toc' : secret</div>", "toc");
    fails("Error rendering macro 'toc' : secret", "toc");
    fails(
        "<div class=\"error\"><span class=\"error\">Unknown macro: {div}</span></div>",
        "div",
    );
    fails(
        "<div class=\"error\"><p><b>Unable to render {include}</b> Secret page could not be found.</p></div>",
        "include",
    );
    fails(
        "<div class=\"aui-message aui-message-error\" data-macro-name=\"jira\">Server JIRA-INTERNAL</div>",
        "jira",
    );
}

#[test]
fn a_failure_without_a_name_says_so_little() {
    let rendered = render("<div class=\"error\">The page “Secret” is gone.</div>");
    assert_eq!(
        rendered.html.as_str(),
        r#"<div class="macro-placeholder">This part of the page cannot be shown here.</div>"#
    );
    assert_eq!(rendered.text, "");
}

#[test]
fn a_name_that_is_a_sentence_is_not_shown() {
    assert_eq!(
        html("<img class=\"wysiwyg-unknown-macro\" src=\"/x?name=the%20secret%20page\">"),
        r#"<div class="macro-placeholder">This part of the page cannot be shown here.</div>"#
    );
}

#[test]
fn an_empty_frame_of_an_app_failed_and_a_filled_one_did_not() {
    fails(
        r#"<div data-macro-name="table-chart"><iframe class="ap-iframe"></iframe></div>"#,
        "table-chart",
    );
    fails(
        r#"<span class="plantuml-svg-image" data-macro-name="plantuml"><svg><text>x</text></svg></span>"#,
        "plantuml",
    );
    assert_eq!(
        html(r#"<div class="ap-container" data-macro-name="other">Rendered</div>"#),
        "<div>Rendered</div>"
    );
}

#[test]
fn a_warning_that_somebody_wrote_is_a_warning() {
    assert_eq!(
        html(
            r#"<div class="confluence-information-macro confluence-information-macro-warning"><div class="confluence-information-macro-body"><p>Mind the gap.</p></div></div>"#
        ),
        r#"<div class="panel panel-error" role="note" aria-label="Warning"><div class="panel-body"><p>Mind the gap.</p></div></div>"#
    );
}

#[test]
fn a_failure_inside_a_paragraph_stays_in_the_line() {
    assert_eq!(
        html("<p>See <span class=\"error\">Unknown macro: {x}</span>.</p>"),
        r#"<p>See <span class="macro-placeholder">This part of the page (the “x” macro) cannot be shown here.</span>.</p>"#
    );
}

#[test]
fn prose_about_errors_is_prose() {
    assert_eq!(
        html("<p>It says: Error rendering macro 'x'.</p><pre>Unknown macro: {x}</pre>"),
        "<p>It says: Error rendering macro 'x'.</p><pre>Unknown macro: {x}</pre>"
    );
}

#[test]
fn pages_of_somebody_else_are_no_export_views() {
    let others = [
        "<!DOCTYPE html><html><body>Bad gateway</body></html>",
        "<html><head><title>Log in</title></head><body><p>x</p></body></html>",
        "<p>Sign in</p><form><input type='Password' name='os_password'></form>",
        "<meta http-equiv=\"Refresh\" content=\"0;url=/login.action\">",
        r#"{"statusCode":404,"data":{"authorized":false}}"#,
        r#"{"errors":[{"status":404}]}"#,
    ];
    let usable = others.map(|view| is_usable_export_view(view, None));
    assert_eq!(usable, [false; 6]);
}

#[test]
fn a_view_that_lost_everything_is_not_usable() {
    let words = Some("<p>words</p>");
    let lost = [
        "",
        " \n",
        "<p></p>",
        "<div class=\"error\">Error</div>",
        "<script>x</script>",
    ];
    assert_eq!(
        lost.map(|view| is_usable_export_view(view, words)),
        [false; 5]
    );
    assert_eq!(
        lost.map(|view| is_usable_export_view(view, None)),
        [true; 5]
    );
    assert_eq!(
        lost.map(|view| is_usable_export_view(view, Some("<p/>"))),
        [true; 5]
    );
}

#[test]
fn ordinary_views_are_usable() {
    let views = [
        "<p>x</p>",
        "<html><head></head><body><div id=\"Content\"><p>x</p></div></body></html>",
        "<p>{\"errors\": 1}</p>",
        "<img src=\"/download/attachments/1/a.png\">",
    ];
    assert_eq!(
        views.map(|view| is_usable_export_view(view, Some("<p>words</p>"))),
        [true; 4]
    );
}

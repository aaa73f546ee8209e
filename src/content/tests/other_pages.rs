//! Includes, excerpts, page properties.

use super::super::FindingKind;
use super::{bare, check, once, render, rich};

fn include(macro_name: &str, title: &str, more: &str) -> String {
    format!(
        r#"<ac:structured-macro ac:name="{macro_name}"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="{title}"/></ac:link></ac:parameter>{more}</ac:structured-macro>"#
    )
}

#[test]
fn an_included_page_brings_its_own_files() {
    check(
        &include("include", "API", ""),
        r#"<div class="included"><p><img src="/content/s/5/files/map.png" alt="" loading="lazy" width="100" height="50" referrerpolicy="origin"></p></div>"#,
    );
}

#[test]
fn headings_and_text_of_an_included_page_count_as_the_page_s() {
    let rendered = render(&include("include", "Install", ""));
    assert_eq!(
        rendered.headings.first().map(|heading| heading.id.as_str()),
        Some("c-steps")
    );
    assert!(
        rendered
            .text
            .starts_with("Steps Before. Takes ten minutes.")
    );
}

#[test]
fn excerpts_are_taken_by_name() {
    check(
        &include(
            "excerpt-include",
            "Install",
            r#"<ac:parameter ac:name="name">short</ac:parameter><ac:parameter ac:name="nopanel">true</ac:parameter>"#,
        ),
        r#"<div class="included"><p>Takes ten minutes.</p></div>"#,
    );
    check(
        &include("excerpt-include", "Install", ""),
        r#"<div class="panel"><p class="panel-title">Install</p><div class="panel-body"><p>Takes ten minutes.</p></div></div>"#,
    );
}

#[test]
fn what_is_outside_the_share_is_not_even_named() {
    let rendered = render(&include("include", "Secret", ""));
    assert_eq!(
        rendered.html.as_str(),
        r#"<div class="macro-placeholder">This part of the page cannot be shown here.</div>"#
    );
    assert_eq!(
        rendered.findings,
        [once(FindingKind::OutsideLink {
            title: "Secret".to_owned()
        })]
    );
}

#[test]
fn a_page_that_includes_itself_ends() {
    let rendered = render(&include("include", "Loop", ""));
    assert_eq!(rendered.text, "again");
    assert_eq!(
        rendered.findings,
        [
            once(FindingKind::RecursiveInclude {
                title: "Loop".to_owned()
            }),
            once(FindingKind::PulledContent {
                from: "Loop".to_owned()
            }),
        ]
    );
}

#[test]
fn hidden_excerpts_and_properties_are_neither_shown_nor_searched() {
    let rendered = render(
        &(rich("excerpt", &[("hidden", "true")], "a")
            + &rich("details", &[("hidden", "true")], "b")),
    );
    assert_eq!((rendered.html.as_str(), rendered.text.as_str()), ("", ""));
}

#[test]
fn a_report_collects_the_properties_of_labelled_pages() {
    check(
        &bare(
            "detailssummary",
            &[
                ("cql", "label = &quot;task&quot; and space = currentSpace()"),
                ("firstcolumn", "Page"),
            ],
        ),
        r#"<div class="table-scroll" role="region" aria-label="Page properties" tabindex="0"><table><thead><tr><th scope="col">Page</th><th scope="col">Owner</th><th scope="col">State</th></tr></thead><tbody><tr><th scope="row"><a href="/content/s/2">Install</a></th><td>Ann</td><td><strong>done</strong></td></tr><tr><th scope="row"><a href="/content/s/3">Update</a></th><td></td><td>open</td></tr></tbody></table></div>"#,
    );
}

#[test]
fn a_report_shows_the_columns_asked_for() {
    let html = render(&bare(
        "detailssummary",
        &[("label", "task"), ("headings", "State")],
    ))
    .html;
    assert!(
        html.as_str()
            .contains(r#"<tr><th scope="col">Title</th><th scope="col">State</th></tr>"#)
    );
}

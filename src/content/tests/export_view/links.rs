//! Links of rendered pages: by id first, by address in all its forms, and to headings.

use super::super::once;
use super::{FindingKind, html, kinds, render};

const CLOUD: &str = "https://acme.atlassian.net/wiki";

#[track_caller]
fn leads(address: &str, expected: &str) {
    assert_eq!(
        html(&format!("<p><a href=\"{address}\">x</a></p>")),
        format!("<p><a href=\"{expected}\">x</a></p>")
    );
}

#[track_caller]
fn leads_nowhere(address: &str) {
    assert_eq!(
        html(&format!("<p><a href=\"{address}\">x</a></p>")),
        "<p>x</p>"
    );
}

#[test]
fn every_address_of_a_shared_page_leads_to_it_on_cloud() {
    leads(
        &format!("{CLOUD}/spaces/DS/pages/65961985/Share+me"),
        "/content/s/65961985",
    );
    leads(
        &format!("{CLOUD}/spaces/DS/pages/65961985"),
        "/content/s/65961985",
    );
    leads(
        &format!("{CLOUD}/spaces/DS/pages/65961985/Share+me#Heading-with-dashes"),
        "/content/s/65961985#c-headingwithdashes",
    );
    leads(
        &format!("{CLOUD}/spaces/DS/blog/2026/03/15/65961999/Post"),
        "/content/s/65961999",
    );
    leads(&format!("{CLOUD}/x/AYDuAw"), "/content/s/65961985");
    leads(
        &format!("{CLOUD}/pages/viewpage.action?pageId=65961985"),
        "/content/s/65961985",
    );
}

#[test]
fn every_address_of_a_shared_page_leads_to_it_on_data_center() {
    leads("/confluence/display/DS/Share+me", "/content/s/65961985");
    leads(
        "/confluence/display/DS/Share+me?focusedCommentId=1#comment-1",
        "/content/s/65961985",
    );
    leads(
        "/confluence/display/public/DS/Share+me",
        "/content/s/65961985",
    );
    leads(
        "/confluence/display/DS/2026/03/15/Post",
        "/content/s/65961999",
    );
    leads(
        "/confluence/spaces/DS/pages/65961985/Share+me",
        "/content/s/65961985",
    );
    leads(
        "/confluence/pages/viewpage.action?pageId=65961985",
        "/content/s/65961985",
    );
    leads(
        "/confluence/pages/viewpage.action?spaceKey=DS&amp;title=Share+me",
        "/content/s/65961985",
    );
    leads("/confluence/x/AYDuAw", "/content/s/65961985");
    leads(
        "https://wiki.acme.example/confluence/display/DS/Share+me#Shareme-Intro",
        "/content/s/65961985#c-intro",
    );
}

#[test]
fn addresses_of_files_lead_to_the_files() {
    leads(
        &format!("{CLOUD}/download/attachments/65961985/plan%20(1).png?version=1&amp;api=v2"),
        "/content/s/files/65962002",
    );
    leads(
        &format!("{CLOUD}/download/thumbnails/65961985/plan%20(1).png?width=760"),
        "/content/s/files/65962002",
    );
    leads(
        "/confluence/download/attachments/65961985/plan.pdf?version=2&amp;download=true",
        "/content/s/files/65962001",
    );
}

#[test]
fn what_a_share_has_no_page_for_is_text() {
    leads_nowhere(&format!("{CLOUD}/spaces/DS/overview?homepageId=98400"));
    leads_nowhere(&format!("{CLOUD}/spaces/DS"));
    leads_nowhere(&format!("{CLOUD}/people/557058:0001?ref=confluence"));
    leads_nowhere(&format!("{CLOUD}/spaces/DS/folder/65961002"));
    leads_nowhere(&format!("{CLOUD}/spaces/DS/whiteboard/65961003"));
    leads_nowhere(&format!("{CLOUD}/spaces/DS/database/65961004"));
    leads_nowhere("/confluence/display/~jdoe");
    leads_nowhere("/confluence/display/%7E712020e1bd3d553ddc454fb4b02dde7bea2b85");
    leads_nowhere("/confluence/spaces/viewspace.action?key=DS");
    leads_nowhere("/confluence/pages/editpage.action?pageId=65961985");
    leads_nowhere(
        "/confluence/pages/createpage.action?spaceKey=DS&amp;title=Gone&amp;fromPageId=65961985",
    );
    leads_nowhere("relative/page.html");
}

#[test]
fn tiny_addresses_of_all_lengths_are_read() {
    let ids = ["2EkGOQ", "2yAC", "OQUAAA", "D4AB", "AfIFKgE"]
        .map(|tiny| super::super::super::wiki_url::recognise_anywhere(&format!("/x/{tiny}")));
    let expected = ["956713432", "139483", "1337", "98319", "5000000001"].map(|id| {
        Some(super::super::super::wiki_url::WikiTarget::PageById(
            id.to_owned(),
        ))
    });
    assert_eq!(ids, expected);
}

#[test]
fn the_id_beside_an_address_decides() {
    assert_eq!(
        html(
            r#"<a href="/display/DS/Old+name#Share-me-x" data-linked-resource-id="65961990" data-linked-resource-type="page">Old</a>"#
        ),
        r##"<a href="/content/s/65961990#c-sharemex">Old</a>"##
    );
    assert_eq!(
        html(
            r#"<a href="/download/attachments/1/old.pdf" data-linked-resource-id="att65962001" data-linked-resource-type="attachment">File</a>"#
        ),
        r#"<a href="/content/s/files/65962001">File</a>"#
    );
}

#[test]
fn an_id_that_nobody_knows_leaves_it_to_the_address() {
    assert_eq!(
        html(
            r#"<a href="/display/DS/Other+page" data-linked-resource-id="1" data-linked-resource-type="page">x</a>"#
        ),
        r#"<a href="/content/s/65961990">x</a>"#
    );
}

#[test]
fn a_link_outside_the_share_is_text_and_reported() {
    let rendered = render(
        r#"<a href="/display/DS/Plans" data-linked-resource-id="65961991" data-linked-resource-type="page">see</a>"#,
    );
    assert_eq!(rendered.html.as_str(), "see");
    assert_eq!(
        rendered.findings,
        [once(FindingKind::OutsideLink {
            title: "Plans".to_owned()
        })]
    );
}

#[test]
fn an_address_shown_as_text_is_shown_as_a_title() {
    assert_eq!(
        html(&format!(
            r#"<a href="/wiki/x/AYDuAw">{CLOUD}/x/AYDuAw</a> <a href="{CLOUD}/spaces/X">{CLOUD}/spaces/X</a>"#
        )),
        r#"<a href="/content/s/65961985">Share me</a> a page of the wiki"#
    );
}

#[test]
fn links_meet_their_headings_on_cloud_and_data_center() {
    assert_eq!(
        html(
            r##"<h2 id="Shareme-Firststeps">First steps</h2><h2 id="Shareme-Firststeps.1">First steps</h2><h2 id="custom">Named</h2>
<a href="#Shareme-Firststeps">a</a><a href="#First-steps">b</a><a href="#Shareme-Firststeps.1">c</a><a href="#custom">d</a>"##
        ),
        concat!(
            r#"<h2 id="c-firststeps">First steps</h2><h2 id="c-firststeps1">First steps</h2>"#,
            "<h2 id=\"c-named\"><span id=\"c-custom\"></span>Named</h2>\n",
            r##"<a href="#c-firststeps">a</a><a href="#c-firststeps">b</a><a href="#c-firststeps1">c</a><a href="#c-custom">d</a>"##
        )
    );
}

#[test]
fn an_anchor_of_data_center_is_found_without_the_title() {
    assert_eq!(
        html(
            r##"<span class="confluence-anchor-link" id="Shareme-here"></span><a href="#Shareme-here">x</a>"##
        ),
        r##"<span id="c-here"></span><a href="#c-here">x</a>"##
    );
}

#[test]
fn people_mail_addresses_and_other_sites_are_told_to_the_admin() {
    assert_eq!(
        kinds(
            r#"<p>Ask <a class="user-mention" data-account-id="1">Ann Keller</a> or ops@acme.example, <a href="mailto:Help@acme.example?subject=x">mail</a>, <a href="https://example.org/a">b</a>, @nobody, a@b</p>"#
        ),
        [
            FindingKind::PersonNamed {
                name: "Ann Keller".to_owned()
            },
            FindingKind::MailAddress {
                address: "ops@acme.example".to_owned()
            },
            FindingKind::MailAddress {
                address: "help@acme.example".to_owned()
            },
            FindingKind::ExternalLink {
                host: "example.org".to_owned()
            },
        ]
    );
}

#[test]
fn a_link_to_a_person_is_a_mention_without_its_class_too() {
    assert_eq!(
        html(
            r#"<a href="/people/1" data-linked-resource-type="userinfo">Ann</a> <a data-userkey="k" href="/x">Bea</a>"#
        ),
        r#"<span class="mention">Ann</span> <span class="mention">Bea</span>"#
    );
}

#[test]
fn a_name_that_is_only_a_key_is_not_shown() {
    assert_eq!(
        html(
            r#"<a class="user-mention" data-username="jdoe">@jdoe</a> <a class="user-mention" data-username="u1">u1</a>"#
        ),
        r#"<span class="mention">somebody</span> <span class="mention">Ann Keller</span>"#
    );
}

//! Links of all kinds, and the addresses of Confluence.

use super::super::wiki_url::{WikiTarget, recognise};
use super::super::{BodyFormat, ExternalLinks, FindingKind};
use super::{check, once, render, render_as, tidy};

fn link(attributes: &str, inside: &str) -> String {
    format!("<ac:link{attributes}>{inside}</ac:link>")
}

#[test]
fn page_links_lead_into_the_share_with_their_anchor() {
    check(
        &link(
            r#" ac:anchor="The Steps""#,
            r#"<ri:page ri:content-title="Install"/><ac:plain-text-link-body><![CDATA[how [to]]]></ac:plain-text-link-body>"#,
        ),
        r#"<a href="/content/s/2#c-thesteps">how [to]</a>"#,
    );
}

#[test]
fn a_link_without_text_shows_the_title() {
    check(
        &link("", r#"<ri:page ri:content-title="Install"/>"#),
        r#"<a href="/content/s/2">Install</a>"#,
    );
    check(
        &link("", r#"<ri:content-entity ri:content-id="3"/>"#),
        r#"<a href="/content/s/3">Update</a>"#,
    );
}

#[test]
fn anchors_of_data_center_carry_the_title_of_their_page() {
    check(
        &link(
            r#" ac:anchor="Install-TheSteps""#,
            r#"<ri:page ri:content-title="Install"/>"#,
        ),
        r#"<a href="/content/s/2#c-thesteps">Install</a>"#,
    );
}

#[test]
fn links_outside_the_share_and_to_missing_pages_are_text_and_reported() {
    let rendered = render(&format!(
        "<p>{} {}</p>",
        link(
            "",
            r#"<ri:page ri:content-title="Secret"/><ac:link-body>the <b>plan</b></ac:link-body>"#
        ),
        link(
            "",
            r#"<ri:page ri:content-title="Gone" ri:space-key="OLD"/>"#
        ),
    ));
    assert_eq!(rendered.html.as_str(), "<p>the <b>plan</b> Gone</p>");
    assert_eq!(
        rendered.findings,
        [
            once(FindingKind::OutsideLink {
                title: "Secret".to_owned()
            }),
            once(FindingKind::MissingPage {
                title: "Gone".to_owned()
            }),
        ]
    );
}

#[test]
fn file_links_lead_to_the_file_of_this_page_or_another() {
    check(
        &link("", r#"<ri:attachment ri:filename="guide.pdf"/>"#),
        r#"<a href="/content/s/1/files/guide.pdf">guide.pdf</a>"#,
    );
    check(
        &link(
            "",
            r#"<ri:attachment ri:filename="map.png"><ri:page ri:content-title="API"/></ri:attachment><ac:link-body>map</ac:link-body>"#,
        ),
        r#"<a href="/content/s/5/files/map.png">map</a>"#,
    );
}

#[test]
fn in_page_links_meet_the_ids_of_headings() {
    check(
        r##"<h2>My Heading</h2><a href="#My-Heading">a</a><a href="#UserManual-MyHeading">b</a><a href="#my%20heading">c</a>"##,
        r##"<h2 id="c-myheading">My Heading</h2><a href="#c-myheading">a</a><a href="#c-myheading">b</a><a href="#c-myheading">c</a>"##,
    );
}

#[test]
fn spaces_and_shortcuts_are_text() {
    check(&link("", r#"<ri:space ri:space-key="DOC"/>"#), "DOC");
    check(
        &link("", r#"<ri:shortcut ri:key="jira" ri:parameter="ABC-1"/>"#),
        "ABC-1",
    );
}

#[test]
fn web_links_open_in_a_new_tab_or_become_text() {
    let body =
        r#"<a href="https://example.org/a?b=1&amp;c=2">x</a> <a href="mailto:a@example.org">y</a>"#;
    check(
        body,
        r#"<a href="https://example.org/a?b=1&amp;c=2" class="external" target="_blank">x</a> <a href="mailto:a@example.org">y</a>"#,
    );
    assert_eq!(
        render_as(body, BodyFormat::Storage, ExternalLinks::PlainText)
            .html
            .as_str(),
        "x y"
    );
}

#[test]
fn pasted_addresses_of_the_wiki_become_links_of_the_share_with_the_title() {
    let address = "https://acme.atlassian.net/wiki/spaces/DOC/pages/2/Old+Title#The-Steps";
    check(
        &format!(r#"<a href="{address}">{address}</a>"#),
        r#"<a href="/content/s/2#c-thesteps">Install</a>"#,
    );
    check(
        r#"<a href="/display/DOC/API">our words</a>"#,
        r#"<a href="/content/s/5">our words</a>"#,
    );
    check(
        r#"<a href="https://wiki.example.com/download/attachments/1/guide.pdf?api=v2">x</a>"#,
        r#"<a href="/content/s/1/files/guide.pdf">x</a>"#,
    );
}

#[test]
fn addresses_of_the_wiki_outside_the_share_show_neither_link_nor_host() {
    let address = "https://acme.atlassian.net/wiki/spaces/HR/pages/666/Salary+Bands";
    let rendered = render(&format!(
        r#"<p><a href="{address}">{address}</a></p><p><a href="https://wiki.example.com/x/9">https://wiki.example.com/x/9</a></p>"#
    ));
    assert_eq!(
        tidy(rendered.html.as_str()),
        "<p>Salary Bands</p><p>a page of the wiki</p>"
    );
    assert!(rendered.findings.contains(&once(FindingKind::OutsideLink {
        title: "Salary Bands".to_owned()
    })));
}

fn id(id: &str) -> WikiTarget {
    WikiTarget::PageById(id.to_owned())
}

fn titled(title: &str) -> WikiTarget {
    WikiTarget::PageByTitle {
        space_key: "DS".to_owned(),
        title: title.to_owned(),
    }
}

fn file_of(name: &str) -> WikiTarget {
    WikiTarget::File {
        content_id: "659".to_owned(),
        name: name.to_owned(),
    }
}

#[track_caller]
fn check_addresses<const N: usize>(forms: [(&str, WikiTarget); N]) {
    let hosts = ["acme.atlassian.net".to_owned()];
    let found = forms
        .clone()
        .map(|(address, _)| (address, recognise(address, &hosts).unwrap().target));
    assert_eq!(found, forms);
}

#[test]
fn every_address_of_confluence_cloud_is_understood() {
    check_addresses([
        (
            "https://acme.atlassian.net/wiki/spaces/DS/pages/659/Share+me",
            id("659"),
        ),
        (
            "https://ACME.atlassian.net/wiki/spaces/DS/pages/659",
            id("659"),
        ),
        (
            "https://acme.atlassian.net/wiki/spaces/DS/blog/2026/03/15/659/Post",
            id("659"),
        ),
        (
            "https://acme.atlassian.net/wiki/pages/viewpage.action?pageId=659",
            id("659"),
        ),
        ("https://acme.atlassian.net/wiki/x/AYDuAw", id("65961985")),
        (
            "https://acme.atlassian.net/wiki/download/thumbnails/659/plan%20(1).png?width=760",
            file_of("plan (1).png"),
        ),
        (
            "https://acme.atlassian.net/wiki/spaces/DS",
            WikiTarget::Other,
        ),
        (
            "https://acme.atlassian.net/wiki/spaces/DS/overview?homepageId=98400",
            WikiTarget::Other,
        ),
        (
            "https://acme.atlassian.net/wiki/spaces/DS/whiteboard/659",
            WikiTarget::Other,
        ),
        (
            "https://acme.atlassian.net/wiki/people/557058:0000?ref=confluence",
            WikiTarget::Other,
        ),
    ]);
}

#[test]
fn every_address_of_data_center_is_understood() {
    check_addresses([
        ("/confluence/display/DS/Share+me", titled("Share me")),
        (
            "/confluence/display/DS/Share+me?focusedCommentId=1#comment-1",
            titled("Share me"),
        ),
        ("/confluence/display/public/DS/Share+me", titled("Share me")),
        ("/confluence/display/DS/2026/03/15/Post", titled("Post")),
        (
            "/confluence/pages/viewpage.action?spaceKey=DS&title=Share+me",
            titled("Share me"),
        ),
        ("/confluence/spaces/DS/pages/659/Share+me", id("659")),
        ("/confluence/x/AYDuAw", id("65961985")),
        (
            "/confluence/download/attachments/659/plan.png?version=1",
            file_of("plan.png"),
        ),
        ("/confluence/display/~jdoe", WikiTarget::Other),
        (
            "/confluence/pages/editpage.action?pageId=659",
            WikiTarget::Other,
        ),
        (
            "/confluence/pages/createpage.action?spaceKey=DS&title=Gone",
            titled("Gone"),
        ),
    ]);
}

#[test]
fn tiny_links_decode_to_page_ids() {
    let vectors = [
        ("2EkGOQ", "956713432"),
        ("OQUAAA", "1337"),
        ("wg-TSg", "1255346114"),
        ("D4AB", "98319"),
        ("AfIFKgE", "5000000001"),
    ];
    let found = vectors.map(|(code, _)| recognise(&format!("/x/{code}"), &[]).unwrap().target);
    assert_eq!(found, vectors.map(|(_, page)| id(page)));
}

#[test]
fn other_hosts_and_relative_addresses_are_not_the_wiki() {
    let hosts = ["acme.atlassian.net".to_owned()];
    let addresses = [
        "https://www.example.org/x/AYDuAw",
        "//acme.atlassian.net/x/AYDuAw",
        "display/DS/A",
        "ftp://acme.atlassian.net/x/AY",
    ];
    assert_eq!(
        addresses.map(|address| recognise(address, &hosts)),
        [None, None, None, None]
    );
}

#[test]
fn addresses_that_only_a_confluence_has_are_the_wiki_on_any_host() {
    let addresses = [
        "https://other.atlassian.net/wiki/x/AYDuAw",
        "https://docs.example.org/confluence/pages/viewpage.action?pageId=5",
        "http://wiki.example.org/display/DS/Some+page",
        "https://wiki.example.org/spaces/DS/pages/77/Title",
    ];
    assert!(
        addresses
            .iter()
            .all(|address| recognise(address, &[]).is_some())
    );
    assert_eq!(
        recognise("https://www.example.org/display/advertising", &[]),
        None
    );
}

#[test]
fn a_host_listed_with_its_port_is_the_wiki_on_that_port_only() {
    let hosts = ["wiki.example.com:8443".to_owned()];
    let known = |address| recognise(address, &hosts).map(|wiki| wiki.target);
    assert_eq!(
        known("https://wiki.example.com:8443/x/D4AB"),
        Some(id("98319"))
    );
    assert_eq!(known("https://wiki.example.com/x/D4AB"), None);
}

//! The page of a share: tree, breadcrumbs, table of contents, files, and the slimmer form in a frame.

use super::samples::{self, HOSTILE};
use super::{ShareHeader, all, attributes, one, render, text, texts};
use crate::visitor::views::page::{ContentPage, NodeState, TreeGroup};
use crate::web::message::Context;

#[test]
fn the_tree_marks_the_page_being_read() {
    let page = render(&samples::content_page());

    let current = one(&page, ".share-tree [aria-current=page]");

    assert_eq!(text(current), "Start");
    assert_eq!(current.attr("href"), Some("/content/s/start"));
}

#[test]
fn only_the_branch_of_the_current_page_is_open() {
    let page = render(&samples::content_page());

    let open = texts(&page, ".share-tree li > details[open] > summary");
    let closed = texts(&page, ".share-tree li > details:not([open]) > summary");

    assert_eq!(open, ["Pages below Manual"]);
    assert_eq!(closed, ["Pages below Mount"]);
}

#[test]
fn a_node_with_children_has_a_link_of_its_own_beside_the_opener() {
    let page = render(&samples::content_page());

    let links = texts(&page, ".share-tree li:has(> details) > a");

    assert_eq!(links, ["Manual", "Mount"]);
    assert!(all(&page, "summary a").is_empty());
}

#[test]
fn a_node_whose_children_are_not_loaded_is_a_link_without_an_opener() {
    let page = render(&samples::content_page());

    assert_eq!(texts(&page, ".share-tree li.has-more"), ["Configure"]);
}

#[test]
fn blog_posts_are_a_named_group_of_the_tree() {
    let page = render(&samples::content_page());

    let posts = texts(&page, ".share-tree ul[aria-label='Blog posts'] a");

    assert_eq!(posts, ["Firmware"]);
}

#[test]
fn the_current_page_shows_its_own_children() {
    let child = samples::node("Child", NodeState::Closed, Vec::new());
    let nodes = vec![samples::node("Here", NodeState::Current, vec![child])];
    let tree = vec![TreeGroup { label: None, nodes }];

    let page = render(&ContentPage {
        tree,
        ..samples::content_page()
    });

    assert_eq!(texts(&page, ".share-tree details[open] li"), ["Child"]);
}

#[test]
fn a_share_of_one_page_has_no_tree_no_search_and_no_sign_out() {
    let share = ShareHeader {
        search_url: None,
        sign_out_url: None,
        ..samples::share()
    };

    let page = render(&ContentPage {
        share,
        tree: Vec::new(),
        breadcrumbs: Vec::new(),
        ..samples::content_page()
    });

    assert!(all(&page, ".share-tree, .breadcrumbs, form").is_empty());
}

#[test]
fn signing_out_is_a_post() {
    let page = render(&samples::content_page());

    one(&page, "form[method=post][action='/content/s/session/end']");
}

#[test]
fn breadcrumbs_are_the_pages_above_and_not_the_page_itself() {
    let page = render(&samples::content_page());

    assert_eq!(texts(&page, ".breadcrumbs a"), ["Manual"]);
}

#[test]
fn the_table_of_contents_points_at_headings_that_exist() {
    let page = render(&samples::content_page());

    let targets = attributes(&page, ".page-toc a", "href");

    assert_eq!(targets, ["#c-unpack", "#c-seal"]);
    for target in targets {
        one(&page, &format!(".page-content {target}"));
    }
}

#[test]
fn the_table_of_contents_is_indented_from_the_highest_level_in_use() {
    let page = render(&samples::content_page());

    assert_eq!(texts(&page, ".page-toc-0"), ["Unpack"]);
    assert_eq!(texts(&page, ".page-toc-1"), ["Check the seal"]);
}

#[test]
fn one_heading_makes_no_table_of_contents() {
    let toc = vec![samples::toc_entry(2, "c-unpack", "Unpack")];

    let page = render(&ContentPage {
        toc,
        ..samples::content_page()
    });

    assert!(all(&page, ".page-toc").is_empty());
}

#[test]
fn the_body_is_printed_as_it_is_and_the_title_is_escaped() {
    let page = render(&ContentPage {
        title: HOSTILE.to_owned(),
        ..samples::content_page()
    });

    assert_eq!(
        one(&page, "article.page-content").inner_html(),
        samples::BODY
    );
    assert_eq!(text(one(&page, "h1")), HOSTILE);
}

#[test]
fn a_hostile_title_in_the_tree_stays_text() {
    let nodes = vec![samples::node(HOSTILE, NodeState::Closed, Vec::new())];
    let tree = vec![TreeGroup { label: None, nodes }];

    let page = render(&ContentPage {
        tree,
        ..samples::content_page()
    });

    assert_eq!(texts(&page, ".share-tree li a"), [HOSTILE]);
}

#[test]
fn files_name_their_kind_and_size() {
    let page = render(&samples::content_page());

    let rows = texts(&page, ".page-files li");

    assert_eq!(rows, ["Quick start.pdf PDF, 1.2 MB"]);
}

#[test]
fn the_last_change_has_a_time_for_machines() {
    let page = render(&samples::content_page());

    let facts = texts(&page, ".page-facts");
    let times = attributes(&page, ".page-facts time", "datetime");

    assert_eq!(facts, ["Last changed 3 June 2026 by Ada Lindqvist"]);
    assert_eq!(times, ["2026-06-03T10:00:00Z"]);
}

#[test]
fn a_framed_page_has_no_banner_but_keeps_tree_search_and_breadcrumbs() {
    let page = render(&ContentPage {
        context: Context::Framed,
        ..samples::content_page()
    });

    assert!(all(&page, ".bar-name, footer").is_empty());
    one(&page, ".share-tree");
    one(&page, "form[role=search]");
    one(&page, ".breadcrumbs");
}

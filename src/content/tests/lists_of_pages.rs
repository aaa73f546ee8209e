//! Children, page tree, pages by label.

use super::super::listings::{Labels, labels_of_cql};
use super::{bare, check};

#[test]
fn children_are_listed_one_level_deep() {
    check(
        &bare("children", &[]),
        r#"<ul class="page-list"><li><a href="/content/s/2">Install</a></li><li><a href="/content/s/5">API</a></li></ul>"#,
    );
}

#[test]
fn children_of_another_page_or_of_all_levels() {
    check(
        r#"<ac:structured-macro ac:name="children"><ac:parameter ac:name="page"><ac:link><ri:page ri:content-title="Install"/></ac:link></ac:parameter></ac:structured-macro>"#,
        r#"<ul class="page-list"><li><a href="/content/s/3">Update</a></li></ul>"#,
    );
    check(
        &bare("children", &[("all", "true"), ("sort", "title")]),
        r#"<ul class="page-list"><li><a href="/content/s/5">API</a></li><li><a href="/content/s/2">Install</a><ul class="page-list"><li><a href="/content/s/3">Update</a></li></ul></li></ul>"#,
    );
}

#[test]
fn the_page_tree_starts_at_the_page_itself() {
    check(
        &bare("pagetree", &[("root", "@self")]),
        r#"<ul class="page-list"><li><a href="/content/s/2">Install</a><ul class="page-list"><li><a href="/content/s/3">Update</a></li></ul></li><li><a href="/content/s/5">API</a></li></ul>"#,
    );
}

#[test]
fn pages_by_any_of_the_labels() {
    check(
        &bare(
            "contentbylabel",
            &[
                (
                    "cql",
                    "label in (&quot;news&quot;,&quot;task&quot;) and type = &quot;page&quot;",
                ),
                ("max", "2"),
            ],
        ),
        r#"<ul class="page-list"><li><a href="/content/s/6">News</a></li><li><a href="/content/s/2">Install</a></li></ul>"#,
    );
}

#[test]
fn labels_are_found_in_a_query() {
    let labels = |every: bool, names: &[&str]| Labels {
        every,
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    assert_eq!(
        labels_of_cql(r#"label = "a" and label = "b""#),
        labels(true, &["a", "b"])
    );
    assert_eq!(
        labels_of_cql(r#"space = "X" and (label = "a" or label = "b")"#),
        labels(false, &["a", "b"])
    );
    assert_eq!(
        labels_of_cql(r#"label in ("a", "b") and title ~ "c""#),
        labels(false, &["a", "b"])
    );
}

//! Puts listed pages into the order of their tree: the root first, parents before children, siblings counted from 0. What is
//! no page, folder or blog post is left out here, and its children go to the nearest ancestor that stays.

use std::collections::{HashMap, HashSet};

use super::model::{ContentKind, ListedPage};

/// A page with its parent as the site tells it, and its place among its siblings if the site tells one.
pub(super) struct Node {
    pub page: ListedPage,
    pub order: Option<i64>,
}

/// Things that were left out, and what each hangs on.
pub(super) type LeftOut = HashMap<String, Option<String>>;

/// With a `root`, everything is below it; the root keeps the parent that it was told with.
pub(super) fn arrange(
    mut nodes: Vec<Node>,
    left_out: &LeftOut,
    root: Option<&str>,
) -> Vec<ListedPage> {
    // A page that moved while the site was listed may be told twice.
    let mut kept = HashSet::new();
    nodes.retain(|node| kept.insert(node.page.id.clone()));
    let mut tops = Vec::new();
    let mut children: HashMap<String, Vec<Node>> = HashMap::new();
    for mut node in nodes {
        if root == Some(node.page.id.as_str()) {
            tops.push(node);
            continue;
        }
        let parent = nearest_kept(node.page.parent_id.take(), &kept, left_out)
            .or_else(|| root.map(str::to_owned));
        node.page.parent_id.clone_from(&parent);
        match parent {
            Some(parent) => children.entry(parent).or_default().push(node),
            None => tops.push(node),
        }
    }
    let mut pages = Vec::new();
    // A stack and no recursion: trees may be as deep as they are large.
    let mut waiting = positioned(tops);
    while let Some(page) = waiting.pop() {
        let below = children.remove(&page.id).unwrap_or_default();
        waiting.extend(positioned(below));
        pages.push(page);
    }
    pages
}

fn nearest_kept(
    mut parent: Option<String>,
    kept: &HashSet<String>,
    left_out: &LeftOut,
) -> Option<String> {
    // Bounded, because a broken site may tell a ring.
    for _ in 0..=left_out.len() {
        let id = parent?;
        if kept.contains(&id) {
            return Some(id);
        }
        parent = left_out.get(&id).cloned().flatten();
    }
    None
}

/// Siblings with their positions, the last one first, as a stack wants them. Those without a place of their own come by
/// title, as Confluence shows them; blog posts behind all pages, the newest first.
fn positioned(mut siblings: Vec<Node>) -> Vec<ListedPage> {
    siblings.sort_by_cached_key(|Node { page, order }| {
        let is_blog_post = page.kind == ContentKind::BlogPost;
        let newest_first = page
            .created_at
            .filter(|_| is_blog_post)
            .map(|created| -created.unix_timestamp());
        let order = newest_first.or(*order).unwrap_or(i64::MAX);
        (is_blog_post, order, page.title.to_lowercase())
    });
    let positions = 0..;
    let mut pages: Vec<_> = positions
        .zip(siblings)
        .map(|(position, node)| ListedPage {
            position,
            ..node.page
        })
        .collect();
    pages.reverse();
    pages
}

#[cfg(test)]
mod tests {
    use super::{LeftOut, Node, arrange};
    use crate::confluence::model::{Bodies, ContentKind, ListedPage};

    fn node(id: &str, parent: &str, order: Option<i64>) -> Node {
        let page = ListedPage {
            id: id.to_owned(),
            kind: ContentKind::Page,
            title: id.to_owned(),
            space_key: "DS".to_owned(),
            parent_id: (!parent.is_empty()).then(|| parent.to_owned()),
            position: -1,
            version: 1,
            author_id: None,
            author_name: None,
            created_at: None,
            modified_at: None,
            view_restricted: None,
            labels: None,
            bodies: Bodies::default(),
        };
        Node { page, order }
    }

    #[track_caller]
    fn check(nodes: Vec<Node>, left_out: &[(&str, &str)], root: Option<&str>, expected: &str) {
        let left_out: LeftOut = left_out
            .iter()
            .map(|(id, parent)| {
                let parent = (!parent.is_empty()).then(|| (*parent).to_owned());
                ((*id).to_owned(), parent)
            })
            .collect();
        let shown: Vec<_> = arrange(nodes, &left_out, root)
            .iter()
            .map(|page| {
                let parent = page.parent_id.as_deref().unwrap_or("-");
                format!("{}<{parent}#{}", page.id, page.position)
            })
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn parents_come_first_and_siblings_by_place_then_title() {
        check(
            vec![
                node("a2", "a", Some(5)),
                node("z", "r", None),
                node("B", "r", None),
                node("a", "r", Some(900)),
                node("a1", "a", Some(-3)),
                node("r", "outside", None),
            ],
            &[],
            Some("r"),
            "r<outside#0 a<r#0 a1<a#0 a2<a#1 B<r#1 z<r#2",
        );
    }

    #[test]
    fn children_of_what_is_left_out_go_to_the_nearest_that_stays() {
        check(
            vec![
                node("r", "", None),
                node("a", "db", None),
                node("b", "gone", None),
            ],
            &[("db", "board"), ("board", "r")],
            Some("r"),
            "r<-#0 a<r#0 b<r#1",
        );
        check(vec![node("a", "db", None)], &[("db", "")], None, "a<-#0");
    }

    #[test]
    fn a_page_that_is_told_twice_is_kept_once() {
        check(
            vec![
                node("r", "", None),
                node("a", "r", None),
                node("a", "r", None),
            ],
            &[],
            Some("r"),
            "r<-#0 a<r#0",
        );
    }

    #[test]
    fn rings_end() {
        check(
            vec![
                node("r", "", None),
                node("a", "b", None),
                node("b", "a", None),
                node("c", "x", None),
            ],
            &[("x", "y"), ("y", "x")],
            Some("r"),
            "r<-#0 c<r#0",
        );
    }
}

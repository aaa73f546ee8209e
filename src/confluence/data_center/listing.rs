//! Listings of Data Center: one request for the root, and then the tree or space in parts, each page with its place,
//! version, labels and restrictions.

use url::Url;

use super::caller::{DataCenter, MOST_AT_ONCE, With, expand};
use crate::confluence::{
    cql,
    error::{Need, Problem},
    model::{ContentKind, Detail, ListedPage, ListedSpace, Listing, Root},
    paging::{self, MOST_ITEMS},
    source::{Answer, Source},
    tree::{self, LeftOut, Node},
    v1::{Content, with_query},
};

/// With rendered bodies an answer takes the server long.
const BODIES_AT_ONCE: &str = "25";

pub(super) async fn list(
    data_center: &DataCenter,
    root: Root<'_>,
    detail: Detail,
) -> Answer<Listing> {
    match root {
        Root::Page(id) => one(data_center, id, ContentKind::Page, detail).await,
        Root::BlogPost(id) => one(data_center, id, ContentKind::BlogPost, detail).await,
        Root::Tree(id) => whole_tree(data_center, id, detail).await,
        Root::Space(key) => whole_space(data_center, key, detail).await,
    }
}

async fn one(
    data_center: &DataCenter,
    id: &str,
    kind: ContentKind,
    detail: Detail,
) -> Answer<Listing> {
    let page = root_page(data_center, id, kind, detail).await?;
    let spaces = vec![data_center.space(&page.space_key).await?];
    Ok(Listing {
        pages: vec![page],
        spaces,
    })
}

async fn root_page(
    data_center: &DataCenter,
    id: &str,
    kind: ContentKind,
    detail: Detail,
) -> Answer<ListedPage> {
    match detail {
        Detail::Bodies => data_center.page(id, kind).await,
        Detail::Outline => {
            let page = data_center.one(id, With::NoBody).await?;
            super::of_kind(page, kind)
        }
    }
}

async fn whole_tree(data_center: &DataCenter, id: &str, detail: Detail) -> Answer<Listing> {
    let root = root_page(data_center, id, ContentKind::Page, detail).await?;
    let space = data_center.space(&root.space_key).await?;
    let url = data_center
        .0
        .site()
        .v1(&["content", id, "descendant", "page"]);
    let found = match contents(data_center, &url, detail).await {
        // Old servers have the call, but not for pages.
        Err(error) if error.problem.is_about_the_question() => {
            let url = data_center.0.site().v1(&["content", "search"]);
            let url = with_query(url, &[("cql", &cql::tree(id))]);
            contents(data_center, &url, detail).await?
        }
        found => found?,
    };
    let mut nodes: Vec<_> = found.into_iter().filter_map(Content::into_node).collect();
    nodes.retain(|node| node.page.id != id);
    nodes.push(Node {
        page: root,
        order: None,
    });
    Ok(arranged(nodes, Some(id), space))
}

async fn whole_space(data_center: &DataCenter, key: &str, detail: Detail) -> Answer<Listing> {
    let space = data_center.space(key).await?;
    let mut nodes = Vec::new();
    for kind in ["page", "blogpost"] {
        let url = data_center
            .0
            .site()
            .v1(&["space", &space.key, "content", kind]);
        let url = with_query(url, &[("depth", "all")]);
        let found = contents(data_center, &url, detail).await?;
        nodes.extend(found.into_iter().filter_map(Content::into_node));
    }
    Ok(arranged(nodes, None, space))
}

/// One body that cannot be rendered must not cost the whole list: then it is asked for less.
async fn contents(data_center: &DataCenter, url: &Url, detail: Detail) -> Answer<Vec<Content>> {
    let tries = match detail {
        Detail::Outline => [With::NoBody].as_slice(),
        Detail::Bodies => &[With::BothBodies, With::Storage, With::NoBody],
    };
    let mut last = Problem::NotFound.into();
    for with in tries {
        let limit = match with {
            With::NoBody => MOST_AT_ONCE,
            With::Storage | With::BothBodies => BODIES_AT_ONCE,
        };
        let url = with_query(url.clone(), &[("expand", &expand(*with)), ("limit", limit)]);
        match paging::all(&data_center.0, url, Need::Content, MOST_ITEMS).await {
            Err(error)
                if error.problem.is_about_the_question() || error.problem.is_about_rendering() =>
            {
                last = error;
            }
            found => return found,
        }
    }
    Err(last)
}

fn arranged(nodes: Vec<Node>, root: Option<&str>, space: ListedSpace) -> Listing {
    Listing {
        pages: tree::arrange(nodes, &LeftOut::new(), root),
        spaces: vec![space],
    }
}

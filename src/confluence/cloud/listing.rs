//! Listings of Cloud, in few requests: the tree by its descendants, the pages' own data by many ids at once, labels and
//! restrictions by search. Folders are kept; databases, whiteboards and embeds only show where their children hang.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    caller::{Cloud, IDS_AT_ONCE, MOST_AT_ONCE, segment},
    wire::{Container, Page, Space, TreeEntry, is_current, kind_of},
};
use crate::confluence::{
    cql,
    error::{Need, Problem},
    model::{Bodies, ContentKind, Detail, FoundContent, ListedPage, ListedSpace, Listing, Root},
    paging::{self, MOST_ITEMS},
    source::Answer,
    tree::{self, LeftOut, Node},
    v1::{self, Facts},
};

/// The deepest the interface looks down at once.
const DEEPEST: u32 = 10;

/// With bodies fewer pages fit into one answer.
const BODIES_AT_ONCE: usize = 50;

const CHUNKS_AT_ONCE: usize = 4;

pub(super) async fn list(cloud: &Cloud, root: Root<'_>, detail: Detail) -> Answer<Listing> {
    match root {
        Root::Page(id) => one(cloud, id, ContentKind::Page, detail).await,
        Root::BlogPost(id) => one(cloud, id, ContentKind::BlogPost, detail).await,
        Root::Tree(id) => whole_tree(cloud, id, detail).await,
        Root::Space(key) => whole_space(cloud, key, detail).await,
    }
}

async fn one(cloud: &Cloud, id: &str, kind: ContentKind, detail: Detail) -> Answer<Listing> {
    let query = [("include-labels", "true"), ("body-format", "storage")];
    let (outline, _body) = query.split_at(1);
    let found = match detail {
        Detail::Outline => cloud.one(id, kind, outline).await,
        Detail::Bodies => match cloud.one(id, kind, &query).await {
            Err(error) if error.problem.is_about_rendering() => cloud.one(id, kind, outline).await,
            found => found,
        },
    };
    let mut page = found?;
    let facts = v1::facts(&cloud.0, &cql::ids(&[id.to_owned()])).await?;
    page.view_restricted = facts.get(id).and_then(|facts| facts.view_restricted);
    let space = cloud.space_by_key(&page.space_key).await?;
    Ok(Listing {
        pages: vec![page],
        spaces: vec![space.into()],
    })
}

async fn whole_tree(cloud: &Cloud, id: &str, detail: Detail) -> Answer<Listing> {
    let entries = descendants(cloud, id).await?;
    let mut ids = vec![id.to_owned()];
    let mut places = HashMap::new();
    let mut folders = Vec::new();
    let mut left_out = LeftOut::new();
    for entry in entries {
        let parent = entry.parent_id.map(|parent| parent.0);
        let kind = kind_of(&entry.kind).filter(|_| is_current(entry.status.as_deref()));
        match kind {
            Some(ContentKind::Folder) => {
                folders.push(folder(entry.id, entry.title, parent, entry.child_position));
            }
            Some(ContentKind::Page) => {
                places.insert(entry.id.clone(), (parent.clone(), entry.child_position));
                // Should the page itself turn out to be hidden, its children still have their place.
                left_out.insert(entry.id.clone(), parent);
                ids.push(entry.id);
            }
            _ => {
                left_out.insert(entry.id, parent);
            }
        }
    }
    let found = pages_by_id(cloud, ids, detail).await?;
    if !found.iter().any(|page| page.id == id) {
        return Err(Problem::NotFound.into());
    }
    let spaces = spaces_of(cloud, &found).await?;
    let facts = v1::facts(&cloud.0, &cql::tree(id)).await?;
    let root_space = found
        .iter()
        .find(|page| page.id == id)
        .and_then(|page| key_of(page, &spaces));
    for node in &mut folders {
        node.page.space_key = root_space.clone().unwrap_or_default();
    }
    let pages = found.into_iter().map(|page| {
        let mut node = into_node(page, ContentKind::Page, &spaces, &facts);
        if let Some((parent, order)) = places.remove(&node.page.id) {
            node.page.parent_id = parent;
            node.order = order.or(node.order);
        }
        node
    });
    let nodes = folders.into_iter().chain(pages).collect();
    Ok(Listing {
        pages: tree::arrange(nodes, &left_out, Some(id)),
        spaces: listed(spaces),
    })
}

/// Everything below a page, each level of ten from the last entries of the level above.
async fn descendants(cloud: &Cloud, id: &str) -> Answer<Vec<TreeEntry>> {
    let query = [("depth", "10"), ("limit", MOST_AT_ONCE)];
    let mut entries = Vec::new();
    let mut seen = HashSet::from([id.to_owned()]);
    let mut waiting = vec![("pages".to_owned(), id.to_owned())];
    while let Some((container, below)) = waiting.pop() {
        let url = cloud.url(&[&container, &below, "descendants"], &query);
        let found = match paging::all::<TreeEntry>(&cloud.0, url, Need::Hierarchy, MOST_ITEMS).await
        {
            // Removed since its parent was asked.
            Err(error) if matches!(error.problem, Problem::NotFound) && below != id => continue,
            found => found?,
        };
        for entry in found {
            if !seen.insert(entry.id.clone()) {
                continue;
            }
            if entry.depth >= DEEPEST {
                waiting.push((format!("{}s", entry.kind), entry.id.clone()));
            }
            entries.push(entry);
        }
        if entries.len() > MOST_ITEMS {
            let what = format!("a tree of more than {MOST_ITEMS} pages");
            return Err(Problem::NotUnderstood { what }.into());
        }
    }
    Ok(entries)
}

/// Those of the pages that we may see.
async fn pages_by_id(cloud: &Cloud, ids: Vec<String>, detail: Detail) -> Answer<Vec<Page>> {
    let at_once = match detail {
        Detail::Outline => IDS_AT_ONCE,
        Detail::Bodies => BODIES_AT_ONCE,
    };
    let chunks: Vec<Vec<String>> = ids.chunks(at_once).map(<[String]>::to_vec).collect();
    let parts: Vec<Vec<Page>> = stream::iter(chunks)
        .map(|chunk| one_chunk(cloud.clone(), chunk, detail))
        .buffered(CHUNKS_AT_ONCE)
        .try_collect()
        .await?;
    Ok(parts.into_iter().flatten().collect())
}

/// Titles and spaces of those of the pages or blog posts that we may see, whichever of the two they are. Folders are not
/// told in bulk.
pub(super) async fn found(
    cloud: &Cloud,
    kind: ContentKind,
    ids: &[String],
) -> Answer<Vec<FoundContent>> {
    let mut all = Vec::new();
    for ids in ids.chunks(IDS_AT_ONCE) {
        let (ids, limit) = (ids.join(","), ids.len().to_string());
        let query = [
            ("id", ids.as_str()),
            ("status", "current"),
            ("limit", &limit),
        ];
        all.extend(pages(cloud, &[segment(kind)], &query, Detail::Outline).await?);
    }
    let spaces = spaces_of(cloud, &all).await?;
    let found = all.into_iter().map(|page| FoundContent {
        space_key: key_of(&page, &spaces),
        kind,
        id: page.id,
        title: page.title,
    });
    Ok(found.collect())
}

async fn one_chunk(cloud: Cloud, ids: Vec<String>, detail: Detail) -> Answer<Vec<Page>> {
    let (ids, limit) = (ids.join(","), ids.len().to_string());
    let query = [
        ("id", ids.as_str()),
        ("status", "current"),
        ("limit", &limit),
    ];
    pages(&cloud, &["pages"], &query, detail).await
}

/// One body that the site cannot give must not cost the whole list: then it is asked without bodies.
async fn pages(
    cloud: &Cloud,
    segments: &[&str],
    query: &[(&str, &str)],
    detail: Detail,
) -> Answer<Vec<Page>> {
    let url = cloud.url(segments, query);
    if detail == Detail::Bodies {
        let url = v1::with_query(url.clone(), &[("body-format", "storage")]);
        match paging::all(&cloud.0, url, Need::Content, MOST_ITEMS).await {
            Err(error) if error.problem.is_about_the_question() => {}
            found => return found,
        }
    }
    paging::all(&cloud.0, url, Need::Content, MOST_ITEMS).await
}

async fn whole_space(cloud: &Cloud, key: &str, detail: Detail) -> Answer<Listing> {
    let space = cloud.space_by_key(key).await?;
    let limit = match detail {
        Detail::Outline => MOST_AT_ONCE.to_owned(),
        Detail::Bodies => BODIES_AT_ONCE.to_string(),
    };
    let query = [("status", "current"), ("limit", limit.as_str())];
    let in_tree = [
        ("depth", "all"),
        ("status", "current"),
        ("limit", limit.as_str()),
    ];
    let found = pages(cloud, &["spaces", &space.id, "pages"], &in_tree, detail).await?;
    let blog = pages(cloud, &["spaces", &space.id, "blogposts"], &query, detail).await?;
    let facts = v1::facts(&cloud.0, &cql::space(&space.key)).await?;
    let (mut nodes, left_out) = containers_of(cloud, &found, &space.key).await?;
    let spaces = HashMap::from([(space.id.clone(), space)]);
    let of_kind = |kind| {
        let (spaces, facts) = (&spaces, &facts);
        move |page| into_node(page, kind, spaces, facts)
    };
    nodes.extend(found.into_iter().map(of_kind(ContentKind::Page)));
    nodes.extend(blog.into_iter().map(of_kind(ContentKind::BlogPost)));
    Ok(Listing {
        pages: tree::arrange(nodes, &left_out, None),
        spaces: listed(spaces),
    })
}

/// What pages hang on and is no page. A space's folders cannot be listed, so that each one is asked for; they are few.
async fn containers_of(
    cloud: &Cloud,
    pages: &[Page],
    space_key: &str,
) -> Answer<(Vec<Node>, LeftOut)> {
    let mut folders = Vec::new();
    let mut left_out = LeftOut::new();
    let mut seen = BTreeSet::new();
    let parent = |kind: &Option<String>, id: Option<&str>| {
        let kind = kind.as_deref().filter(|kind| *kind != "page")?;
        let is_known = ["folder", "database", "whiteboard", "embed"].contains(&kind);
        is_known.then_some(())?;
        Some((kind.to_owned(), id?.to_owned()))
    };
    let mut waiting: Vec<_> = pages
        .iter()
        .filter_map(|page| {
            parent(
                &page.parent_type,
                page.parent_id.as_ref().map(|id| id.0.as_str()),
            )
        })
        .collect();
    while let Some((kind, id)) = waiting.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let url = cloud.url(&[&format!("{kind}s"), &id], &[]);
        let container: Container = match cloud.0.get(url, Need::Hierarchy).await {
            Err(error) if error.problem.is_about_the_question() => continue,
            container => container?,
        };
        let above = container.parent_id.map(|parent| parent.0);
        waiting.extend(parent(&container.parent_type, above.as_deref()));
        if kind == "folder" {
            let mut node = folder(id, container.title, above, container.position);
            space_key.clone_into(&mut node.page.space_key);
            folders.push(node);
        } else {
            left_out.insert(id, above);
        }
    }
    Ok((folders, left_out))
}

fn folder(id: String, title: String, parent_id: Option<String>, order: Option<i64>) -> Node {
    let page = ListedPage {
        id,
        kind: ContentKind::Folder,
        title,
        space_key: String::new(),
        parent_id,
        position: 0,
        version: 0,
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

fn into_node(
    page: Page,
    kind: ContentKind,
    spaces: &HashMap<String, Space>,
    facts: &HashMap<String, Facts>,
) -> Node {
    let space_key = key_of(&page, spaces).unwrap_or_default();
    let mut node = page.into_node(kind, space_key);
    if let Some(facts) = facts.get(&node.page.id) {
        node.page.view_restricted = facts.view_restricted;
        node.page.labels.clone_from(&facts.labels);
    }
    node
}

async fn spaces_of(cloud: &Cloud, pages: &[Page]) -> Answer<HashMap<String, Space>> {
    let ids = pages.iter().filter_map(|page| page.space_id.as_ref());
    let ids: BTreeSet<_> = ids.map(|id| id.0.clone()).collect();
    cloud.spaces_by_id(ids.into_iter().collect()).await
}

fn key_of(page: &Page, spaces: &HashMap<String, Space>) -> Option<String> {
    let listed = page.space_id.as_ref().and_then(|id| spaces.get(&id.0));
    listed
        .map(|space| space.key.clone())
        .or_else(|| page.space_key_of_link())
}

fn listed(spaces: HashMap<String, Space>) -> Vec<ListedSpace> {
    spaces.into_values().map(ListedSpace::from).collect()
}

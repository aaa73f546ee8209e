//! The page tree: every page is under another exported page of its space, or is a top page.

use std::collections::{HashMap, HashSet};

use super::model::{ExportedPage, PageKind};

/// Folders inside folders; more is no hierarchy but an attack.
const MAX_FOLDERS: usize = 100;

/// How many pages did not stay where they were.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) up: usize,
    pub(super) out_of_circle: usize,
}

/// What stands between pages without being an exported page: folders, drafts, lost pages.
pub(super) struct Containers<'a> {
    pub(super) parents: &'a HashMap<u64, Option<u64>>,
    /// Those with a list of readers, which what is in them inherits.
    pub(super) view_restricted: &'a HashSet<u64>,
}

/// Makes every parent an exported page of the same space, and every chain of parents end.
///
/// A page that is taken out of a restricted container keeps the restriction as its own. `pages` are sorted by id.
pub(super) fn settle(pages: &mut [ExportedPage], containers: &Containers<'_>) -> Moved {
    let mut moved = Moved::default();
    let places: Vec<Place> = pages
        .iter()
        .map(|page| place_of(page, pages, containers))
        .collect();
    let parent_ids = parent_ids(pages, &places);
    for ((page, place), parent) in pages.iter_mut().zip(&places).zip(parent_ids) {
        if page.kind == PageKind::Page && page.parent != parent {
            moved.up += 1;
        }
        page.parent = parent;
        page.view_restricted |= place.was_restricted;
    }
    let parents = places.into_iter().map(|place| place.parent).collect();
    moved.out_of_circle = break_circles(pages, parents);
    moved
}

#[derive(Default)]
struct Place {
    parent: Option<usize>,
    was_restricted: bool,
}

fn parent_ids(pages: &[ExportedPage], places: &[Place]) -> Vec<Option<u64>> {
    let id_of = |place: &Place| {
        place
            .parent
            .and_then(|at| pages.get(at))
            .map(|page| page.id)
    };
    places.iter().map(id_of).collect()
}

fn place_of(page: &ExportedPage, pages: &[ExportedPage], containers: &Containers<'_>) -> Place {
    let mut place = Place::default();
    let mut above = page.parent.filter(|_| page.kind == PageKind::Page);
    for _ in 0..MAX_FOLDERS {
        let Some(id) = above else { break };
        if let Ok(at) = pages.binary_search_by_key(&id, |page| page.id) {
            let is_above = |parent: &&ExportedPage| {
                parent.kind == PageKind::Page && parent.space_key == page.space_key
            };
            place.parent = pages.get(at).filter(is_above).map(|_| at);
            break;
        }
        place.was_restricted |= containers.view_restricted.contains(&id);
        above = containers.parents.get(&id).copied().flatten();
    }
    place
}

/// Cuts each circle of parents once. Every page is visited once, so long chains cost nothing.
fn break_circles(pages: &mut [ExportedPage], mut parents: Vec<Option<usize>>) -> usize {
    let mut circles = 0;
    let mut walk_of = vec![None; pages.len()];
    for start in 0..pages.len() {
        let mut at = start;
        while let Some(visited) = walk_of.get_mut(at) {
            if visited.is_some() {
                if *visited == Some(start) {
                    circles += 1;
                    detach(pages, &mut parents, at);
                }
                break;
            }
            *visited = Some(start);
            match parents.get(at).copied().flatten() {
                Some(parent) => at = parent,
                None => break,
            }
        }
    }
    circles
}

fn detach(pages: &mut [ExportedPage], parents: &mut [Option<usize>], at: usize) {
    if let (Some(page), Some(parent)) = (pages.get_mut(at), parents.get_mut(at)) {
        page.parent = None;
        *parent = None;
    }
}

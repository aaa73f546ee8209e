//! The page tree: every page is under another exported page of its space, or is a top page.

use std::collections::HashMap;

use super::model::{ExportedPage, PageKind};

/// Folders inside folders; more is no hierarchy but an attack.
const MAX_FOLDERS: usize = 100;

/// How many pages did not stay where they were.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) up: usize,
    pub(super) out_of_circle: usize,
}

/// Makes every parent an exported page of the same space, and every chain of parents end.
///
/// `pages` are sorted by id. `containers` are the folders and lost pages between them, with what those are under.
pub(super) fn settle(pages: &mut [ExportedPage], containers: &HashMap<u64, Option<u64>>) -> Moved {
    let mut moved = Moved::default();
    let parents: Vec<Option<usize>> = pages
        .iter()
        .map(|page| nearest_page(page, pages, containers))
        .collect();
    let parent_ids = parent_ids(pages, &parents);
    for (page, parent) in pages.iter_mut().zip(parent_ids) {
        if page.kind == PageKind::Page && page.parent != parent {
            moved.up += 1;
        }
        page.parent = parent;
    }
    moved.out_of_circle = break_circles(pages, parents);
    moved
}

fn parent_ids(pages: &[ExportedPage], parents: &[Option<usize>]) -> Vec<Option<u64>> {
    let id_of = |parent: &Option<usize>| parent.and_then(|at| pages.get(at)).map(|page| page.id);
    parents.iter().map(id_of).collect()
}

fn nearest_page(
    page: &ExportedPage,
    pages: &[ExportedPage],
    containers: &HashMap<u64, Option<u64>>,
) -> Option<usize> {
    if page.kind == PageKind::BlogPost {
        return None;
    }
    let mut above = page.parent;
    for _ in 0..MAX_FOLDERS {
        let id = above?;
        if let Ok(at) = pages.binary_search_by_key(&id, |page| page.id) {
            let is_above = |parent: &&ExportedPage| {
                parent.kind == PageKind::Page && parent.space_key == page.space_key
            };
            return pages.get(at).filter(is_above).map(|_| at);
        }
        above = containers.get(&id).copied().flatten();
    }
    None
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

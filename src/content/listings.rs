//! Lists of other pages of the share: children, page tree, pages by label.

use super::dom::Element;
use super::includes;
use super::library::PageLink;
use super::links;
use super::macros::{Macro, MacroTable};
use super::renderer::Renderer;

pub(super) const MACROS: MacroTable = &[
    ("children", render_children),
    ("pagetree", render_page_tree),
    ("content-tree", render_page_tree),
    ("contentbylabel", render_by_label),
];

/// The longest list and the deepest tree one macro may write.
const MAX_LISTED_PAGES: usize = 500;
const MAX_TREE_DEPTH: u32 = 8;

fn render_children(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let everything = it.is_true("all") || it.is_true("allChildren");
    let depth = match it.number("depth") {
        Some(depth) if !everything && depth > 0 => depth,
        _ if everything => MAX_TREE_DEPTH,
        _ => 1,
    };
    let first = it.number("first").map(|first| first as usize);
    let Some(root) = root_of(r, it, "page") else {
        return render_none(r);
    };
    let mut pages = r.library.children(&root);
    if it.text("sort").as_deref() == Some("title") {
        pages.sort_by_key(|page| page.title.to_lowercase());
    }
    if it.is_true("reverse") {
        pages.reverse();
    }
    pages.truncate(first.filter(|first| *first > 0).unwrap_or(MAX_LISTED_PAGES));
    render_tree(r, &pages, depth);
}

fn render_page_tree(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let Some(root) = root_of(r, it, "root") else {
        return render_none(r);
    };
    let pages = r.library.children(&root);
    render_tree(r, &pages, MAX_TREE_DEPTH);
}

/// The page whose children are wanted; the page being read unless the macro names another one.
fn root_of(r: &mut Renderer<'_>, it: &Macro<'_>, parameter: &str) -> Option<String> {
    let named = it.parameter(parameter);
    if let Some(target) = named.and_then(|named| links::resource_in(&named.children)) {
        return links::find_page(r, target).map(|page| page.content_id);
    }
    match named.map(Element::text).as_deref().map(str::trim) {
        Some(title) if !title.is_empty() && !title.starts_with('@') => {
            links::page_titled(r, None, title).map(|page| page.content_id)
        }
        _ => Some(r.page().content_id),
    }
}

fn render_tree(r: &mut Renderer<'_>, pages: &[PageLink], depth: u32) {
    if pages.is_empty() {
        return render_none(r);
    }
    let mut left = MAX_LISTED_PAGES;
    write_tree(r, pages, depth, &mut left);
}

fn write_tree(r: &mut Renderer<'_>, pages: &[PageLink], depth: u32, left: &mut usize) {
    r.wrap("ul", &[("class", "page-list")], |r| {
        for page in pages {
            if *left == 0 {
                return;
            }
            *left -= 1;
            r.wrap("li", &[], |r| {
                links::write_page_link(r, page);
                let below = match depth {
                    0 | 1 => Vec::new(),
                    _ => r.library.children(&page.content_id),
                };
                if !below.is_empty() {
                    write_tree(r, &below, depth - 1, left);
                }
            });
        }
    });
}

fn render_none(r: &mut Renderer<'_>) {
    r.placeholder("There are no pages to list here.");
}

fn render_by_label(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let mut pages = labelled(r, it);
    if !pages.is_empty() {
        includes::note_pulled(r, it.name);
    }
    let max = it
        .number("max")
        .map_or(MAX_LISTED_PAGES, |max| max as usize);
    pages.truncate(max.min(MAX_LISTED_PAGES));
    render_tree(r, &pages, 1);
}

/// The pages a macro selects by its `labels`, `label` or `cql` parameter.
pub(super) fn labelled(r: &Renderer<'_>, it: &Macro<'_>) -> Vec<PageLink> {
    let list = it.text("labels").or_else(|| it.text("label"));
    let wanted = match (list, it.text("cql")) {
        (Some(list), _) => Labels {
            every: it
                .text("operator")
                .is_some_and(|word| word.eq_ignore_ascii_case("and")),
            names: split_labels(&list),
        },
        (None, Some(cql)) => labels_of_cql(&cql),
        (None, None) => return Vec::new(),
    };
    let names: Vec<&str> = wanted.names.iter().map(String::as_str).collect();
    if names.is_empty() {
        return Vec::new();
    }
    if wanted.every {
        return r.library.labelled(&names);
    }
    let mut pages: Vec<PageLink> = Vec::new();
    for name in names {
        for page in r.library.labelled(&[name]) {
            if !pages.contains(&page) {
                pages.push(page);
            }
        }
    }
    pages
}

/// A choice of pages by label: all of the names, or any.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Labels {
    pub(super) every: bool,
    pub(super) names: Vec<String>,
}

fn split_labels(list: &str) -> Vec<String> {
    list.split([',', ' ', '‚'])
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Reads the `label` conditions of a query; others only narrow the choice, and everything here is in the share.
pub(super) fn labels_of_cql(cql: &str) -> Labels {
    let mut names = Vec::new();
    let mut every = true;
    let mut field = String::new();
    let mut pieces = cql.split('"');
    while let Some(between) = pieces.next() {
        let words: Vec<String> = between
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        if let Some(name) = words.iter().rev().find(|word| !is_operator(word)) {
            field.clone_from(name);
        }
        let chooses = words.iter().any(|word| word == "or" || word == "in");
        if let Some(value) = pieces.next().filter(|_| field == "label") {
            every &= !chooses;
            names.push(value.to_owned());
        }
    }
    Labels { every, names }
}

fn is_operator(word: &str) -> bool {
    matches!(word, "and" | "or" | "in" | "not" | "currentspace")
}

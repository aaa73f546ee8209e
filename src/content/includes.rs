//! Other pages inside this one: include, excerpt-include, and the excerpt they take.
//!
//! Only pages of the share, and what is missing says nothing about where it would have come from.

use super::dom::{self, Element, Node};
use super::finding::{FindingKind, short};
use super::library::PageLink;
use super::links;
use super::macros::{Macro, MacroTable};
use super::renderer::Renderer;

pub(super) const MACROS: MacroTable = &[
    ("excerpt", render_excerpt),
    ("include", render_include),
    ("excerpt-include", render_excerpt_include),
];

/// Includes inside includes beyond this are cut.
const MAX_DEPTH: usize = 5;
const NOT_HERE: &str = "This part of the page cannot be shown here.";

fn render_excerpt(r: &mut Renderer<'_>, it: &Macro<'_>) {
    if !it.is_true("hidden") {
        r.nodes(it.rich_body().unwrap_or_default());
    }
}

fn render_include(r: &mut Renderer<'_>, it: &Macro<'_>) {
    if let Some((page, nodes)) = open(r, it) {
        note_pulled(r, &page.title);
        r.wrap("div", &[("class", "included")], |r| {
            r.nodes_of(page, &nodes)
        });
    }
}

fn render_excerpt_include(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let name = it.text("name");
    let Some((page, nodes)) = open(r, it) else {
        return;
    };
    let Some(excerpt) = find_excerpt(&nodes, name.as_deref()) else {
        r.placeholder(NOT_HERE);
        return;
    };
    note_pulled(r, &page.title);
    let body = Macro::of(excerpt).rich_body().unwrap_or_default();
    if it.is_true("nopanel") {
        r.wrap("div", &[("class", "included")], |r| r.nodes_of(page, body));
        return;
    }
    r.wrap("div", &[("class", "panel")], |r| {
        r.wrap("p", &[("class", "panel-title")], |r| {
            r.out.text(&page.title)
        });
        r.wrap("div", &[("class", "panel-body")], |r| {
            r.nodes_of(page, body)
        });
    });
}

/// Tells the admin where a part of the page comes from.
pub(super) fn note_pulled(r: &mut Renderer<'_>, from: &str) {
    r.findings
        .note(FindingKind::PulledContent { from: short(from) });
}

/// The page an include names, parsed; or a placeholder in its place.
fn open(r: &mut Renderer<'_>, it: &Macro<'_>) -> Option<(super::renderer::Page, Vec<Node>)> {
    let opened = wanted_page(r, it).and_then(|page| {
        let repeated = r
            .pages()
            .iter()
            .any(|open| open.content_id == page.content_id);
        if repeated || r.pages().len() > MAX_DEPTH {
            let title = short(&page.title);
            r.findings.note(FindingKind::RecursiveInclude { title });
            return None;
        }
        r.load(&page.content_id)
    });
    if opened.is_none() {
        r.placeholder(NOT_HERE);
    }
    opened
}

/// Named by `ri:page`, or as text with the space before a colon.
fn wanted_page(r: &mut Renderer<'_>, it: &Macro<'_>) -> Option<PageLink> {
    let parameter = it.parameter("").or_else(|| it.parameter("page"));
    if let Some(target) = parameter.and_then(|parameter| links::resource_in(&parameter.children)) {
        return links::find_page(r, target);
    }
    let text = it.text("").or_else(|| it.text("page"))?;
    match text.split_once(':') {
        Some((space, title)) => links::page_titled(r, Some(space), title),
        None => links::page_titled(r, it.text("spaceKey").as_deref(), &text),
    }
}

fn find_excerpt<'n>(nodes: &'n [Node], name: Option<&str>) -> Option<&'n Element> {
    let mut found = None;
    dom::visit(nodes, &mut |element| {
        let it = Macro::of(element);
        if found.is_none()
            && it.name == "excerpt"
            && (name.is_none() || it.text("name").as_deref() == name)
        {
            found = Some(element);
        }
    });
    found
}

//! Tasks and status; and what Confluence lists by itself, which this portal lists again from what is shared.

use super::super::dom::{Element, Node};
use super::super::output::collapse;
use super::build::{bare, rich_macro};
use super::normalise::{FormTable, Normaliser, beginning};

pub(super) const FORMS: FormTable = &[
    ("inline-task-list", tasks),
    ("status-macro", status),
    ("aui-lozenge", status),
    ("toc-macro", table_of_contents),
    ("client-side-toc-macro", table_of_contents),
    ("metadata-summary-macro", report),
    ("plugin_attachments_container", attachments),
    ("childpages-macro", children),
    ("plugin_pagetree", page_tree),
    ("recently-updated", recently_updated),
];

/// The same by the name of the macro, which views have.
pub(super) const MACROS: FormTable = &[
    ("attachments", attachments),
    ("children", children),
    ("pagetree", page_tree),
    ("recently-updated", recently_updated),
];

/// Classes of a status and its colour.
const LOZENGES: [(&str, &str); 8] = [
    ("aui-lozenge-success", "Green"),
    ("aui-lozenge-error", "Red"),
    ("aui-lozenge-removed", "Red"),
    ("aui-lozenge-current", "Yellow"),
    ("aui-lozenge-moved", "Yellow"),
    ("aui-lozenge-complete", "Blue"),
    ("aui-lozenge-progress", "Blue"),
    ("aui-lozenge-new", "Purple"),
];

fn tasks(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let tasks = element.elements().map(|item| {
        let status = if item.has_class("checked") {
            "complete"
        } else {
            "incomplete"
        };
        let status = Element::new("ac:task-status").holding_text(status);
        let body = Element::new("ac:task-body").containing(n.nodes(&item.children));
        Element::new("ac:task")
            .containing(vec![status.into(), body.into()])
            .into()
    });
    let tasks = tasks.collect();
    Some(vec![Element::new("ac:task-list").containing(tasks).into()])
}

fn status(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    n.see(element, "status");
    let title = collapse(&beginning(&element.children));
    let colour = LOZENGES.iter().find(|(class, _)| element.has_class(class));
    let colour = colour.map_or("Grey", |(_, colour)| *colour);
    let parameters = [("title", title.as_str()), ("colour", colour)];
    Some(vec![rich_macro("status", &parameters, Vec::new())])
}

/// Ours, since it knows the headings of what is rendered here.
fn table_of_contents(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    n.see(element, "toc");
    let levels = element.attribute("data-headerelements").unwrap_or_default();
    let digits = || levels.chars().filter(char::is_ascii_digit);
    let bound = |level: Option<char>, default: char| level.unwrap_or(default).to_string();
    let parameters = [
        ("minLevel", bound(digits().min(), '1')),
        ("maxLevel", bound(digits().max(), '6')),
    ];
    let parameters = parameters
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    Some(vec![bare("toc", &parameters).into()])
}

/// A report that a script would fill is made here, from the same query; a filled one is a table.
fn report(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    if !beginning(&element.children).is_empty() {
        n.see(element, "detailssummary");
        let table = Element::new("table").containing(n.nodes(&element.children));
        return Some(vec![table.into()]);
    }
    n.remember("detailssummary", Some(element), false);
    let known = [
        ("data-cql", "cql"),
        ("data-headings", "headings"),
        ("data-first-column-heading", "firstcolumn"),
    ];
    let given = known
        .iter()
        .filter_map(|(from, to)| Some((*to, element.attribute(from)?)));
    let parameters: Vec<_> = given.collect();
    Some(vec![bare("detailssummary", &parameters).into()])
}

fn attachments(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    n.see(element, "attachments");
    Some(vec![bare("attachments", &[]).into()])
}

fn children(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    n.see(element, "children");
    let nested = element
        .find("li")
        .is_some_and(|item| item.find("ul").is_some());
    let parameters: &[_] = if nested { &[("all", "true")] } else { &[] };
    Some(vec![bare("children", parameters).into()])
}

fn page_tree(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    n.see(element, "pagetree");
    Some(vec![bare("pagetree", &[]).into()])
}

/// Names pages and people that nobody chose to show.
fn recently_updated(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    Some(vec![n.failure("recently-updated", Some(element))])
}

//! Page properties (`details`) and the report that collects them from other pages (`detailssummary`).

use super::dom::{self, Element, Node};
use super::includes;
use super::library::PageLink;
use super::links;
use super::listings;
use super::macros::{Macro, MacroTable};
use super::renderer::{Page, Renderer, line_of};

pub(super) const MACROS: MacroTable = &[
    ("details", render_properties),
    ("detailssummary", render_report),
];

const MAX_REPORTED_PAGES: usize = 100;

/// One page of a report: its properties by name, as markup of that page.
struct Row {
    link: PageLink,
    page: Page,
    properties: Vec<(String, Vec<Node>)>,
}

fn render_properties(r: &mut Renderer<'_>, it: &Macro<'_>) {
    if !it.is_true("hidden") {
        r.nodes(it.rich_body().unwrap_or_default());
    }
}

fn render_report(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let id = it.text("id");
    let mut rows = Vec::new();
    for link in listings::labelled(r, it)
        .into_iter()
        .take(MAX_REPORTED_PAGES)
    {
        let Some((page, nodes)) = r.load(&link.content_id) else {
            continue;
        };
        let properties = properties_of(&nodes, id.as_deref());
        if !properties.is_empty() {
            rows.push(Row {
                link,
                page,
                properties,
            });
        }
    }
    if rows.is_empty() {
        r.placeholder("There are no page properties to report here.");
        return;
    }
    includes::note_pulled(r, it.name);
    let columns = columns(it, &rows);
    let first = it.text("firstcolumn").unwrap_or_else(|| "Title".to_owned());
    write_report(r, &first, &columns, rows);
}

/// The columns asked for, or all properties in the order they turn up.
fn columns(it: &Macro<'_>, rows: &[Row]) -> Vec<String> {
    if let Some(wanted) = it.text("headings") {
        return wanted
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect();
    }
    let mut columns: Vec<String> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.properties) {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    columns
}

fn write_report(r: &mut Renderer<'_>, first: &str, columns: &[String], rows: Vec<Row>) {
    let cell = |r: &mut Renderer<'_>, text: &str| {
        r.wrap("th", &[("scope", "col")], |r| r.out.text(text));
    };
    let scroll = [
        ("class", "table-scroll"),
        ("role", "region"),
        ("aria-label", "Page properties"),
        ("tabindex", "0"),
    ];
    r.wrap("div", &scroll, |r| {
        r.wrap("table", &[], |r| {
            r.wrap("thead", &[], |r| {
                r.wrap("tr", &[], |r| {
                    cell(r, first);
                    columns.iter().for_each(|name| cell(r, name));
                });
            });
            r.wrap("tbody", &[], |r| {
                for row in rows {
                    write_row(r, columns, row);
                }
            });
        });
    });
}

fn write_row(r: &mut Renderer<'_>, columns: &[String], row: Row) {
    r.wrap("tr", &[], |r| {
        r.wrap("th", &[("scope", "row")], |r| {
            links::write_page_link(r, &row.link)
        });
        for column in columns {
            let value = row.properties.iter().find(|(name, _)| name == column);
            r.wrap("td", &[], |r| {
                if let Some((_, nodes)) = value {
                    r.nodes_of(row.page.clone(), nodes);
                }
            });
        }
    });
}

/// The rows of the page's property tables. A report inside a property would collect itself, so none is taken over.
fn properties_of(nodes: &[Node], id: Option<&str>) -> Vec<(String, Vec<Node>)> {
    let mut properties = Vec::new();
    dom::visit(nodes, &mut |element| {
        let it = Macro::of(element);
        if it.name == "details" && (id.is_none() || it.text("id").as_deref() == id) {
            let body = it.rich_body().unwrap_or_default();
            dom::visit(body, &mut |row| properties.extend(property_of(row)));
        }
    });
    properties
}

fn property_of(row: &Element) -> Option<(String, Vec<Node>)> {
    if row.name != "tr" {
        return None;
    }
    let mut cells = row
        .elements()
        .filter(|cell| matches!(cell.name.as_str(), "th" | "td"));
    let (name, value) = (cells.next()?, cells.next()?);
    let name = line_of(&name.children);
    let reports = {
        let mut found = false;
        dom::visit(&value.children, &mut |inside| {
            found |= Macro::of(inside).name == "detailssummary";
        });
        found
    };
    (!name.is_empty() && !reports).then(|| (name, value.children.clone()))
}

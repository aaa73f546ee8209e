//! Tables: merged cells, header cells, column widths, in a container that can be scrolled by keyboard.

use std::slice;

use super::dom::{Element, Node};
use super::renderer::Renderer;
use super::style;

pub(super) fn render(r: &mut Renderer<'_>, table: &Element) {
    let scroll = [
        ("class", "table-scroll"),
        ("role", "region"),
        ("aria-label", "Table"),
        ("tabindex", "0"),
    ];
    r.wrap("div", &scroll, |r| {
        r.wrap("table", &[], |r| r.nodes(&table.children));
    });
}

/// Everything inside a table, by its element name.
pub(super) fn render_part(r: &mut Renderer<'_>, part: &Element) {
    match part.name.as_str() {
        "tr" => render_row(r, part),
        "td" | "th" => render_cell(r, part, "row"),
        "col" => render_column(r, part),
        name => r.wrap(name, &[], |r| r.nodes(&part.children)),
    }
}

/// A row of nothing but header cells heads columns; other header cells head their row.
fn render_row(r: &mut Renderer<'_>, row: &Element) {
    let heads_columns = row.elements().all(|cell| cell.name == "th");
    let scope = if heads_columns { "col" } else { "row" };
    r.wrap("tr", &[], |r| {
        for node in &row.children {
            match node {
                Node::Element(cell) if matches!(cell.name.as_str(), "td" | "th") => {
                    render_cell(r, cell, scope);
                }
                other => r.nodes(slice::from_ref(other)),
            }
        }
    });
}

fn render_cell(r: &mut Renderer<'_>, cell: &Element, scope: &str) {
    let mut classes = style::classes(cell);
    if cell
        .attribute("class")
        .is_some_and(|class| class.contains("numberingColumn"))
    {
        classes.push_str(" numbering");
    }
    let mut attributes = vec![("class", classes.trim())];
    for name in ["colspan", "rowspan"] {
        attributes.extend(cell.attribute(name).map(|value| (name, value)));
    }
    if cell.name == "th" {
        attributes.push(("scope", scope));
    }
    r.wrap(&cell.name, &attributes, |r| r.nodes(&cell.children));
}

fn render_column(r: &mut Renderer<'_>, column: &Element) {
    let width = style::width(column);
    let mut attributes: Vec<_> = width
        .iter()
        .map(|width| ("width", width.as_str()))
        .collect();
    attributes.extend(column.attribute("span").map(|span| ("span", span)));
    r.out.open("col", &attributes);
}

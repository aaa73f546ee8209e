//! Page layouts and the older sections with columns.

use super::super::dom::{Element, Node};
use super::super::style;
use super::build::bare;
use super::normalise::{FormTable, Normaliser};

pub(super) const FORMS: FormTable = &[
    ("contentLayout2", layout),
    ("contentLayout", layout),
    ("columnLayout", section),
    ("sectionMacro", old_section),
    ("columnMacro", old_column),
    ("innerCell", unwrap),
    ("table-wrap", unwrap),
    ("office-container", unwrap),
];

/// Elements that only hang a style on what is inside.
fn unwrap(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    Some(n.nodes(&element.children))
}

fn layout(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let layout = Element::new("ac:layout").containing(n.nodes(&element.children));
    Some(vec![layout.into()])
}

/// A row of cells. Its class is the type of storage format with dashes; Cloud calls four and five cells three.
fn section(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let cells: Vec<&Element> = element
        .elements()
        .filter(|child| child.has_class("cell"))
        .collect();
    if cells.is_empty() {
        return None;
    }
    let named = element.attribute("data-layout").unwrap_or_else(|| {
        let classes = element.attribute("class").unwrap_or_default();
        let mut words = classes.split_ascii_whitespace();
        words
            .find(|word| *word != "columnLayout")
            .unwrap_or_default()
    });
    let kind = match (cells.len(), named) {
        (4, "three-equal") => "four_equal".to_owned(),
        (5, "three-equal") => "five_equal".to_owned(),
        (_, "fixed-width") => named.to_owned(),
        _ => named.replace('-', "_"),
    };
    let cells = cells.into_iter().map(|cell| {
        Element::new("ac:layout-cell")
            .containing(n.nodes(&cell.children))
            .into()
    });
    let cells = cells.collect();
    let section = Element::new("ac:layout-section").with("ac:type", &kind);
    Some(vec![section.containing(cells).into()])
}

fn old_section(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    n.see(element, "section");
    let body = Element::new("ac:rich-text-body").containing(n.nodes(&element.children));
    Some(vec![
        bare("section", &[]).containing(vec![body.into()]).into(),
    ])
}

fn old_column(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    n.see(element, "column");
    let width = style::value(element, "width").or_else(|| style::value(element, "min-width"));
    let parameters: Vec<_> = width
        .iter()
        .map(|width| ("width", width.as_str()))
        .collect();
    let body = Element::new("ac:rich-text-body").containing(n.nodes(&element.children));
    let column = bare("column", &parameters).containing(vec![body.into()]);
    Some(vec![column.into()])
}

//! Charts: only a script draws them, so their data is shown as the table it comes from.

use serde_json::Value;

use super::super::dom::{self, Element, Node};
use super::build::rich_macro;
use super::html;
use super::normalise::{FormTable, Normaliser};

pub(super) const FORMS: FormTable = &[
    ("chart-macro", chart),
    ("chart-bootstrap-wrapper", chart),
    ("chart-render-data", chart),
];

/// The `bodyHtml` of the data that the script would read, with its title.
fn chart(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let data = match element.name.as_str() {
        "script" => element,
        _ => element.find_class("chart-render-data")?,
    };
    let Some((title, table)) = read(&data.text()) else {
        return Some(vec![n.failure("chart", Some(element))]);
    };
    n.see(element, "chart");
    let body = n.nodes(&table);
    if title.is_empty() {
        return Some(body);
    }
    Some(vec![rich_macro("panel", &[("title", &title)], body)])
}

fn read(script: &str) -> Option<(String, Vec<Node>)> {
    let start = script.find('{')?;
    let end = script.rfind('}')?;
    let data: Value = serde_json::from_str(script.get(start..=end)?).ok()?;
    let title = data.pointer("/parameters/title").and_then(Value::as_str);
    let table = html::parse(data.get("bodyHtml")?.as_str()?).nodes;
    let mut has_cells = false;
    // A chart in the data of a chart would be read again and again.
    let mut has_charts = false;
    dom::visit(&table, &mut |inside| {
        has_cells |= matches!(inside.name.as_str(), "td" | "th");
        has_charts |= inside.has_class("chart-render-data");
    });
    (has_cells && !has_charts).then(|| (title.unwrap_or_default().to_owned(), table))
}

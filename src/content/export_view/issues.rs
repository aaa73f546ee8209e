//! What the Jira macro leaves: keys and tables, without the query, the server and the way there.

use super::super::dom::{Element, Node};
use super::super::output::collapse;
use super::build::{bare, rich_macro};
use super::normalise::{FormTable, Normaliser, beginning, line};

pub(super) const FORMS: FormTable = &[
    ("jira-issue", issue),
    ("jira-table", table),
    ("static-jira-issues_count", count),
    ("jira-issues", table),
];

/// The key, with summary and status if Confluence knew them.
fn issue(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let key = element
        .attribute("data-jira-key")
        .map(str::to_owned)
        .or_else(|| line(element, "jira-issue-key"))?;
    n.see(element, "jira");
    let mut nodes = vec![bare("jira", &[("key", &key)]).into()];
    if element.find_class("issue-placeholder").is_some() {
        return Some(nodes);
    }
    if let Some(summary) = line(element, "summary") {
        nodes.push(Node::Text(format!(" - {summary}")));
    }
    if let Some(status) = line(element, "aui-lozenge") {
        nodes.push(Node::Text(" ".to_owned()));
        nodes.push(rich_macro("status", &[("title", &status)], Vec::new()));
    }
    Some(nodes)
}

/// The table of a query, if Confluence filled it in.
fn table(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let table = match element.name.as_str() {
        "table" => Some(element),
        _ => element.find("table"),
    };
    let Some(table) = table.filter(|table| !beginning(&table.children).is_empty()) else {
        return Some(vec![n.failure("jira", Some(element))]);
    };
    n.see(element, "jira");
    let unlinked = Element {
        name: "table".to_owned(),
        attributes: Vec::new(),
        children: without_links(&table.children),
    };
    Some(vec![
        Element::new("table")
            .containing(n.nodes(&unlinked.children))
            .into(),
    ])
}

/// `12 issues`, whose link is the query.
fn count(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let text = collapse(&beginning(&element.children));
    if text.is_empty() {
        return Some(vec![n.failure("jira", Some(element))]);
    }
    n.see(element, "jira");
    Some(vec![Node::Text(text)])
}

fn without_links(nodes: &[Node]) -> Vec<Node> {
    let mut kept = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Element(element) if element.name == "a" => {
                kept.extend(without_links(&element.children));
            }
            // Icons of Jira.
            Node::Element(element) if element.name == "img" => {}
            Node::Element(element) => kept.push(
                Element {
                    name: element.name.clone(),
                    attributes: element.attributes.clone(),
                    children: without_links(&element.children),
                }
                .into(),
            ),
            text => kept.push(text.clone()),
        }
    }
    kept
}

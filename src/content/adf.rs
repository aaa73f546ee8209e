//! What the new editor of Confluence Cloud stores beside the older elements: panels, decisions, apps' extensions.
//!
//! Each has a fallback, and exactly one of the two is shown.

use super::diagrams;
use super::dom::Element;
use super::emoji;
use super::finding::{FindingKind, short};
use super::panels;
use super::renderer::Renderer;

/// `ac:adf-extension`: the node if it is understood, else its fallback, else a placeholder.
pub(super) fn render_extension(r: &mut Renderer<'_>, extension: &Element) {
    let node = extension.child("ac:adf-node");
    let fallback = extension.child("ac:adf-fallback");
    match (node, fallback) {
        (Some(node), _) if is_understood(node) => render_node(r, node),
        (_, Some(fallback)) if has_content(fallback) => r.nodes(&fallback.children),
        (Some(node), _) => render_node(r, node),
        (None, Some(_)) => {}
        (None, None) => r.nodes(&extension.children),
    }
}

/// `ac:adf-node` alone.
pub(super) fn render_node(r: &mut Renderer<'_>, node: &Element) {
    match kind(node) {
        "panel" => render_panel(r, node),
        "decision-list" => render_decisions(r, node),
        _ if is_drawio(node) => diagrams::render_drawio_extension(r, node),
        _ => match node.child("ac:adf-content") {
            Some(content) => r.nodes(&content.children),
            None => render_unknown(r, node),
        },
    }
}

fn kind(node: &Element) -> &str {
    node.attribute("type").unwrap_or_default()
}

fn is_understood(node: &Element) -> bool {
    matches!(kind(node), "panel" | "decision-list") || is_drawio(node)
}

fn is_drawio(node: &Element) -> bool {
    attribute(node, "extension-key").is_some_and(|key| key.ends_with("/static/drawio"))
}

/// A fallback that only repeats the node shows nothing by itself.
fn has_content(fallback: &Element) -> bool {
    fallback.elements().any(|child| child.name != "ac:adf-node")
}

/// The text of `<ac:adf-attribute key="…">`.
fn attribute(node: &Element, key: &str) -> Option<String> {
    let found = node
        .elements()
        .find(|child| child.name == "ac:adf-attribute" && child.attribute("key") == Some(key))?;
    let text = found.text().trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn render_panel(r: &mut Renderer<'_>, node: &Element) {
    let body = node.child("ac:adf-content");
    let body = body
        .map(|body| body.children.as_slice())
        .unwrap_or_default();
    let kind = match attribute(node, "panel-type").as_deref() {
        Some("note") => &panels::NOTE,
        Some("tip" | "success") => &panels::SUCCESS,
        Some("warning") => &panels::WARNING,
        Some("error") => &panels::ERROR,
        Some("custom") => {
            let icon = attribute(node, "panel-icon-text").or_else(|| {
                let id = attribute(node, "panel-icon-id")?;
                emoji::by_code_points(&id)
            });
            let colour = attribute(node, "panel-color");
            return panels::render_custom(r, colour.as_deref(), icon.as_deref(), None, body);
        }
        _ => &panels::INFO,
    };
    panels::render_kind(r, kind, None, body);
}

fn render_decisions(r: &mut Renderer<'_>, list: &Element) {
    // The items stand in the list itself or in its content.
    let content = list.child("ac:adf-content");
    let inside = content.into_iter().flat_map(Element::elements);
    let items = list.elements().chain(inside);
    r.wrap("ul", &[("class", "decisions")], |r| {
        for item in items.filter(|child| kind(child) == "decision-item") {
            let decided = attribute(item, "state").as_deref() == Some("DECIDED");
            let class = if decided {
                "decision decided"
            } else {
                "decision"
            };
            r.wrap("li", &[("class", class)], |r| {
                if let Some(content) = item.child("ac:adf-content") {
                    r.nodes(&content.children);
                }
            });
        }
    });
}

fn render_unknown(r: &mut Renderer<'_>, node: &Element) {
    let title = node
        .find("ac:adf-attribute")
        .and_then(|_| extension_title(node));
    let name = title
        .or_else(|| attribute(node, "extension-key"))
        .unwrap_or_else(|| kind(node).to_owned());
    let name = short(name.rsplit('/').next().unwrap_or_default());
    r.placeholder(&format!(
        "This part of the page (the “{name}” macro) cannot be shown here."
    ));
    r.findings.note(FindingKind::UnknownMacro { name });
}

fn extension_title(element: &Element) -> Option<String> {
    element.elements().find_map(|child| {
        if child.name == "ac:adf-parameter" && child.attribute("key") == Some("extension-title") {
            Some(child.text().trim().to_owned()).filter(|title| !title.is_empty())
        } else {
            extension_title(child)
        }
    })
}

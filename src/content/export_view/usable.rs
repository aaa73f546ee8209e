//! Whether an export view is one at all, before it replaces what a reader could see otherwise.

use std::slice;

use super::super::dom::{self, Node};
use super::super::parse as storage_format;
use super::failed;
use super::html;
use super::normalise::shows_something;
use super::recover;

/// Whether an export view can be shown. A login page, an error page, an error in JSON and a view that lost all that the
/// storage format has are none; the page is then rendered from `storage`.
pub fn is_usable_export_view(export_view: &str, storage: Option<&str>) -> bool {
    let nodes = html::parse(export_view).nodes;
    if is_other_document(export_view, &nodes) {
        return false;
    }
    let shown = nodes.iter().any(|node| match node {
        Node::Element(element) => {
            failed::name_of(element).is_none() && shows_something(slice::from_ref(node))
        }
        Node::Text(text) => !text.trim().is_empty() && failed::name_in_text(text).is_none(),
    });
    shown || !storage.is_some_and(has_words)
}

/// Whether the storage format shows parts of other pages, which Confluence renders with the rights of whoever asks.
pub fn pulls_other_pages(storage: &str) -> bool {
    !recover::pulled(&storage_format::parse(storage).nodes).is_empty()
}

fn has_words(storage: &str) -> bool {
    !dom::visible_text(&storage_format::parse(storage).nodes)
        .trim()
        .is_empty()
}

/// An answer that is no page body. Confluence sends bodies without a head, so a title is somebody else's.
fn is_other_document(text: &str, nodes: &[Node]) -> bool {
    let text = text.trim_start();
    let start = text
        .get(..text.floor_char_boundary(200))
        .unwrap_or_default();
    if start.starts_with('{') && (start.contains("\"statusCode\"") || start.contains("\"errors\""))
    {
        return true;
    }
    let mut other = start.to_ascii_lowercase().starts_with("<!doctype");
    dom::visit(nodes, &mut |element| {
        let kind = element.attribute("type").unwrap_or_default();
        other |= match element.name.as_str() {
            "head" => element.child("title").is_some(),
            "input" => kind.eq_ignore_ascii_case("password"),
            "meta" => element
                .attribute("http-equiv")
                .is_some_and(|name| name.eq_ignore_ascii_case("refresh")),
            _ => false,
        };
    });
    other
}

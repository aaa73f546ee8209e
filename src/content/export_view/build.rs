//! Makes elements of storage format.

use super::super::dom::{Element, Node};

/// A macro with text parameters and a rich text body.
pub(super) fn rich_macro(name: &str, parameters: &[(&str, &str)], body: Vec<Node>) -> Node {
    let body = Element::new("ac:rich-text-body").containing(body);
    bare(name, parameters).containing(vec![body.into()]).into()
}

/// A macro with text parameters and a plain text body.
pub(super) fn plain_macro(name: &str, parameters: &[(&str, &str)], body: &str) -> Node {
    let body = Element::new("ac:plain-text-body").holding_text(body);
    bare(name, parameters).containing(vec![body.into()]).into()
}

/// A macro with text parameters alone.
pub(super) fn bare(name: &str, parameters: &[(&str, &str)]) -> Element {
    let parameters = parameters.iter().map(|(name, value)| {
        Element::new("ac:parameter")
            .with("ac:name", name)
            .holding_text(value)
            .into()
    });
    Element::new("ac:structured-macro")
        .with("ac:name", name)
        .containing(parameters.collect())
}

/// A macro whose only parameter names a file.
pub(super) fn file_macro(name: &str, file: Element) -> Node {
    let parameter = Element::new("ac:parameter")
        .with("ac:name", "name")
        .containing(vec![file.into()]);
    bare(name, &[]).containing(vec![parameter.into()]).into()
}

/// The attachment that an element of the view shows or leads to: by its id, with its page and name to fall back on.
pub(super) fn attachment(shown: &Element) -> Option<Element> {
    if shown.attribute("data-linked-resource-type") != Some("attachment") {
        return None;
    }
    let id = shown.attribute("data-linked-resource-id")?;
    let mut file = Element::new("ri:attachment").with("ri:attachment-id", id);
    for (from, to) in [
        ("data-linked-resource-default-alias", "ri:filename"),
        ("data-linked-resource-container-id", "ri:container-id"),
        ("data-image-src", "ri:address"),
        ("data-file-src", "ri:address"),
        ("src", "ri:address"),
        ("href", "ri:address"),
    ] {
        if let Some(value) = shown.attribute(from) {
            file = file.with(to, value);
        }
    }
    Some(file)
}

//! Pictures and files, by the ids that Confluence writes beside their addresses.

use percent_encoding::percent_decode_str;

use super::super::dom::{Element, Node};
use super::super::emoji;
use super::super::parse as storage;
use super::super::wiki_url::{self, WikiTarget};
use super::build::{attachment, bare, file_macro};
use super::normalise::{FormTable, Normaliser};

pub(super) const FORMS: FormTable = &[
    ("confluence-embedded-file-wrapper", wrapper),
    ("confluence-embedded-file", embedded_file),
    ("media-viewer-content", viewer),
    ("confluence-embedded-image", |n, element| {
        (element.name == "img").then(|| image(n, element, None))
    }),
];

/// Where a picture stands: the class, on the picture or around it, and the word of storage format.
const PLACES: [(&str, &str); 6] = [
    ("image-center", "center"),
    ("image-center-wrapper", "center"),
    ("image-left", "left"),
    ("image-left-wrapper", "left"),
    ("image-right", "right"),
    ("image-right-wrapper", "right"),
];

/// The element around a picture, with its caption if there is one.
fn wrapper(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let mut children = element.elements();
    match (children.next(), children.next()) {
        (Some(only), None) if only.name == "img" => Some(image(n, only, Some(element))),
        _ => Some(n.nodes(&element.children)),
    }
}

/// A picture as `ac:image`, an emoticon as it is; the wiki's own icons are left out.
pub(super) fn image(n: &Normaliser<'_>, img: &Element, around: Option<&Element>) -> Vec<Node> {
    if emoji::of_img(img).is_some() {
        return vec![img.clone().into()];
    }
    if let Some(stored) = img.attribute("data-encoded-xml") {
        return stored_image(stored);
    }
    let address = img
        .attribute("data-image-src")
        .or(img.attribute("src"))
        .unwrap_or_default();
    let target = match attachment(img) {
        Some(file) => file,
        None if is_decoration(img, address, n.wiki_hosts) => return Vec::new(),
        None => Element::new("ri:url").with("ri:value", address),
    };
    let mut image = Element::new("ac:image");
    for name in ["width", "height", "alt", "title"] {
        if let Some(value) = img.attribute(name).filter(|value| !value.is_empty()) {
            image = image.with(&format!("ac:{name}"), value);
        }
    }
    let placed = PLACES.iter().find(|(class, _)| {
        img.has_class(class) || around.is_some_and(|around| around.has_class(class))
    });
    if let Some((_, place)) = placed {
        image = image.with("ac:align", place);
    }
    if img.has_class("confluence-thumbnail") {
        image = image.with("ac:thumbnail", "true");
    }
    if img.has_class("confluence-content-image-border") {
        image = image.with("ac:border", "true");
    }
    vec![image.containing(vec![target.into()]).into()]
}

/// Icons of issue types, portraits and other pictures that belong to the wiki's own pages.
fn is_decoration(img: &Element, address: &str, wiki_hosts: &[String]) -> bool {
    let wiki = wiki_url::recognise(address, wiki_hosts);
    let is_file = |target: &WikiTarget| matches!(target, WikiTarget::File { .. });
    address.is_empty() || img.has_class("icon") || wiki.is_some_and(|wiki| !is_file(&wiki.target))
}

/// `data-encoded-xml`: the storage format of a picture that Confluence could not show, form-encoded.
fn stored_image(encoded: &str) -> Vec<Node> {
    let spaced = encoded.replace('+', " ");
    let xml = percent_decode_str(&spaced).decode_utf8_lossy();
    let mut nodes = storage::parse(&xml).nodes;
    nodes.retain(|node| matches!(node, Node::Element(image) if image.name == "ac:image"));
    nodes
}

/// `a.confluence-embedded-file` around a preview.
fn embedded_file(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let file = attachment(element)?;
    n.see(element, "view-file");
    Some(vec![file_macro("view-file", file)])
}

fn viewer(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let name = element.attribute("data-attachment-name")?;
    n.see(element, "view-file");
    Some(vec![bare("view-file", &[("name", name)]).into()])
}

/// A frame of another site becomes the link that the widget macro leaves.
pub(super) fn embedded_page(frame: &Element) -> Node {
    let address = frame.attribute("src").unwrap_or_default();
    bare("iframe", &[("src", address)]).into()
}

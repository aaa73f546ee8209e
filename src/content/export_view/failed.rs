//! How Confluence says that a macro could not be rendered.
//!
//! The sentences name pages, queries and servers that readers must not learn of, so the whole element goes, and only
//! the macro's name is kept.

use url::Url;

use super::super::dom::{Element, Node};
use super::super::renderer::is_listed;
use super::normalise::{beginning, shows_something};

/// The element that stands for a macro that failed. No page can write one: names with a colon are taken out of HTML.
pub(super) const PLACE: &str = super::super::macros::FAILED;

/// Classes of Confluence's messages about trouble.
const TROUBLE: [&str; 5] = [
    "error",
    "aui-message-error",
    "jim-error-message",
    "macro-error",
    "conf-macro-error",
];
/// What apps and Forge macros leave in a `div` without attributes, with the macro if it is known.
const STAND_INS: [(&str, &str); 9] = [
    ("We don't have a way to export this macro.", ""),
    ("We don’t have a way to export this macro.", ""),
    ("PlantUML Diagram", "plantuml"),
    ("PlantUML diagram", "plantuml"),
    ("draw.io Board", "drawio"),
    ("draw.io Diagram", "drawio"),
    ("draw.io Sketch", "drawio"),
    ("Gliffy Diagram", "gliffy"),
    ("Mermaid Diagram", "mermaid"),
];
/// Sentences that a message begins with; the name follows.
const BEGINNINGS: [&str; 3] = [
    "Error rendering macro",
    "Unknown macro:",
    "Unable to render {",
];
const DIAGRAM_TROUBLE: &str = "Failed to load the diagram preview image.";

/// The macro that failed where this element stands, with an empty name if nobody knows; `None` for everything else.
pub(super) fn name_of(element: &Element) -> Option<String> {
    match element.name.as_str() {
        "img" => unknown_macro(element),
        "ac:structured-macro" | "ac:macro" => {
            Some(element.attribute("ac:name").unwrap_or_default().to_owned())
        }
        "script" | "style" => None,
        _ if element.attributes.is_empty() => stand_in(element).or_else(|| named_inside(element)),
        _ => message(element)
            .or_else(|| diagram(element))
            .or_else(|| empty_app(element))
            .or_else(|| named_inside(element)),
    }
}

/// The same for a text that stands alone.
pub(super) fn name_in_text(text: &str) -> Option<String> {
    let text = text.trim_start();
    let is_message = BEGINNINGS
        .iter()
        .any(|beginning| text.starts_with(beginning));
    is_message.then(|| named(text))
}

/// A macro's name as it may be shown: a word, or nothing.
pub(super) fn tidy_name(name: &str) -> &str {
    let name = name.trim();
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.len() <= 60 && name.chars().all(is_word) {
        name
    } else {
        ""
    }
}

/// `<img class="wysiwyg-unknown-macro" src="…/placeholder/unknown-macro?name=NAME">`
fn unknown_macro(image: &Element) -> Option<String> {
    let address = image.attribute("src").unwrap_or_default();
    let is_one =
        image.has_class("wysiwyg-unknown-macro") || address.contains("/placeholder/unknown-macro");
    if !is_one {
        return None;
    }
    let base = Url::parse("https://wiki.invalid").ok()?;
    let url = base.join(address).ok();
    let name = url.and_then(|url| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(key, _)| key == "name")
            .map(|(_, name)| name.into_owned())
    });
    Some(name.unwrap_or_default())
}

fn message(element: &Element) -> Option<String> {
    let is_trouble = TROUBLE.iter().any(|class| element.has_class(class));
    if !is_trouble {
        return None;
    }
    let name = named(&beginning(&element.children));
    let attribute = || element.attribute("data-macro-name").unwrap_or_default();
    Some(if name.is_empty() {
        attribute().to_owned()
    } else {
        name
    })
}

/// The warning box that draw.io leaves on Cloud, whatever macro it says it is.
fn diagram(element: &Element) -> Option<String> {
    let is_box = element.has_class("confluence-information-macro");
    (is_box && beginning(&element.children).contains(DIAGRAM_TROUBLE)).then(|| "drawio".to_owned())
}

/// The frame of a Connect app that only a script fills.
fn empty_app(element: &Element) -> Option<String> {
    let is_empty = element.has_class("ap-container") && !shows_something(&element.children);
    is_empty.then(|| {
        element
            .attribute("data-macro-name")
            .unwrap_or_default()
            .to_owned()
    })
}

fn stand_in(element: &Element) -> Option<String> {
    let [Node::Text(text)] = element.children.as_slice() else {
        return None;
    };
    let text = text.trim();
    let found = STAND_INS.iter().find(|(sentence, _)| *sentence == text);
    found
        .filter(|_| element.name == "div")
        .map(|(_, name)| (*name).to_owned())
}

/// A message in an element that says nothing by its class.
fn named_inside(element: &Element) -> Option<String> {
    if !is_listed("div p span strong b em i font", &element.name) {
        return None;
    }
    match element.children.first()? {
        Node::Text(text) => name_in_text(text),
        Node::Element(_) => None,
    }
}

/// The name in a message: between quotes or braces, or the word after the colon.
fn named(message: &str) -> String {
    let Some(rest) = BEGINNINGS
        .iter()
        .find_map(|beginning| message.strip_prefix(beginning))
    else {
        return String::new();
    };
    let rest = rest.trim_start_matches([' ', ':', '\'', '"', '{', '‘', '“']);
    let end =
        rest.find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '}' | ':' | '’' | '”'));
    rest.get(..end.unwrap_or(rest.len()))
        .unwrap_or_default()
        .to_owned()
}

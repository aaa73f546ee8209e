//! Boxes around text: messages, panels, expandable parts, code of all ages.

use super::super::dom::{Element, Node};
use super::super::output::collapse;
use super::super::style;
use super::build::{plain_macro, rich_macro};
use super::normalise::{FormTable, Normaliser, inside, line};

pub(super) const FORMS: FormTable = &[
    ("confluence-information-macro", message),
    ("expand-container", expand),
    ("preformatted", preformatted),
    ("code", code),
    ("panel", panel),
];

/// The classes of messages and the macros that write them.
const MESSAGES: [(&str, &str); 4] = [
    ("confluence-information-macro-tip", "tip"),
    ("confluence-information-macro-note", "note"),
    ("confluence-information-macro-warning", "warning"),
    ("confluence-information-macro-information", "info"),
];

fn message(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let kind = MESSAGES.iter().find(|(class, _)| element.has_class(class));
    let name = kind.map_or("info", |(_, name)| *name);
    n.see(element, name);
    let title = element
        .elements()
        .find(|child| child.has_class("title"))
        .map(|title| collapse(&title.text()));
    let body = n.nodes(inside(element, "confluence-information-macro-body")?);
    let title = title.iter().map(|title| ("title", title.as_str()));
    Some(vec![rich_macro(name, &title.collect::<Vec<_>>(), body)])
}

fn expand(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let content = inside(element, "expand-content")?;
    n.see(element, "expand");
    let title = line(element, "expand-control-text");
    let body = n.nodes(content);
    let title = title.iter().map(|title| ("title", title.as_str()));
    Some(vec![rich_macro("expand", &title.collect::<Vec<_>>(), body)])
}

fn panel(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let content = element
        .elements()
        .find(|child| child.has_class("panelContent"))?;
    n.see(element, "panel");
    let title = line(element, "panelHeader");
    let colour = style::value(content, "background-color")
        .or_else(|| style::value(element, "background-color"));
    let body = n.nodes(&content.children);
    let title = title.iter().map(|title| ("title", title.as_str()));
    let colour = colour.iter().map(|colour| ("bgColor", colour.as_str()));
    let parameters: Vec<_> = title.chain(colour).collect();
    Some(vec![rich_macro("panel", &parameters, body)])
}

fn preformatted(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let text = code_text(element.find("pre")?);
    n.see(element, "noformat");
    let title = line(element, "panelHeader");
    let title = title.iter().map(|title| ("title", title.as_str()));
    Some(vec![plain_macro(
        "noformat",
        &title.collect::<Vec<_>>(),
        &text,
    )])
}

/// A code panel, or its inner element alone: `pre` with parameters (since 5.1), `script` (5.0), `pre` with the language
/// in its class (before).
pub(super) fn code(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    let inner = match element.name.as_str() {
        "pre" => element,
        "code" => return None,
        _ => element.find("pre").or_else(|| element.find("script"))?,
    };
    n.see(element, "code");
    let settings = inner
        .attribute("data-syntaxhighlighter-params")
        .or(inner.attribute("class"))
        .unwrap_or_default();
    let setting = |wanted: &str| {
        settings.split(';').find_map(|pair| {
            let (key, value) = pair.split_once(':')?;
            (key.trim() == wanted).then(|| value.trim().to_owned())
        })
    };
    let old = settings
        .split_ascii_whitespace()
        .find_map(|class| class.strip_prefix("code-"));
    let title = line(element, "codeHeader").or_else(|| line(element, "panelHeader"));
    let known = [
        ("title", title),
        ("language", setting("brush").or(old.map(str::to_owned))),
        ("linenumbers", setting("gutter")),
        ("firstline", setting("first-line")),
        ("collapse", setting("collapse")),
    ];
    let given = known
        .iter()
        .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    let parameters: Vec<_> = given.collect();
    Some(vec![plain_macro("code", &parameters, &code_text(inner))])
}

/// The lines of a code element; `br` ends one.
fn code_text(element: &Element) -> String {
    let mut text = String::new();
    collect_lines(&element.children, &mut text);
    if element.name != "script" {
        return text;
    }
    let bare = text.trim();
    let bare = bare.strip_prefix("<![CDATA[").unwrap_or(bare);
    bare.strip_suffix("]]>").unwrap_or(bare).to_owned()
}

fn collect_lines(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(words) => text.push_str(words),
            Node::Element(element) if element.name == "br" => text.push('\n'),
            Node::Element(element) => collect_lines(&element.children, text),
        }
    }
}

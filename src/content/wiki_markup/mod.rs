//! The notation of Confluence 3 and older, turned into the same tree as storage format, so that everything after it
//! is shared.
//!
//! Reasonable rather than complete: what is not understood stays readable text.
//!
//! Here: macros in braces. Lines are in `blocks.rs`, what stands in a line in `inline.rs`.

mod blocks;
mod inline;

use super::dom::{Element, Node};
use super::tree::{Fragment, MARK};

/// Macros with a body that is text, not markup.
const PLAIN_BODY: [&str; 7] = [
    "code", "noformat", "html", "plantuml", "markdown", "mermaid", "style",
];
/// Macros that stand in a line; `inline.rs` reads them.
const INLINE: [&str; 3] = ["color", "anchor", "status"];
/// Macros in macros beyond this depth are text, as are those beyond this number: each one searches for its end.
const MAX_DEPTH: usize = 10;
const MAX_MACROS: usize = 500;

/// Parses a page in wiki markup.
pub(super) fn parse(markup: &str) -> Fragment {
    let text = markup.replace("\r\n", "\n").replace([MARK, '\0'], "");
    let mut reader = MacroReader { left: MAX_MACROS };
    Fragment {
        nodes: reader.read(&text, 0),
        problem: None,
    }
}

/// The opening of a macro in braces.
struct Opening<'t> {
    name: &'t str,
    parameters: &'t str,
    /// What follows the closing brace.
    rest: &'t str,
}

struct MacroReader {
    left: usize,
}

impl MacroReader {
    fn read(&mut self, text: &str, depth: usize) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut start = 0;
        let mut position = 0;
        while let Some(brace) = text.get(position..).and_then(|rest| rest.find('{')) {
            let at = position + brace;
            position = at + 1;
            let before = text.get(..at).unwrap_or_default();
            let Some(opening) = opening(text.get(at..).unwrap_or_default()) else {
                // `{{fixed}}` is no macro, and its braces must not be read one by one.
                position += usize::from(text.get(position..).is_some_and(|t| t.starts_with('{')));
                continue;
            };
            if before.ends_with('\\') || INLINE.contains(&opening.name) {
                continue;
            }
            if depth >= MAX_DEPTH || self.left == 0 {
                break;
            }
            self.left -= 1;
            nodes.extend(blocks::read(text.get(start..at).unwrap_or_default()));
            let (node, rest) = self.read_macro(&opening, depth);
            nodes.push(node);
            start = text.len() - rest.len();
            position = start;
        }
        nodes.extend(blocks::read(text.get(start..).unwrap_or_default()));
        nodes
    }

    fn read_macro<'t>(&mut self, opening: &Opening<'t>, depth: usize) -> (Node, &'t str) {
        let end = format!("{{{}}}", opening.name);
        let (body, rest) = match opening.rest.split_once(&end) {
            Some((body, rest)) => (Some(body), rest),
            None => (None, opening.rest),
        };
        let element = if opening.name == "quote" {
            let inner = self.read(body.unwrap_or_default(), depth + 1);
            Element::new("blockquote").containing(inner)
        } else {
            let mut element = macro_element(opening.name, opening.parameters);
            if let Some(body) = body {
                element
                    .children
                    .push(self.body(opening.name, body, depth).into());
            }
            element
        };
        (element.into(), rest)
    }

    fn body(&mut self, name: &str, body: &str, depth: usize) -> Element {
        if PLAIN_BODY.contains(&name) {
            Element::new("ac:plain-text-body").holding_text(body)
        } else {
            Element::new("ac:rich-text-body").containing(self.read(body, depth + 1))
        }
    }
}

/// Reads `{name}` or `{name:parameters}` at the start of a text.
fn opening(text: &str) -> Option<Opening<'_>> {
    let line = text.strip_prefix('{')?;
    let (inside, rest) = line.split_once('}')?;
    let (name, parameters) = inside.split_once(':').unwrap_or((inside, ""));
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= 40
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    (is_name && !inside.contains('\n')).then_some(Opening {
        name,
        parameters,
        rest,
    })
}

/// `a=1|b=2|c` as a macro element; a value without a name is the default parameter.
fn macro_element(name: &str, parameters: &str) -> Element {
    let mut element = Element::new("ac:structured-macro").with("ac:name", name);
    for parameter in parameters.split('|').filter(|text| !text.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or(("", parameter));
        element.children.push(
            Element::new("ac:parameter")
                .with("ac:name", name.trim())
                .holding_text(value.trim())
                .into(),
        );
    }
    element
}

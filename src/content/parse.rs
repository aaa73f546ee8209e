//! Storage format text to a tree.
//!
//! Tolerant: markup that is not well-formed loses structure, never text, and deep nesting is flattened, so that
//! everything after this may recurse over the tree.

use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::dom::{Element, Node};

/// Elements below this depth become children of the last one above it. Real pages stay under 60.
const MAX_DEPTH: usize = 150;
/// Each syntax error restarts the reader, so a body of nothing but `<` must not cost a restart per byte.
const MAX_RESTARTS: usize = 50;
/// Elements that HTML closes by itself.
const VOID: [&str; 8] = ["br", "hr", "img", "col", "input", "meta", "link", "wbr"];
/// Reserved by `output.rs` for its own marks, never text.
pub(super) const MARK: char = '\u{FDD0}';

/// A parsed body and, if it was not well-formed, the first thing that was wrong with it.
#[derive(Debug)]
pub(super) struct Fragment {
    pub(super) nodes: Vec<Node>,
    pub(super) problem: Option<String>,
}

/// Parses a page body, which is a fragment: many roots, undeclared `ac:` and `ri:` prefixes, HTML's entities.
pub(super) fn parse(markup: &str) -> Fragment {
    let mut tree = TreeBuilder::default();
    let mut rest = markup;
    for _ in 0..MAX_RESTARTS {
        let Some(broken) = read_until_error(rest, &mut tree) else {
            return tree.finish();
        };
        tree.problem("a tag that never ends");
        tree.text("<");
        rest = broken;
    }
    tree.text(rest);
    tree.finish()
}

/// Reads to the end, or returns what follows the `<` that could not be read as markup.
fn read_until_error<'m>(markup: &'m str, tree: &mut TreeBuilder) -> Option<&'m str> {
    let mut reader = Reader::from_str(markup);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => tree.open(&tag),
            Ok(Event::Empty(tag)) => tree.empty(&tag),
            Ok(Event::End(tag)) => tree.close(&name_of(tag.name().as_ref())),
            Ok(Event::Text(text)) => tree.text(&text),
            Ok(Event::CData(text)) => tree.text(&text),
            Ok(Event::GeneralRef(reference)) => tree.text(&resolve(&reference)),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Ok(Event::Eof) => return None,
            Err(_) => {
                let after = usize::try_from(reader.error_position()).ok()? + 1;
                return markup.get(after..);
            }
        }
    }
}

fn name_of(name: &str) -> String {
    name.to_ascii_lowercase()
}

fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    entity(reference).map_or_else(|| format!("&{};", &**reference), str::to_owned)
}

fn entity(name: &str) -> Option<&'static str> {
    resolve_html5_entity(name)
}

/// Replaces the entities in an attribute; anything that is none stays as it is.
fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        match after.split_once(';') {
            Some((name, tail)) if name.len() <= 40 && !name.contains('&') => {
                text.push_str(&resolve(&BytesRef::new(name)));
                rest = tail;
            }
            _ => {
                text.push('&');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

#[derive(Default)]
struct TreeBuilder {
    roots: Vec<Node>,
    open: Vec<Element>,
    /// Open elements beyond the depth limit, which are not in `open`.
    flattened: usize,
    problem: Option<String>,
}

impl TreeBuilder {
    fn open(&mut self, tag: &BytesStart<'_>) {
        let element = element_of(tag);
        if VOID.contains(&element.name.as_str()) {
            self.add(element.into());
        } else if self.open.len() >= MAX_DEPTH {
            self.flattened += 1;
            self.problem("elements nested too deeply");
        } else {
            self.open.push(element);
        }
    }

    fn empty(&mut self, tag: &BytesStart<'_>) {
        self.add(element_of(tag).into());
    }

    fn close(&mut self, name: &str) {
        if self.flattened > 0 {
            self.flattened -= 1;
            return;
        }
        if VOID.contains(&name) {
            return;
        }
        let Some(index) = self.open.iter().rposition(|element| element.name == name) else {
            self.problem(&format!("</{name}> closes nothing"));
            return;
        };
        if index + 1 < self.open.len() {
            self.problem(&format!("</{name}> closes other elements too"));
        }
        while self.open.len() > index {
            self.close_last();
        }
    }

    fn close_last(&mut self) {
        if let Some(element) = self.open.pop() {
            self.add(element.into());
        }
    }

    fn text(&mut self, text: &str) {
        let clean = text.replace([MARK, '\0'], "");
        if clean.is_empty() {
            return;
        }
        let siblings = self.siblings();
        if let Some(Node::Text(before)) = siblings.last_mut() {
            before.push_str(&clean);
        } else {
            siblings.push(Node::Text(clean));
        }
    }

    fn add(&mut self, node: Node) {
        self.siblings().push(node);
    }

    fn siblings(&mut self) -> &mut Vec<Node> {
        match self.open.last_mut() {
            Some(parent) => &mut parent.children,
            None => &mut self.roots,
        }
    }

    fn problem(&mut self, detail: &str) {
        self.problem.get_or_insert_with(|| detail.to_owned());
    }

    fn finish(mut self) -> Fragment {
        if let Some(element) = self.open.first() {
            let detail = format!("<{}> is never closed", element.name);
            self.problem(&detail);
        }
        while !self.open.is_empty() {
            self.close_last();
        }
        Fragment {
            nodes: self.roots,
            problem: self.problem,
        }
    }
}

fn element_of(tag: &BytesStart<'_>) -> Element {
    let mut element = Element::new(&name_of(tag.name().as_ref()));
    let mut attributes = tag.html_attributes();
    for attribute in attributes.with_checks(false).flatten() {
        element.attributes.push((
            name_of(attribute.key.as_ref()),
            unescape(&attribute.value).replace([MARK, '\0'], ""),
        ));
    }
    element
}

//! HTML text to a tree.
//!
//! Reads tags as browsers do, but builds a plain tree: what the HTML standard does with misnested tags costs quadratic
//! time and changes nothing for readers, and the sanitizer reads what the renderer writes by the standard anyway.
//! Linear for every input; nothing here decides what is safe.

use super::super::dom::Element;
use super::super::parse::unescape;
use super::super::tree::{Fragment, MARK, TreeBuilder, VOID};

/// Elements without an end beyond those that every page has.
const RARE_VOID: [&str; 6] = ["area", "base", "embed", "param", "source", "track"];
/// Elements whose content is text up to their end tag, whatever it looks like.
const RAW: [&str; 6] = ["script", "style", "textarea", "title", "xmp", "iframe"];
/// End tags inside a cell close nothing outside it.
const CELL: [&str; 4] = ["td", "th", "caption", "table"];
const TABLE_PARTS: [&str; 9] = [
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup",
];

/// Start tags that close an open element, the elements, and what must not stand between.
const IMPLIED_ENDS: [(&[&str], &[&str], &[&str]); 6] = [
    (
        &["p"],
        &["p"],
        &["div", "li", "td", "th", "blockquote", "section"],
    ),
    (&["li"], &["li"], &["ul", "ol", "td", "th"]),
    (&["dt", "dd"], &["dt", "dd"], &["dl", "td", "th"]),
    (&["td", "th"], &["td", "th"], &["tr", "table"]),
    (&["tr"], &["tr"], &["table"]),
    (
        &["tbody", "tfoot", "thead"],
        &["tbody", "tfoot", "thead", "colgroup"],
        &["table"],
    ),
];

/// Parses HTML. Only nesting without end is a problem worth telling; misnested tags are HTML's daily life.
pub(super) fn parse(html: &str) -> Fragment {
    let mut reader = Reader {
        tree: TreeBuilder::default(),
        rest: html,
    };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.tree.close_all();
    reader.tree.finish()
}

struct Reader<'h> {
    tree: TreeBuilder,
    rest: &'h str,
}

impl<'h> Reader<'h> {
    /// Reads one text, tag or comment; always at least one byte.
    fn step(&mut self) {
        let Some(inside) = self.rest.strip_prefix('<') else {
            let text = self.take_until('<');
            self.tree.text(&unescape(text));
            return;
        };
        let next = inside.bytes().next().unwrap_or(b' ');
        if let Some(comment) = inside.strip_prefix("!--") {
            self.rest = after(comment, "-->");
        } else if let Some(text) = inside.strip_prefix("![CDATA[") {
            // XHTML's way of writing plain text, which some macros use.
            let end = text.find("]]>").unwrap_or(text.len());
            self.tree.text(text.get(..end).unwrap_or_default());
            self.rest = after(text, "]]>");
        } else if next == b'!' || next == b'?' {
            self.rest = after(inside, ">");
        } else if next == b'/' {
            self.rest = inside.get(1..).unwrap_or_default();
            self.end_tag();
        } else if next.is_ascii_alphabetic() {
            self.rest = inside;
            self.start_tag();
        } else {
            self.tree.text("<");
            self.rest = inside;
        }
    }

    fn end_tag(&mut self) {
        let name = self.name();
        self.rest = after(self.rest, ">");
        if self.tree.close_flattened() {
            return;
        }
        let walls: &[&str] = if TABLE_PARTS.contains(&name.as_str()) {
            &[]
        } else {
            &CELL
        };
        self.tree.close_within(&[name.as_str()], walls);
    }

    fn start_tag(&mut self) {
        let mut element = Element::new(&self.name());
        let self_closing = self.attributes(&mut element);
        for (starts, ends, walls) in IMPLIED_ENDS {
            if starts.contains(&element.name.as_str()) {
                self.tree.close_within(ends, walls);
            }
        }
        let name = element.name.clone();
        let is_void = VOID.contains(&name.as_str()) || RARE_VOID.contains(&name.as_str());
        if is_void || self_closing {
            self.tree.add(element.into());
        } else if RAW.contains(&name.as_str()) {
            let text = self.raw_text(&name);
            self.tree.add(element.holding_text(text).into());
        } else {
            self.tree.open(element);
        }
    }

    /// Reads up to and including `>`; tells whether the tag ends itself with `/>`.
    fn attributes(&mut self, element: &mut Element) -> bool {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(behind) = self.rest.strip_prefix("/>") {
                self.rest = behind;
                return true;
            }
            if let Some(behind) = self.rest.strip_prefix('>') {
                self.rest = behind;
                return false;
            }
            if self.rest.is_empty() {
                return false;
            }
            let name = self.name();
            if name.is_empty() {
                // A stray `/`, `=` or quote.
                self.take(1);
                continue;
            }
            let value = self.value();
            let value = unescape(value).replace([MARK, '\0'], "");
            element.attributes.push((name, value));
        }
    }

    /// The name of a tag or attribute, in lower case.
    fn name(&mut self) -> String {
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=' | '"' | '\'');
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        self.take(end).to_ascii_lowercase()
    }

    /// The value after a `=`, or nothing.
    fn value(&mut self) -> &'h str {
        let Some(value) = self.rest.trim_start().strip_prefix('=') else {
            return "";
        };
        self.rest = value.trim_start();
        for quote in ['"', '\''] {
            if let Some(inside) = self.rest.strip_prefix(quote) {
                self.rest = inside;
                let value = self.take_until(quote);
                self.take(1);
                return value;
            }
        }
        let ends = |c: char| c.is_ascii_whitespace() || c == '>';
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        self.take(end)
    }

    /// The text up to the end tag of this name, which is read too.
    fn raw_text(&mut self, name: &str) -> &'h str {
        let html = self.rest;
        let ends_here = |at: usize| {
            let tag = html.get(at + 2..at + 2 + name.len());
            tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
        };
        let end = html.match_indices("</").find(|(at, _)| ends_here(*at));
        let end = end.map_or(html.len(), |(at, _)| at);
        let text = self.take(end);
        self.rest = after(self.rest, ">");
        text
    }

    fn take_until(&mut self, end: char) -> &'h str {
        let end = self.rest.find(end).unwrap_or(self.rest.len());
        self.take(end)
    }

    /// Moves on by some bytes, which must end at a character; at the end by what is left.
    fn take(&mut self, bytes: usize) -> &'h str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

/// What follows `end`, or nothing.
fn after<'h>(html: &'h str, end: &str) -> &'h str {
    html.split_once(end).map_or("", |(_, after)| after)
}

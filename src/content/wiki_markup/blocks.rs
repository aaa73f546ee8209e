//! Lines of wiki markup: headings, rules, quotes, lists, tables, paragraphs.

use super::super::dom::{Element, Node};
use super::inline;

/// Deeper list markers count as this deep.
const MAX_LIST_DEPTH: usize = 8;

/// Reads text without block macros.
pub(super) fn read(text: &str) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut lines = text.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        let kind = Kind::of(line);
        match kind {
            Kind::Blank => {}
            Kind::Single(element) => nodes.push(element.into()),
            Kind::List | Kind::Table | Kind::Paragraph => {
                let mut block = vec![line];
                while let Some(next) = lines.next_if(|next| kind.goes_on(next)) {
                    block.push(next);
                }
                nodes.push(kind.build(&block));
            }
        }
    }
    nodes
}

/// What a line begins.
enum Kind {
    Blank,
    Single(Element),
    List,
    Table,
    Paragraph,
}

impl Kind {
    fn of(line: &str) -> Self {
        if line.is_empty() {
            Self::Blank
        } else if let Some(element) = single(line) {
            Self::Single(element)
        } else if marker(line).is_some() {
            Self::List
        } else if line.starts_with('|') {
            Self::Table
        } else {
            Self::Paragraph
        }
    }

    fn goes_on(&self, next: &str) -> bool {
        match (self, Self::of(next)) {
            (Self::List, Self::List | Self::Paragraph)
            | (Self::Table, Self::Table)
            | (Self::Paragraph, Self::Paragraph) => true,
            // A cell may hold more lines; the row ends with a bar.
            (Self::Table, Self::Paragraph) => next.ends_with('|'),
            _ => false,
        }
    }

    fn build(&self, lines: &[&str]) -> Node {
        match self {
            Self::List => list(&items(lines)).into(),
            Self::Table => table(lines).into(),
            _ => Element::new("p")
                .containing(inline::read_lines(lines))
                .into(),
        }
    }
}

/// A block of one line.
fn single(line: &str) -> Option<Element> {
    if line.starts_with("----") && line.bytes().all(|byte| byte == b'-') {
        return Some(Element::new("hr"));
    }
    let (start, text) = line.split_once('.')?;
    let tag = match start {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => start,
        "bq" => "blockquote",
        _ => return None,
    };
    Some(Element::new(tag).containing(inline::read(text.trim())))
}

/// The list marker of a line, such as `*` or `#*`, and its text.
fn marker(line: &str) -> Option<(&str, &str)> {
    let (marker, text) = line.split_once(' ')?;
    let is_marker = !marker.is_empty()
        && marker.len() <= 20
        && (marker.bytes().all(|byte| b"*#".contains(&byte)) || marker == "-");
    is_marker.then_some((marker, text.trim()))
}

/// A list item with the lines that belong to it.
struct Item<'t> {
    depth: usize,
    ordered: bool,
    lines: Vec<&'t str>,
}

fn items<'t>(lines: &[&'t str]) -> Vec<Item<'t>> {
    let mut items: Vec<Item<'t>> = Vec::new();
    for line in lines {
        if let Some((marker, text)) = marker(line) {
            items.push(Item {
                depth: marker.len().min(MAX_LIST_DEPTH),
                ordered: marker.ends_with('#'),
                lines: vec![text],
            });
        } else if let Some(last) = items.last_mut() {
            last.lines.push(line);
        }
    }
    items
}

fn list(items: &[Item<'_>]) -> Element {
    let depth = items.first().map_or(1, |item| item.depth);
    let ordered = items.first().is_some_and(|item| item.ordered);
    let mut element = Element::new(if ordered { "ol" } else { "ul" });
    let mut rest = items;
    while let Some((item, after)) = rest.split_first() {
        let deeper = after.iter().take_while(|next| next.depth > depth).count();
        let (below, after) = after.split_at(deeper);
        let mut entry = Element::new("li").containing(inline::read_lines(&item.lines));
        if !below.is_empty() {
            entry.children.push(list(below).into());
        }
        element.children.push(entry.into());
        rest = after;
    }
    element
}

fn table(lines: &[&str]) -> Element {
    let mut rows: Vec<String> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some(row) if !line.starts_with('|') => {
                row.push('\n');
                row.push_str(line);
            }
            _ => rows.push((*line).to_owned()),
        }
    }
    let rows = rows.iter().map(|line| row(line).into()).collect();
    let body = Element::new("tbody").containing(rows);
    Element::new("table").containing(vec![body.into()])
}

/// `||head||head||` or `|cell|cell|`; bars inside links and pictures are no borders.
fn row(line: &str) -> Element {
    let mut row = Element::new("tr");
    let mut rest = line;
    while let Some(after) = rest.strip_prefix('|') {
        let (tag, content) = match after.strip_prefix('|') {
            Some(content) => ("th", content),
            None => ("td", after),
        };
        if content.trim().is_empty() {
            break;
        }
        let end = cell_end(content);
        let (cell, next) = content.split_at(end);
        let lines: Vec<&str> = cell.lines().map(str::trim).collect();
        row.children.push(
            Element::new(tag)
                .containing(inline::read_lines(&lines))
                .into(),
        );
        rest = next;
    }
    row
}

fn cell_end(content: &str) -> usize {
    let mut inside = false;
    for (index, character) in content.char_indices() {
        match character {
            '[' | '{' => inside = true,
            ']' | '}' => inside = false,
            '|' if !inside => return index,
            _ => {}
        }
    }
    content.find('|').unwrap_or(content.len())
}

//! What stands in a line of wiki markup: emphasis, links, pictures, emoticons.

use super::super::dom::{Element, Node};
use super::{macro_element, opening};

/// Emphasis in emphasis beyond this depth is text.
const MAX_DEPTH: usize = 8;
/// How far the end of an emphasis, link or picture is searched.
const MAX_SPAN_BYTES: usize = 2000;

/// Marks around words and the elements they mean; longer marks first.
const EMPHASIS: [(&str, &str); 8] = [
    ("??", "cite"),
    ("{{", "code"),
    ("*", "strong"),
    ("_", "em"),
    ("-", "del"),
    ("+", "u"),
    ("^", "sup"),
    ("~", "sub"),
];

const EMOTICONS: [(&str, &str); 14] = [
    (":)", "smile"),
    (":(", "sad"),
    (":P", "cheeky"),
    (":D", "laugh"),
    (";)", "wink"),
    ("(y)", "thumbs-up"),
    ("(n)", "thumbs-down"),
    ("(i)", "information"),
    ("(/)", "tick"),
    ("(x)", "cross"),
    ("(!)", "warning"),
    ("(?)", "question"),
    ("(on)", "light-on"),
    ("(*)", "yellow-star"),
];

/// Reads lines of one block, which break where the author broke them.
pub(super) fn read_lines(lines: &[&str]) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            nodes.push(Element::new("br").into());
        }
        nodes.extend(read(line));
    }
    nodes
}

/// Reads one line.
pub(super) fn read(line: &str) -> Vec<Node> {
    read_at_depth(line, 0)
}

fn read_at_depth(line: &str, depth: usize) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut text = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let after_word = text.ends_with(char::is_alphanumeric);
        let found = if depth < MAX_DEPTH {
            markup(rest, after_word, depth)
        } else {
            None
        };
        if let Some((node, after)) = found {
            flush(&mut text, &mut nodes);
            nodes.push(node);
            rest = after;
        } else {
            let (literal, after) = literal(rest, first);
            text.push_str(literal);
            rest = after;
        }
    }
    flush(&mut text, &mut nodes);
    nodes
}

fn flush(text: &mut String, nodes: &mut Vec<Node>) {
    if !text.is_empty() {
        nodes.push(Node::Text(std::mem::take(text)));
    }
}

/// Text that stands for itself: an escaped character, a dash, or one character.
fn literal(rest: &str, first: char) -> (&str, &str) {
    if let Some(escaped) = rest.strip_prefix('\\')
        && let Some(character) = escaped.chars().next().filter(char::is_ascii_punctuation)
    {
        return escaped.split_at(character.len_utf8());
    }
    if let Some(after) = rest.strip_prefix("--- ") {
        return ("— ", after);
    }
    if let Some(after) = rest.strip_prefix("-- ") {
        return ("– ", after);
    }
    rest.split_at(first.len_utf8())
}

/// Something that is more than text at the start of `rest`, and what follows it.
fn markup(rest: &str, after_word: bool, depth: usize) -> Option<(Node, &str)> {
    if let Some(after) = rest.strip_prefix("\\\\") {
        return Some((Element::new("br").into(), after));
    }
    if rest.starts_with('[') {
        return link(rest, depth);
    }
    if rest.starts_with('{') && !rest.starts_with("{{") {
        return inline_macro(rest, depth);
    }
    if after_word {
        return None;
    }
    if rest.starts_with('!') {
        return picture(rest);
    }
    if rest.starts_with("http://") || rest.starts_with("https://") {
        return Some(bare_address(rest));
    }
    emoticon(rest).or_else(|| emphasis(rest, depth))
}

fn emoticon(rest: &str) -> Option<(Node, &str)> {
    let (sign, name) = EMOTICONS.iter().find(|(sign, _)| rest.starts_with(sign))?;
    let element = Element::new("ac:emoticon").with("ac:name", name);
    Some((element.into(), rest.get(sign.len()..)?))
}

/// Words between marks: the first touches its word on the right, the second on the left.
fn emphasis(rest: &str, depth: usize) -> Option<(Node, &str)> {
    let (mark, tag) = EMPHASIS.iter().find(|(mark, _)| rest.starts_with(mark))?;
    let end_mark = if *mark == "{{" { "}}" } else { mark };
    let inside = rest.get(mark.len()..)?;
    if inside.starts_with(char::is_whitespace) || inside.starts_with(end_mark) {
        return None;
    }
    let window = inside.get(..inside.floor_char_boundary(MAX_SPAN_BYTES))?;
    let end = window
        .match_indices(end_mark)
        .map(|(at, _)| at)
        .find(|at| {
            let before = window.get(..*at).unwrap_or_default();
            let after = inside.get(at + end_mark.len()..).unwrap_or_default();
            !before.ends_with(char::is_whitespace) && !after.starts_with(char::is_alphanumeric)
        })?;
    let words = inside.get(..end)?;
    let element = Element::new(tag).containing(if *tag == "code" {
        vec![Node::Text(words.to_owned())]
    } else {
        read_at_depth(words, depth + 1)
    });
    Some((element.into(), inside.get(end + end_mark.len()..)?))
}

/// `{color:red}words{color}`, `{anchor:name}`, `{status:…}`.
fn inline_macro(rest: &str, depth: usize) -> Option<(Node, &str)> {
    let opening = opening(rest)?;
    if opening.name == "color" {
        let (words, after) = opening
            .rest
            .split_once("{color}")
            .unwrap_or((opening.rest, ""));
        let span = Element::new("span")
            .with("style", &format!("color: {}", opening.parameters))
            .containing(read_at_depth(words, depth + 1));
        return Some((span.into(), after));
    }
    let element = macro_element(opening.name, opening.parameters);
    Some((element.into(), opening.rest))
}

/// `[text|target]` or `[target]`.
fn link(rest: &str, depth: usize) -> Option<(Node, &str)> {
    let window = rest.get(1..rest.floor_char_boundary(MAX_SPAN_BYTES))?;
    let (inside, _) = window.split_once(']')?;
    let after = rest.get(inside.len() + 2..)?;
    let mut parts = inside.split('|');
    let first = parts.next()?.trim();
    let (words, target) = match parts.next() {
        Some(target) => (Some(first), target.trim()),
        None => (None, first),
    };
    if target.is_empty() {
        return None;
    }
    let body = words.map(|words| read_at_depth(words, depth + 1));
    Some((link_to(target, body).into(), after))
}

fn link_to(target: &str, body: Option<Vec<Node>>) -> Element {
    if target.contains("://") || target.starts_with("mailto:") || target.starts_with('/') {
        let label = target.trim_start_matches("mailto:");
        let body = body.unwrap_or_else(|| vec![Node::Text(label.to_owned())]);
        return Element::new("a").with("href", target).containing(body);
    }
    let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
    let mut link = Element::new("ac:link");
    if !anchor.is_empty() {
        link = link.with("ac:anchor", anchor);
    }
    if let Some(user) = page.strip_prefix('~') {
        let user = Element::new("ri:user").with("ri:username", user);
        link.children.push(user.into());
    } else if page.contains('^') {
        link.children.push(file_of(page).into());
    } else if !page.is_empty() {
        link.children.push(page_of(page).into());
    }
    if let Some(body) = body {
        link.children
            .push(Element::new("ac:link-body").containing(body).into());
    }
    link
}

/// `SPACE:Title`, or a title alone.
fn page_of(page: &str) -> Element {
    match page.split_once(':') {
        Some((space, title)) => Element::new("ri:page")
            .with("ri:space-key", space)
            .with("ri:content-title", title),
        None => Element::new("ri:page").with("ri:content-title", page),
    }
}

/// `^file` of this page, or `Title^file` of another.
fn file_of(target: &str) -> Element {
    let (page, name) = target.split_once('^').unwrap_or(("", target));
    let file = Element::new("ri:attachment").with("ri:filename", name);
    if page.is_empty() {
        file
    } else {
        file.containing(vec![page_of(page).into()])
    }
}

/// `!picture.png!` or `!picture.png|thumbnail,width=300!`.
fn picture(rest: &str) -> Option<(Node, &str)> {
    let window = rest.get(1..rest.floor_char_boundary(MAX_SPAN_BYTES))?;
    let (inside, _) = window.split_once('!')?;
    let after = rest.get(inside.len() + 2..)?;
    let (name, look) = inside.split_once('|').unwrap_or((inside, ""));
    // An exclamation mark is more often just that.
    if !name.contains('.') || name.starts_with(' ') || name.ends_with(' ') {
        return None;
    }
    let mut image = Element::new("ac:image");
    for setting in look.split(',').map(str::trim) {
        let (name, value) = setting.split_once('=').unwrap_or((setting, "true"));
        image = image.with(&format!("ac:{name}"), value.trim_matches('"'));
    }
    let source = if name.contains("://") {
        Element::new("ri:url").with("ri:value", name)
    } else {
        file_of(name.trim())
    };
    Some((image.containing(vec![source.into()]).into(), after))
}

fn bare_address(rest: &str) -> (Node, &str) {
    let end = rest.find(|c: char| c.is_whitespace() || "<>|]\"".contains(c));
    let (address, _) = rest.split_at(end.unwrap_or(rest.len()));
    let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
    let link = Element::new("a")
        .with("href", address)
        .holding_text(address);
    (link.into(), rest.get(address.len()..).unwrap_or_default())
}

//! Writes markup and, beside it, the page's words for search. Every text goes through the escaping here.

use super::renderer::is_listed;
use super::tree::MARK;

/// Elements that separate words when their markup is taken away.
const INLINE: &str =
    "a abbr b cite code del em i ins kbd mark q s samp small span strong sub sup u";

/// The HTML parser takes quadratic time for one text with many entities, so long ones are cut by comments, which
/// the sanitizer takes out again. Attributes cannot be cut; one of this length is no honest one and is left out.
const MAX_TEXT_BYTES: usize = 8 << 10;

/// Markup under construction.
#[derive(Debug, Default)]
pub(super) struct Output {
    html: String,
    words: String,
    /// Bytes written in all, those of captured parts included.
    written: usize,
}

/// A part of the output that was written aside.
#[derive(Debug, Default)]
pub(super) struct Captured {
    pub(super) html: String,
    pub(super) words: String,
}

impl Output {
    pub(super) fn open(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        let start = self.html.len();
        self.separate(tag);
        self.html.push('<');
        self.html.push_str(tag);
        for (name, value) in attributes {
            if name == &"class" && value.is_empty() || value.len() > MAX_TEXT_BYTES {
                continue;
            }
            self.html.push(' ');
            self.html.push_str(name);
            self.html.push_str("=\"");
            escape(value, &mut self.html);
            self.html.push('"');
        }
        self.html.push('>');
        self.written += self.html.len() - start;
    }

    pub(super) fn close(&mut self, tag: &str) {
        self.html.push_str("</");
        self.html.push_str(tag);
        self.html.push('>');
        self.separate(tag);
        self.written += tag.len() + 3;
    }

    /// Words of the page.
    pub(super) fn text(&mut self, text: &str) {
        self.words.push_str(text);
        self.label(text);
    }

    /// Words of ours, which a search must not find.
    pub(super) fn label(&mut self, text: &str) {
        let start = self.html.len();
        let mut rest = text;
        while rest.len() > MAX_TEXT_BYTES {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(MAX_TEXT_BYTES));
            escape(piece, &mut self.html);
            self.html.push_str("<!---->");
            rest = after;
        }
        escape(rest, &mut self.html);
        self.written += self.html.len() - start;
    }

    /// Markup made by this room, with the words it shows.
    pub(super) fn markup(&mut self, part: &Captured) {
        self.html.push_str(&part.html);
        self.words.push_str(&part.words);
        self.written += part.html.len();
    }

    /// Leaves a place that [`fill_marks`] fills when the page is complete.
    pub(super) fn mark(&mut self, number: usize) {
        self.html.push_str(&format!("{MARK}{number}{MARK}"));
    }

    /// Starts writing aside; give the result to [`Output::end_capture`].
    pub(super) fn begin_capture(&mut self) -> Captured {
        Captured {
            html: std::mem::take(&mut self.html),
            words: std::mem::take(&mut self.words),
        }
    }

    pub(super) fn end_capture(&mut self, before: Captured) -> Captured {
        Captured {
            html: std::mem::replace(&mut self.html, before.html),
            words: std::mem::replace(&mut self.words, before.words),
        }
    }

    pub(super) fn written(&self) -> usize {
        self.written
    }

    pub(super) fn into_captured(self) -> Captured {
        Captured {
            html: self.html,
            words: self.words,
        }
    }

    fn separate(&mut self, tag: &str) {
        if !is_listed(INLINE, tag) {
            self.words.push(' ');
        }
    }
}

/// Puts the wanted markup into the places left by [`Output::mark`].
pub(super) fn fill_marks(html: &str, parts: &[String]) -> String {
    let mut filled = String::with_capacity(html.len());
    for (index, piece) in html.split(MARK).enumerate() {
        if index % 2 == 0 {
            filled.push_str(piece);
        } else if let Some(part) = piece.parse::<usize>().ok().and_then(|n| parts.get(n)) {
            filled.push_str(part);
        }
    }
    filled
}

/// One space between words, none at the ends.
pub(super) fn collapse(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            MARK => {}
            other => html.push(other),
        }
    }
}

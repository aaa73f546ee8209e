//! Code blocks, highlighted here so that pages need no script. Colours are classes; their rules are generated
//! from two themes into `static/css/code.css`.

use std::sync::LazyLock;

use syntect::html::{ClassStyle, line_tokens_to_classed_spans};
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use super::macros::{Macro, MacroTable};
use super::output::Captured;
use super::renderer::Renderer;

pub(super) const MACROS: MacroTable = &[
    ("code", render_code),
    ("noformat", render_noformat),
    ("markdown", render_noformat),
    ("eazy-math-inline", render_formula),
    ("easy-math-block", render_formula),
    ("mathblock", render_formula),
    ("mathinline", render_formula),
];

/// Goes before every class of a token.
pub(super) const CLASS_PREFIX: &str = "hl-";
const CLASS_STYLE: ClassStyle = ClassStyle::SpacedPrefixed {
    prefix: CLASS_PREFIX,
};

/// Highlighting costs about a second per megabyte, so long code stays plain.
const MAX_HIGHLIGHTED_BLOCK_BYTES: usize = 64 << 10;
const MAX_HIGHLIGHTED_PAGE_BYTES: usize = 256 << 10;
/// A longer line is generated or minified code.
const MAX_LINE_BYTES: usize = 2000;

/// Compiled tables; they never change.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Confluence's language names that the syntaxes do not know.
const ALIASES: [(&str, &str); 14] = [
    ("actionscript3", "actionscript"),
    ("c#", "cs"),
    ("csharp", "cs"),
    ("cpp", "c++"),
    ("delphi", "pas"),
    ("shell", "bash"),
    ("console", "bash"),
    ("javafx", "java"),
    ("jscript", "js"),
    ("objective-c", "objc"),
    ("py", "python"),
    ("vb", "vb.net"),
    ("yml", "yaml"),
    ("htmlxml", "html"),
];

/// A code block as the author wrote it.
pub(super) struct Block<'b> {
    text: &'b str,
    language: Option<String>,
    title: Option<String>,
    first_line: Option<u32>,
    collapsed: bool,
}

impl<'b> Block<'b> {
    /// Text in a fixed-width type, nothing more.
    pub(super) fn plain(text: &'b str) -> Self {
        Self {
            text,
            language: None,
            title: None,
            first_line: None,
            collapsed: false,
        }
    }
}

fn render_code(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let text = it.plain_body().unwrap_or_default();
    let numbered = it.is_true("linenumbers");
    let first_line = it.number("firstline").unwrap_or(1);
    write_block(
        r,
        &Block {
            text: &text,
            language: it.text("language").or_else(|| it.text("")),
            title: it.text("title"),
            first_line: numbered.then_some(first_line),
            collapsed: it.is_true("collapse"),
        },
    );
}

fn render_noformat(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let text = it.plain_body().unwrap_or_default();
    let mut block = Block::plain(&text);
    block.title = it.text("title");
    write_block(r, &block);
}

/// A formula as its TeX source, which needs no app to be read.
fn render_formula(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let source = it
        .text("body")
        .or_else(|| it.plain_body())
        .unwrap_or_default();
    r.wrap("code", &[("class", "formula")], |r| r.out.text(&source));
}

/// Writes a code block with its title, line numbers and colours.
pub(super) fn write_block(r: &mut Renderer<'_>, block: &Block<'_>) {
    if block.collapsed {
        r.wrap("details", &[("class", "code")], |r| {
            r.wrap("summary", &[], |r| match &block.title {
                Some(title) => r.out.text(title),
                None => r.out.label("Show code"),
            });
            write_pre(r, block);
        });
    } else {
        r.wrap("figure", &[("class", "code")], |r| {
            if let Some(title) = &block.title {
                r.wrap("figcaption", &[], |r| r.out.text(title));
            }
            write_pre(r, block);
        });
    }
}

fn write_pre(r: &mut Renderer<'_>, block: &Block<'_>) {
    let text = block.text.trim_end().trim_start_matches(['\r', '\n']);
    let highlighted = highlight(r, text, block.language.as_deref());
    r.wrap("pre", &[("tabindex", "0")], |r| {
        if let Some(first) = block.first_line {
            let look = [("class", "line-numbers"), ("aria-hidden", "true")];
            r.wrap("span", &look, |r| r.out.label(&line_numbers(first, text)));
        }
        r.wrap("code", &[], |r| match highlighted {
            Some(html) => r.out.markup(&Captured {
                html,
                words: text.to_owned(),
            }),
            None => r.out.text(text),
        });
    });
}

fn line_numbers(first: u32, text: &str) -> String {
    let mut numbers = String::new();
    for (line, _) in (first..).zip(text.lines()) {
        numbers.push_str(&format!("{line}\n"));
    }
    numbers
}

fn highlight(r: &mut Renderer<'_>, text: &str, language: Option<&str>) -> Option<String> {
    let syntax = syntax_of(language?)?;
    let total = r.highlighted_bytes + text.len();
    if text.len() > MAX_HIGHLIGHTED_BLOCK_BYTES
        || total > MAX_HIGHLIGHTED_PAGE_BYTES
        || text.lines().any(|line| line.len() > MAX_LINE_BYTES)
    {
        return None;
    }
    r.highlighted_bytes = total;
    to_spans(text, syntax).ok()
}

fn syntax_of(language: &str) -> Option<&'static SyntaxReference> {
    let wanted = language.trim().to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(name, _)| *name == wanted);
    let wanted = alias.map_or(wanted.as_str(), |(_, name)| name);
    let found = SYNTAXES.find_syntax_by_token(wanted)?;
    (found.name != "Plain Text").then_some(found)
}

fn to_spans(text: &str, syntax: &SyntaxReference) -> Result<String, syntect::Error> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut html = String::with_capacity(text.len() * 4);
    let mut open = 0;
    let ended = format!("{text}\n");
    for line in LinesWithEndings::from(&ended) {
        let tokens = state.parse_line(line, &SYNTAXES)?;
        let (spans, opened) = line_tokens_to_classed_spans(line, &tokens, CLASS_STYLE, &mut stack)?;
        html.push_str(&spans);
        open += opened;
    }
    for _ in 0..open {
        html.push_str("</span>");
    }
    Ok(html)
}

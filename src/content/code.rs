//! Code blocks, highlighted here so that pages need no script.
//!
//! Colours are classes with rules in `static/css/code.css`.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use super::disclosures;
use super::macros::{Macro, MacroTable};
use super::renderer::Renderer;

pub(super) const MACROS: MacroTable = &[
    ("code", render_code),
    ("noformat", render_noformat),
    ("markdown", render_noformat),
];

/// Highlighting costs about a second per megabyte, so long code stays plain.
const MAX_HIGHLIGHTED_BLOCK_BYTES: usize = 64 << 10;
const MAX_HIGHLIGHTED_PAGE_BYTES: usize = 256 << 10;
/// A longer line is generated or minified code.
const MAX_LINE_BYTES: usize = 2000;

/// Compiled tables; they never change.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Classes of tokens by the beginning of their scope; the first that fits counts. `None` stays uncoloured inside
/// something coloured.
const SCOPES: [(&str, Option<&str>); 20] = [
    ("comment", Some("tok-comment")),
    ("meta.interpolation", None),
    ("string", Some("tok-string")),
    ("constant.numeric", Some("tok-number")),
    ("constant", Some("tok-constant")),
    ("support.constant", Some("tok-constant")),
    ("keyword.operator.word", Some("tok-keyword")),
    ("keyword.operator", None),
    ("keyword", Some("tok-keyword")),
    ("storage", Some("tok-keyword")),
    ("entity.name.tag", Some("tok-tag")),
    ("entity.other.attribute-name", Some("tok-attribute")),
    ("entity.name.function", Some("tok-function")),
    ("variable.function", Some("tok-function")),
    ("support.function", Some("tok-function")),
    ("entity.name", Some("tok-type")),
    ("support.type", Some("tok-type")),
    ("support.class", Some("tok-type")),
    ("markup.inserted", Some("tok-inserted")),
    ("markup.deleted", Some("tok-deleted")),
];

/// [`SCOPES`] as the parser compares them; compiled once, a constant.
static COLOURED: LazyLock<Vec<(Scope, Option<&'static str>)>> = LazyLock::new(|| {
    let compiled = SCOPES
        .iter()
        .map(|(name, class)| Some((Scope::new(name).ok()?, *class)));
    compiled.flatten().collect()
});

/// Confluence's language names that the syntaxes do not know.
const ALIASES: [(&str, &str); 13] = [
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

/// Writes a code block with its title, line numbers and colours.
pub(super) fn write_block(r: &mut Renderer<'_>, block: &Block<'_>) {
    disclosures::note_addresses(&mut r.findings, block.text);
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
            Some(runs) => runs.iter().for_each(|run| write_run(r, run)),
            None => r.out.text(text),
        });
    });
}

fn write_run(r: &mut Renderer<'_>, run: &Run) {
    match run.class {
        Some(class) => r.wrap("span", &[("class", class)], |r| r.out.text(&run.text)),
        None => r.out.text(&run.text),
    }
}

fn line_numbers(first: u32, text: &str) -> String {
    let mut numbers = String::new();
    for (line, _) in (first..).zip(text.lines()) {
        numbers.push_str(&format!("{line}\n"));
    }
    numbers
}

/// Words of one colour, or of none.
struct Run {
    class: Option<&'static str>,
    text: String,
}

fn highlight(r: &mut Renderer<'_>, text: &str, language: Option<&str>) -> Option<Vec<Run>> {
    let syntax = syntax_of(language?)?;
    let total = r.highlighted_bytes + text.len();
    if text.len() > MAX_HIGHLIGHTED_BLOCK_BYTES
        || total > MAX_HIGHLIGHTED_PAGE_BYTES
        || text.lines().any(|line| line.len() > MAX_LINE_BYTES)
    {
        return None;
    }
    r.highlighted_bytes = total;
    runs(text, syntax).ok()
}

fn syntax_of(language: &str) -> Option<&'static SyntaxReference> {
    let wanted = language.trim().to_ascii_lowercase();
    let alias = ALIASES.iter().find(|(name, _)| *name == wanted);
    let wanted = alias.map_or(wanted.as_str(), |(_, name)| name);
    let found = SYNTAXES.find_syntax_by_token(wanted)?;
    (found.name != "Plain Text").then_some(found)
}

/// Cuts code into runs. Scopes nest deeply and most have no colour, so a span per scope, as syntect writes them,
/// would make pages ten times as long as their code.
fn runs(text: &str, syntax: &SyntaxReference) -> Result<Vec<Run>, syntect::Error> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut runs = Vec::new();
    let ended = format!("{text}\n");
    for line in LinesWithEndings::from(&ended) {
        let mut start = 0;
        for (at, change) in state.parse_line(line, &SYNTAXES)? {
            add(&mut runs, &stack, line.get(start..at).unwrap_or_default());
            stack.apply(&change)?;
            start = at;
        }
        add(&mut runs, &stack, line.get(start..).unwrap_or_default());
    }
    Ok(runs)
}

fn add(runs: &mut Vec<Run>, stack: &ScopeStack, text: &str) {
    let class = class_of(stack);
    match runs.last_mut() {
        Some(last) if last.class == class => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => runs.push(Run {
            class,
            text: text.to_owned(),
        }),
    }
}

/// The colour of the innermost scope that has one.
fn class_of(stack: &ScopeStack) -> Option<&'static str> {
    stack.as_slice().iter().rev().find_map(|scope| {
        let known = COLOURED
            .iter()
            .find(|(prefix, _)| prefix.is_prefix_of(*scope));
        known.map(|(_, class)| *class)
    })?
}

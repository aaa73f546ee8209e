//! Tables of contents inside the page.
//!
//! They stand before the headings they list, so a mark is left in the markup and filled when the page is complete.

use super::Heading;
use super::macros::{Macro, MacroTable};
use super::output::Output;
use super::renderer::Renderer;

pub(super) const MACROS: MacroTable = &[("toc", render_toc), ("toc-zone", render_zone)];

/// A page with more of them, or with longer ones, is made to be slow.
const MAX_TABLES: usize = 10;
const MAX_HEADINGS: usize = 1000;

/// Which headings a table of contents lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct TocSpec {
    min_level: u8,
    max_level: u8,
    numbered: bool,
}

fn render_toc(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let level = |name: &str, default: u32| {
        let level = it.number(name).unwrap_or(default).clamp(1, 6);
        u8::try_from(level).unwrap_or(6)
    };
    let number = r.tables_of_contents.len();
    if number == MAX_TABLES {
        return;
    }
    r.tables_of_contents.push(TocSpec {
        min_level: level("minLevel", 1),
        max_level: level("maxLevel", 6),
        numbered: it.is_true("outline"),
    });
    r.out.mark(number);
}

fn render_zone(r: &mut Renderer<'_>, it: &Macro<'_>) {
    render_toc(r, it);
    r.nodes(it.rich_body().unwrap_or_default());
}

/// The markup of a table of contents.
pub(super) fn table_of_contents(headings: &[Heading], spec: TocSpec) -> String {
    let levels = spec.min_level..=spec.max_level;
    let listed: Vec<&Heading> = headings
        .iter()
        .filter(|heading| levels.contains(&heading.level))
        .take(MAX_HEADINGS)
        .collect();
    let mut out = Output::default();
    if !listed.is_empty() {
        out.open("nav", &[("class", "toc"), ("aria-label", "Headings")]);
        write_list(&mut out, &listed, if spec.numbered { "ol" } else { "ul" });
        out.close("nav");
    }
    out.into_captured().html
}

/// A list of the headings of the first one's rank or above, each with the lower ones that follow it inside.
fn write_list(out: &mut Output, headings: &[&Heading], tag: &str) {
    let Some(rank) = headings.first().map(|heading| heading.level) else {
        return;
    };
    out.open(tag, &[]);
    let mut rest = headings;
    while let Some((heading, after)) = rest.split_first() {
        let inside = after.iter().take_while(|next| next.level > rank).count();
        let (inside, after) = after.split_at(inside);
        out.open("li", &[]);
        out.open("a", &[("href", &format!("#{}", heading.id))]);
        out.label(&heading.text);
        out.close("a");
        write_list(out, inside, tag);
        out.close("li");
        rest = after;
    }
    out.close(tag);
}

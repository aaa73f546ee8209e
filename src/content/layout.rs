//! Page layouts, the older section and column macros, and macros that only wrap their body.

use super::dom::Element;
use super::macros::{Macro, MacroTable};
use super::renderer::Renderer;

pub(super) const MACROS: MacroTable = &[
    ("section", render_section),
    ("column", render_column),
    ("div", render_wrapper),
    ("center", render_centred),
    ("table-filter", render_wrapper),
    ("table-transformer", render_wrapper),
    ("table-joiner", render_wrapper),
    ("localtabgroup", render_wrapper),
    ("localtab", render_tab),
    ("numberedheadings", render_wrapper),
];

const SECTIONS: [(&str, &str); 9] = [
    ("two_equal", "layout layout-two-equal"),
    ("two_left_sidebar", "layout layout-two-left-sidebar"),
    ("two_right_sidebar", "layout layout-two-right-sidebar"),
    ("three_equal", "layout layout-three-equal"),
    ("three_with_sidebars", "layout layout-three-with-sidebars"),
    ("four_equal", "layout layout-four-equal"),
    ("five_equal", "layout layout-five-equal"),
    ("single", "layout"),
    ("fixed-width", "layout"),
];

/// `ac:layout` and what it consists of.
pub(super) fn render(r: &mut Renderer<'_>, element: &Element) {
    let class = match element.name.as_str() {
        "ac:layout-section" => section_class(element),
        "ac:layout-cell" => "layout-cell",
        _ => "layouts",
    };
    r.wrap("div", &[("class", class)], |r| r.nodes(&element.children));
}

/// The grid of a section; one without a type gets it from its number of cells.
fn section_class(section: &Element) -> &'static str {
    let named = section.attribute("ac:type").and_then(|wanted| {
        let (_, class) = SECTIONS.iter().find(|(name, _)| *name == wanted)?;
        Some(*class)
    });
    named.unwrap_or_else(|| {
        match section
            .elements()
            .filter(|cell| cell.name == "ac:layout-cell")
            .count()
        {
            2 => "layout layout-two-equal",
            3 => "layout layout-three-equal",
            4 => "layout layout-four-equal",
            5 => "layout layout-five-equal",
            _ => "layout",
        }
    })
}

fn render_section(r: &mut Renderer<'_>, it: &Macro<'_>) {
    r.wrap("div", &[("class", "columns")], |r| render_wrapper(r, it));
}

fn render_column(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let tenths = it.text("width").and_then(|width| {
        let percent: f32 = width.strip_suffix('%')?.trim().parse().ok()?;
        let tenths = (percent / 10.0).round();
        (1.0..=9.0)
            .contains(&tenths)
            .then(|| format!("column column-{tenths}0"))
    });
    let class = tenths.as_deref().unwrap_or("column");
    r.wrap("div", &[("class", class)], |r| render_wrapper(r, it));
}

fn render_wrapper(r: &mut Renderer<'_>, it: &Macro<'_>) {
    r.nodes(it.rich_body().unwrap_or_default());
}

fn render_centred(r: &mut Renderer<'_>, it: &Macro<'_>) {
    r.wrap("div", &[("class", "align-center")], |r| {
        render_wrapper(r, it)
    });
}

/// Tabs need a script; below each other they can be read, searched and printed.
fn render_tab(r: &mut Renderer<'_>, it: &Macro<'_>) {
    r.wrap("div", &[("class", "tab")], |r| {
        if let Some(title) = it.text("title") {
            r.wrap("p", &[("class", "tab-title")], |r| r.out.text(&title));
        }
        render_wrapper(r, it);
    });
}

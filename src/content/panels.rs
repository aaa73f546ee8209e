//! Boxes around text: info, tip, note, warning, panel, expand.

use super::dom::Node;
use super::emoji;
use super::macros::{Macro, MacroTable};
use super::renderer::Renderer;
use super::style;

pub(super) const MACROS: MacroTable = &[
    ("info", |r, it| render_message(r, it, &INFO)),
    ("tip", |r, it| render_message(r, it, &SUCCESS)),
    ("success", |r, it| render_message(r, it, &SUCCESS)),
    ("note", |r, it| render_message(r, it, &WARNING)),
    ("warning", |r, it| render_message(r, it, &ERROR)),
    ("error", |r, it| render_message(r, it, &ERROR)),
    ("panel", render_panel),
    ("expand", render_expand),
    ("ui-expand", render_expand),
];

/// The look of a message and the word a screen reader says first.
pub(super) struct Kind {
    pub(super) class: &'static str,
    pub(super) spoken: &'static str,
}

pub(super) const INFO: Kind = Kind {
    class: "panel panel-info",
    spoken: "Information",
};
pub(super) const SUCCESS: Kind = Kind {
    class: "panel panel-success",
    spoken: "Tip",
};
pub(super) const WARNING: Kind = Kind {
    class: "panel panel-warning",
    spoken: "Note",
};
pub(super) const ERROR: Kind = Kind {
    class: "panel panel-error",
    spoken: "Warning",
};
pub(super) const NOTE: Kind = Kind {
    class: "panel panel-note",
    spoken: "Note",
};

fn render_message(r: &mut Renderer<'_>, it: &Macro<'_>, kind: &Kind) {
    let title = it.text("title");
    render_kind(
        r,
        kind,
        title.as_deref(),
        it.rich_body().unwrap_or_default(),
    );
}

/// Writes a message box.
pub(super) fn render_kind(r: &mut Renderer<'_>, kind: &Kind, title: Option<&str>, body: &[Node]) {
    let look = [
        ("class", kind.class),
        ("role", "note"),
        ("aria-label", kind.spoken),
    ];
    r.wrap("div", &look, |r| {
        render_title(r, title);
        r.wrap("div", &[("class", "panel-body")], |r| r.nodes(body));
    });
}

fn render_title(r: &mut Renderer<'_>, title: Option<&str>) {
    if let Some(title) = title {
        r.wrap("p", &[("class", "panel-title")], |r| r.out.text(title));
    }
}

fn render_panel(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let icon = it
        .text("panelIconText")
        .or_else(|| {
            it.text("panelIconId")
                .as_deref()
                .and_then(emoji::by_code_points)
        })
        .or_else(|| {
            it.text("panelIcon")
                .as_deref()
                .and_then(emoji::by_shortname)
        });
    let title = it.text("title");
    let body = it.rich_body().unwrap_or_default();
    render_custom(
        r,
        it.text("bgColor").as_deref(),
        icon.as_deref(),
        title.as_deref(),
        body,
    );
}

/// Writes a box with the author's own colour and sign.
pub(super) fn render_custom(
    r: &mut Renderer<'_>,
    colour: Option<&str>,
    icon: Option<&str>,
    title: Option<&str>,
    body: &[Node],
) {
    let fill = colour.and_then(|colour| style::hue_class("fill", colour));
    let class = format!("panel {}", fill.unwrap_or_default());
    r.wrap("div", &[("class", class.trim())], |r| {
        if let Some(icon) = icon {
            r.wrap("span", &[("class", "panel-icon")], |r| r.out.label(icon));
        }
        render_title(r, title);
        r.wrap("div", &[("class", "panel-body")], |r| r.nodes(body));
    });
}

fn render_expand(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let title = it.text("title").or_else(|| it.text(""));
    r.wrap("details", &[("class", "expand")], |r| {
        r.wrap("summary", &[], |r| match title {
            Some(title) => r.out.text(&title),
            None => r.out.label("Show more"),
        });
        r.nodes(it.rich_body().unwrap_or_default());
    });
}

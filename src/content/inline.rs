//! What stands inside a line: status, dates, emoticons, mentions, coloured words, and the macros that are words.

use time::Date;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::dom::Element;
use super::macros::{Macro, MacroTable, render_unknown};
use super::renderer::{Renderer, line_of};
use super::{disclosures, emoji, style};

/// A person's display name as Confluence rendered it.
pub(super) const SHOWN_NAME: &str = "vestibule:name";

/// Macros that fit into a paragraph.
pub(super) const MACROS: MacroTable = &[
    ("status", render_status),
    ("anchor", render_anchor),
    ("profile", render_profile),
    ("jira", render_issue),
    ("jiraissues", render_issue),
    ("emoji", render_emoji),
    ("eazy-math-inline", render_formula),
    ("easy-math-block", render_formula),
    ("mathblock", render_formula),
    ("mathinline", render_formula),
    ("span", render_body),
    ("color", render_body),
];

const ISO_DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const LONG_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:long] [year]");

/// `span`, `font` and other elements that only carry a look.
pub(super) fn render_coloured(r: &mut Renderer<'_>, element: &Element) {
    let mut classes = style::classes(element);
    if element.name == "center" {
        classes.push_str("align-center");
        r.wrap("div", &[("class", &classes)], |r| {
            r.nodes(&element.children);
        });
    } else if classes.is_empty() && element.attribute("id").is_none() {
        r.nodes(&element.children);
    } else {
        r.plain("span", element);
    }
}

/// `<time datetime="2026-03-15"/>`, which Confluence leaves empty.
pub(super) fn render_date(r: &mut Renderer<'_>, element: &Element) {
    let iso = element.attribute("datetime").unwrap_or_default();
    let written = line_of(&element.children);
    let day = iso
        .get(..10)
        .and_then(|day| Date::parse(day, ISO_DATE).ok());
    let shown = match day.and_then(|day| day.format(LONG_DATE).ok()) {
        Some(day) if written.is_empty() => day,
        _ if written.is_empty() => iso.to_owned(),
        _ => written,
    };
    if day.is_some() {
        r.wrap("time", &[("class", "date"), ("datetime", iso)], |r| {
            r.out.text(&shown);
        });
    } else {
        r.out.text(&shown);
    }
}

pub(super) fn render_emoticon(r: &mut Renderer<'_>, element: &Element) {
    r.out.text(&emoji::of(element));
}

/// A person: the display name, or "somebody". Never a key, which may be an e-mail address.
pub(super) fn render_mention(r: &mut Renderer<'_>, user: &Element) {
    let shown = user.attribute(SHOWN_NAME).map(str::to_owned);
    let name = shown.or_else(|| {
        ["ri:account-id", "ri:userkey", "ri:username"]
            .iter()
            .filter_map(|key| user.attribute(key))
            .find_map(|key| r.library.user_name(key))
    });
    write_mention(r, name.as_deref());
}

fn write_mention(r: &mut Renderer<'_>, name: Option<&str>) {
    if let Some(name) = name {
        disclosures::note_person(&mut r.findings, name);
    }
    r.wrap("span", &[("class", "mention")], |r| {
        r.out.text(name.unwrap_or("somebody"));
    });
}

fn render_status(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let colour = it.text("colour").or_else(|| it.text("color"));
    let hue = colour.and_then(|colour| style::hue_class("fill", &colour));
    let classes = format!("status {}", hue.as_deref().unwrap_or("fill-grey"));
    let title = it.text("title").or(colour_name(it));
    r.wrap("span", &[("class", &classes)], |r| {
        r.out.text(title.as_deref().unwrap_or("Status"));
    });
}

/// A status without a title shows its colour, as Confluence does.
fn colour_name(it: &Macro<'_>) -> Option<String> {
    it.text("colour").map(|colour| colour.to_uppercase())
}

fn render_anchor(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let name = it.text("").or_else(|| it.text("name"));
    if let Some(id) = name.and_then(|name| r.anchors.claim_exactly(&name)) {
        r.wrap("span", &[("id", &id)], |_| {});
    }
}

fn render_profile(r: &mut Renderer<'_>, it: &Macro<'_>) {
    if let Some(user) = it.resource("user", "ri:user") {
        render_mention(r, user);
    } else {
        let name = it.text("user").and_then(|key| r.library.user_name(&key));
        write_mention(r, name.as_deref());
    }
}

/// One Jira issue is its key; a table of issues lives in Jira and cannot be shown.
fn render_issue(r: &mut Renderer<'_>, it: &Macro<'_>) {
    match it.text("key").or_else(|| it.text("")) {
        Some(key) if key.len() <= 40 => {
            r.wrap("span", &[("class", "issue-key")], |r| r.out.text(&key));
        }
        _ => render_unknown(r, it),
    }
}

fn render_emoji(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let name = it.text("name").or_else(|| it.text("")).unwrap_or_default();
    r.out.text(&emoji::by_shortname(&name).unwrap_or(name));
}

fn render_body(r: &mut Renderer<'_>, it: &Macro<'_>) {
    r.nodes(it.rich_body().unwrap_or_default());
}

/// A formula as its TeX source, which needs no app to be read.
fn render_formula(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let source = it
        .text("body")
        .or_else(|| it.plain_body())
        .unwrap_or_default();
    r.wrap("code", &[("class", "formula")], |r| r.out.text(&source));
}

//! Headings: their ids, and the list of them that a page's template shows beside it.

use super::Heading;
use super::anchors;
use super::dom::{self, Element};
use super::finding::short;
use super::output::collapse;
use super::renderer::Renderer;
use super::style;

pub(super) fn render(r: &mut Renderer<'_>, element: &Element) {
    // Claimed before the inner anchors, which often repeat the heading and then need no place of their own.
    let visible = collapse(&dom::visible_text(&element.children));
    let id = r.anchors.claim(&visible);
    let inner = r.capture_in_line(|r| r.nodes(&element.children));
    let text = collapse(&inner.words);
    if text.is_empty() {
        r.out.markup(&inner);
        return;
    }
    r.headings.push(Heading {
        level: element
            .name
            .as_bytes()
            .get(1)
            .map_or(6, |digit| digit - b'0'),
        id: id.clone(),
        text: short(&text),
    });
    let classes = style::classes(element);
    let attributes = [("id", id.as_str()), ("class", classes.as_str())];
    let given = element.attribute("id");
    r.wrap(&element.name, &attributes, |r| {
        write_alias(r, &visible);
        if let Some(given) = given {
            write_given(r, given);
        }
        r.out.markup(&inner);
    });
}

/// A second place for a heading that begins with the page's title.
///
/// A link of Data Center to `API-Reference` on the page “API” may mean the heading “Reference”, with the title
/// before it, or “API Reference”; both have to be found.
fn write_alias(r: &mut Renderer<'_>, text: &str) {
    let dashed = text.replace(' ', "-");
    let title = r.page().title;
    if let Some(rest) = anchors::without_title(&dashed, &title)
        && let Some(id) = r.anchors.claim_exactly(rest)
    {
        r.wrap("span", &[("id", &id)], |_| {});
    }
}

/// The place that Confluence gave a heading, where it is not the one that its text makes.
fn write_given(r: &mut Renderer<'_>, id: &str) {
    let title = r.page().title;
    let id = anchors::without_title(id, &title).unwrap_or(id);
    if let Some(id) = r.anchors.claim_exactly(id) {
        r.wrap("span", &[("id", &id)], |_| {});
    }
}

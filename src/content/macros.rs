//! Finds the renderer of a macro by its name. The renderers live with their subjects, each file with its own table.

use super::dom::{self, Element, Node};
use super::finding::{FindingKind, short};
use super::output::collapse;
use super::renderer::{Renderer, is_listed};
use super::{
    code, diagrams, files, includes, inline, layout, listings, media, navigation, panels,
    properties,
};

/// Writes one macro.
pub(super) type RenderMacro = fn(&mut Renderer<'_>, &Macro<'_>);

/// Macro names and their renderers.
pub(super) type MacroTable = &'static [(&'static str, RenderMacro)];

const TABLES: [MacroTable; 11] = [
    code::MACROS,
    diagrams::MACROS,
    files::MACROS,
    includes::MACROS,
    inline::MACROS,
    layout::MACROS,
    listings::MACROS,
    media::MACROS,
    navigation::MACROS,
    panels::MACROS,
    properties::MACROS,
];

/// Elements that may not stand inside a paragraph.
const BLOCKS: &str = "table div ul ol dl p pre blockquote hr h1 h2 h3 h4 h5 h6 figure details section \
    ac:task-list ac:layout ac:adf-extension";

/// A macro as it stands in a page.
pub(super) struct Macro<'m> {
    pub(super) name: &'m str,
    element: &'m Element,
}

impl<'m> Macro<'m> {
    /// The element as a macro; an element without a name has the empty one.
    pub(super) fn of(element: &'m Element) -> Self {
        let name = element.attribute("ac:name").unwrap_or_default();
        Self { name, element }
    }

    /// The parameter of this name; the default parameter has the empty one.
    pub(super) fn parameter(&self, name: &str) -> Option<&'m Element> {
        self.element.elements().find(|child| {
            child.name == "ac:parameter" && child.attribute("ac:name").unwrap_or_default() == name
                || child.name == "ac:default-parameter" && name.is_empty()
        })
    }

    /// A parameter's text, if it has any.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = collapse(&self.parameter(name)?.text());
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.text(name)?.trim_end_matches("px").parse().ok()
    }

    /// The element inside a parameter that names a page, file or person.
    pub(super) fn resource(&self, name: &str, kind: &str) -> Option<&'m Element> {
        self.parameter(name)?.find(kind)
    }

    pub(super) fn rich_body(&self) -> Option<&'m [Node]> {
        let body = self.element.child("ac:rich-text-body")?;
        Some(&body.children)
    }

    pub(super) fn plain_body(&self) -> Option<String> {
        Some(self.element.child("ac:plain-text-body")?.text())
    }
}

/// An element that stands for a macro that Confluence could not render.
pub(super) const FAILED: &str = "vestibule:failed-macro";

/// Writes a macro, or a placeholder with its body below it.
pub(super) fn render(r: &mut Renderer<'_>, element: &Element) {
    let it = Macro::of(element);
    match renderer_of(it.name) {
        Some(render) => render(r, &it),
        None => render_unknown(r, &it),
    }
}

/// Writes the placeholder of a macro that cannot be shown, and its rich text.
pub(super) fn render_unknown(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let name = short(it.name);
    r.placeholder(&format!(
        "This part of the page (the “{name}” macro) cannot be shown here."
    ));
    r.findings.note(FindingKind::UnknownMacro { name });
    if let Some(body) = it.rich_body() {
        r.nodes(body);
    }
}

/// Writes the placeholder of a macro that Confluence could not render, and nothing of what it said about it.
pub(super) fn render_failed(r: &mut Renderer<'_>, place: &Element) {
    let name = short(place.attribute("name").unwrap_or_default());
    r.placeholder(&match name.as_str() {
        "" => "This part of the page cannot be shown here.".to_owned(),
        name => format!("This part of the page (the “{name}” macro) cannot be shown here."),
    });
    r.findings.note(FindingKind::FailedMacro { name });
}

/// Whether nodes hold something that needs a place of its own, outside a paragraph.
pub(super) fn holds_block(nodes: &[Node]) -> bool {
    dom::elements(nodes).any(|element| match element.name.as_str() {
        "ac:structured-macro" | "ac:macro" => is_block(&Macro::of(element)),
        "ac:image" => media::is_figure(element),
        "ac:link" => false,
        name => is_listed(BLOCKS, name) || holds_block(&element.children),
    })
}

fn is_block(it: &Macro<'_>) -> bool {
    if renderer_of(it.name).is_some() {
        !inline::MACROS.iter().any(|(name, _)| *name == it.name)
    } else {
        it.rich_body().is_some_and(holds_block)
    }
}

fn renderer_of(name: &str) -> Option<RenderMacro> {
    TABLES
        .iter()
        .flat_map(|table| table.iter())
        .find(|(known, _)| *known == name)
        .map(|(_, render)| *render)
}

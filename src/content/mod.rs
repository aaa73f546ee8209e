//! Untrusted Confluence markup in, [`SanitizedHtml`] out.
//!
//! Pure: no I/O, no clock, and no knowledge of HTTP, database rows or Confluence's API. What a page needs from its
//! surroundings it asks of a [`library::Library`].

mod adf;
mod anchors;
pub mod classes;
mod code;
mod colours;
mod diagrams;
mod disclosures;
mod dom;
mod emoji;
mod export_view;
mod files;
mod finding;
mod headings;
mod includes;
mod inline;
mod layout;
pub mod library;
mod linked;
mod links;
mod listings;
mod macros;
mod media;
mod navigation;
mod output;
mod panels;
mod parse;
mod properties;
mod renderer;
mod sanitize;
mod style;
mod tables;
mod tasks;
#[cfg(test)]
mod tests;
mod tree;
mod wiki_markup;
pub mod wiki_url;

pub use export_view::{ShownFile, is_usable_export_view, pulls_other_pages, shown_files};
pub use finding::{Finding, FindingKind};
pub use sanitize::SanitizedHtml;

use library::Library;
use renderer::Renderer;
use serde::{Deserialize, Serialize};

/// The kinds of markup a Confluence body can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFormat {
    /// XHTML with `ac:` and `ri:` elements, since Confluence 4.
    Storage,
    /// The wiki notation of Confluence 3 and older, `bodyType` 0 in an export.
    WikiMarkup,
    /// HTML that Confluence rendered for an export, or for its own pages.
    ExportView,
}

/// A page as Confluence stores it.
#[derive(Debug, Clone, Copy)]
pub struct PageSource<'a> {
    /// Confluence's content id.
    pub content_id: &'a str,
    /// The title in plain text.
    pub title: &'a str,
    /// The space whose pages its links mean when they name no space.
    pub space_key: &'a str,
    /// The markup.
    pub body: &'a str,
    /// Which markup it is.
    pub format: BodyFormat,
    /// The storage body beside an export view, for what the view could not show; `None` for other formats.
    pub storage: Option<&'a str>,
}

/// What becomes of links to the outside web. Links into the company's Confluence that lead outside the share are
/// plain text in both cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExternalLinks {
    /// Keep them; they open in a new tab.
    Keep,
    /// Show their text only.
    PlainText,
}

/// How to render, beyond the page itself.
#[derive(Debug, Clone, Copy)]
pub struct RenderOptions<'a> {
    /// What becomes of links to the outside web.
    pub external_links: ExternalLinks,
    /// Hosts (`wiki.example.com` or `wiki.example.com:8443`) of the company's own Confluence.
    pub wiki_hosts: &'a [String],
}

/// A page ready to be stored and shown.
#[derive(Debug)]
pub struct Rendered {
    /// The page's markup.
    pub html: SanitizedHtml,
    /// The page's words for search and excerpts, on one line.
    pub text: String,
    /// The headings in order, for a table of contents.
    pub headings: Vec<Heading>,
    /// What the admin should know.
    pub findings: Vec<Finding>,
}

/// A heading of the rendered page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The `id` in the markup, prefix included.
    pub id: String,
    /// The text without markup.
    pub text: String,
}

/// Renders one page. Never fails: what cannot be shown becomes a placeholder and a finding.
pub fn render(
    source: &PageSource<'_>,
    library: &dyn Library,
    options: &RenderOptions<'_>,
) -> Rendered {
    let mut renderer = Renderer::new(source, library, options);
    let nodes = match source.format {
        BodyFormat::ExportView => renderer.parse_view(source.body, source.storage),
        format => renderer.parse(source.body, format),
    };
    if source.format == BodyFormat::WikiMarkup {
        renderer.note_conversion();
    }
    renderer.nodes(&nodes);
    renderer.finish()
}

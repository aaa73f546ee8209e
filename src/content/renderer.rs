//! Walks a parsed page and writes markup: the plain XHTML elements here, everything else in the file of its
//! subject.
//!
//! Holds what one rendering has to remember.

use super::anchors::Anchors;
use super::dom::{self, Element, Node};
use super::finding::{FindingKind, Findings, short};
use super::library::Library;
use super::navigation::{self, TocSpec};
use super::output::{self, Captured, Output, collapse};
use super::parse;
use super::tree::Fragment;
use super::{
    BodyFormat, Heading, PageSource, RenderOptions, Rendered, SanitizedHtml, adf, anchors,
    disclosures, export_view, headings, inline, layout, links, macros, media, style, tables, tasks,
    wiki_markup,
};

/// Output beyond this is cut; a page of this size is no longer a page.
const MAX_OUTPUT_BYTES: usize = 8 << 20;
/// The longest body that is read.
const MAX_BODY_BYTES: usize = 8 << 20;
/// Other pages' bodies one page may pull in, by number and bytes.
const MAX_LOADED_PAGES: usize = 200;
const MAX_LOADED_BYTES: usize = 16 << 20;

/// Elements written as they are, with the attributes of [`Renderer::plain`].
const PLAIN: &str = "abbr b blockquote caption cite code dd del dfn div dl dt em figcaption figure i ins \
    kbd li mark ol p pre q s samp small strong sub summary sup u ul var details section";
/// Elements whose content is not text for readers.
const HIDDEN: &str = "script style template noscript iframe object embed svg math select textarea title \
    head ac:placeholder ac:parameter ac:default-parameter ac:task-id";

/// The page whose markup is being read: the shared one, or one that it includes.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) content_id: String,
    pub(super) title: String,
    pub(super) space_key: String,
}

/// One rendering.
pub(super) struct Renderer<'a> {
    pub(super) library: &'a dyn Library,
    pub(super) options: &'a RenderOptions<'a>,
    pub(super) out: Output,
    pub(super) anchors: Anchors,
    pub(super) headings: Vec<Heading>,
    pub(super) findings: Findings,
    /// Tables of contents, in the order of their marks; filled in when all headings are known.
    pub(super) tables_of_contents: Vec<TocSpec>,
    /// Bytes of code highlighted so far.
    pub(super) highlighted_bytes: usize,
    /// The page being read; the last one is the innermost include.
    pages: Vec<Page>,
    /// Open elements that may hold phrasing content only.
    phrasing: usize,
    loaded_pages: usize,
    loaded_bytes: usize,
}

impl<'a> Renderer<'a> {
    pub(super) fn new(
        source: &PageSource<'_>,
        library: &'a dyn Library,
        options: &'a RenderOptions<'a>,
    ) -> Self {
        Self {
            library,
            options,
            out: Output::default(),
            anchors: Anchors::default(),
            headings: Vec::new(),
            findings: Findings::default(),
            tables_of_contents: Vec::new(),
            highlighted_bytes: 0,
            pages: vec![Page {
                content_id: source.content_id.to_owned(),
                title: source.title.to_owned(),
                space_key: source.space_key.to_owned(),
            }],
            phrasing: 0,
            loaded_pages: 0,
            loaded_bytes: 0,
        }
    }

    /// The note on top of a page that was converted from wiki markup.
    pub(super) fn note_conversion(&mut self) {
        self.findings.note(FindingKind::WikiMarkup);
        self.out.open("p", &[("class", "conversion-note")]);
        self.out
            .label("This page was converted from an older format and may look different.");
        self.out.close("p");
    }

    /// Fills in the tables of contents, then sanitizes; nothing touches the markup after that.
    pub(super) fn finish(self) -> Rendered {
        let tables: Vec<String> = self
            .tables_of_contents
            .iter()
            .map(|spec| navigation::table_of_contents(&self.headings, *spec))
            .collect();
        let Captured { html, words } = self.out.into_captured();
        Rendered {
            html: SanitizedHtml::clean(&output::fill_marks(&html, &tables)),
            text: collapse(&words),
            headings: self.headings,
            findings: self.findings.into_vec(),
        }
    }

    /// Parses a body and notes what was wrong with it.
    pub(super) fn parse(&mut self, body: &str, format: BodyFormat) -> Vec<Node> {
        let body = self.at_most(body);
        let Fragment { nodes, problem } = match format {
            BodyFormat::Storage => parse::parse(body),
            BodyFormat::WikiMarkup => wiki_markup::parse(body),
            BodyFormat::ExportView => return self.parse_view(body, None),
        };
        self.note_problem(problem);
        nodes
    }

    /// Parses an export view, or the storage format beside it when the view is none.
    pub(super) fn parse_view(&mut self, view: &str, storage: Option<&str>) -> Vec<Node> {
        if let Some(storage) = storage
            && !export_view::is_usable_export_view(view, Some(storage))
        {
            return self.parse(storage, BodyFormat::Storage);
        }
        let view = self.at_most(view);
        let storage = storage.map(|storage| parse::parse(self.at_most(storage)).nodes);
        let view = export_view::parse(view, storage.as_deref(), self.options.wiki_hosts);
        self.note_problem(view.problem);
        for from in view.pulled {
            self.findings
                .note(FindingKind::PulledContent { from: short(&from) });
        }
        view.nodes
    }

    fn at_most<'b>(&mut self, body: &'b str) -> &'b str {
        let end = body.floor_char_boundary(MAX_BODY_BYTES);
        if end < body.len() {
            self.too_large("page body of 8 MiB");
        }
        body.get(..end).unwrap_or_default()
    }

    fn note_problem(&mut self, problem: Option<String>) {
        if let Some(detail) = problem {
            self.findings.note(FindingKind::BrokenMarkup { detail });
        }
    }

    /// The parsed body of another page in scope, as long as this page has not asked for too many.
    pub(super) fn load(&mut self, content_id: &str) -> Option<(Page, Vec<Node>)> {
        if self.loaded_pages >= MAX_LOADED_PAGES || self.loaded_bytes >= MAX_LOADED_BYTES {
            self.too_large("200 included pages or 16 MiB of them");
            return None;
        }
        let source = self.library.source(content_id)?;
        self.loaded_pages += 1;
        self.loaded_bytes += source.body.len();
        // Excerpts and properties have their names in the storage format only.
        let nodes = match &source.storage {
            Some(storage) => self.parse(storage, BodyFormat::Storage),
            None => self.parse(&source.body, source.format),
        };
        let page = Page {
            content_id: source.content_id,
            title: source.title,
            space_key: source.space_key,
        };
        Some((page, nodes))
    }

    /// The page whose markup is being read.
    pub(super) fn page(&self) -> Page {
        self.pages.last().cloned().unwrap_or_else(|| Page {
            content_id: String::new(),
            title: String::new(),
            space_key: String::new(),
        })
    }

    /// The pages being read, outermost first.
    pub(super) fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// Renders nodes that belong to another page, whose links and files are meant from there.
    pub(super) fn nodes_of(&mut self, page: Page, nodes: &[Node]) {
        self.pages.push(page);
        self.nodes(nodes);
        self.pages.pop();
    }

    pub(super) fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            if self.out.written() > MAX_OUTPUT_BYTES {
                self.too_large("8 MiB of markup");
                return;
            }
            match node {
                Node::Text(text) => {
                    disclosures::note_addresses(&mut self.findings, text);
                    self.out.text(text);
                }
                Node::Element(element) => self.element(element),
            }
        }
    }

    pub(super) fn element(&mut self, element: &Element) {
        match element.name.as_str() {
            "ac:structured-macro" | "ac:macro" => macros::render(self, element),
            macros::FAILED => macros::render_failed(self, element),
            "ac:link" => links::render_ac_link(self, element),
            "a" => links::render_anchor(self, element),
            "ri:user" => inline::render_mention(self, element),
            "ac:image" => media::render_ac_image(self, element),
            "img" => media::render_img(self, element),
            "ac:emoticon" | "ac:hipchat-emoticon" => inline::render_emoticon(self, element),
            "time" => inline::render_date(self, element),
            "span" | "font" | "big" | "center" => inline::render_coloured(self, element),
            "ac:task-list" => tasks::render(self, element),
            "ac:layout" | "ac:layout-section" | "ac:layout-cell" => layout::render(self, element),
            "ac:adf-extension" => adf::render_extension(self, element),
            "ac:adf-node" => adf::render_node(self, element),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => headings::render(self, element),
            "p" if macros::holds_block(&element.children) => self.torn_paragraph(element),
            "table" => tables::render(self, element),
            "thead" | "tbody" | "tfoot" | "tr" | "td" | "th" | "colgroup" | "col" => {
                tables::render_part(self, element);
            }
            "br" | "hr" | "wbr" => self.out.open(&element.name, &[]),
            "strike" => self.plain("del", element),
            "tt" => self.plain("code", element),
            name if is_listed(HIDDEN, name) => {}
            name if is_listed(PLAIN, name) => self.plain(name, element),
            _ => self.nodes(&element.children),
        }
    }

    /// Writes an element with the attributes that are kept everywhere.
    pub(super) fn plain(&mut self, tag: &str, element: &Element) {
        let classes = style::classes(element);
        let title = &self.pages.last().map_or("", |page| page.title.as_str());
        let id = element
            .attribute("id")
            .map(|id| anchors::without_title(id, title).unwrap_or(id))
            .and_then(|id| self.anchors.claim_exactly(id));
        let mut attributes = vec![("class", classes.as_str())];
        attributes.extend(id.as_deref().map(|id| ("id", id)));
        for name in ["start", "value", "dir", "lang", "title", "reversed"] {
            attributes.extend(element.attribute(name).map(|value| (name, value)));
        }
        self.wrap(tag, &attributes, |r| r.nodes(&element.children));
    }

    /// A paragraph with a block in it, which HTML would end before the block.
    fn torn_paragraph(&mut self, element: &Element) {
        let classes = format!("paragraph {}", style::classes(element));
        self.wrap("div", &[("class", classes.trim())], |r| {
            r.nodes(&element.children);
        });
    }

    /// Writes an element around what `inner` writes.
    pub(super) fn wrap(
        &mut self,
        tag: &str,
        attributes: &[(&str, &str)],
        inner: impl FnOnce(&mut Self),
    ) {
        let phrasing = matches!(
            tag,
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "span" | "summary"
        );
        self.phrasing += usize::from(phrasing);
        self.out.open(tag, attributes);
        inner(self);
        self.out.close(tag);
        self.phrasing -= usize::from(phrasing);
    }

    /// What `inner` writes, taken aside.
    pub(super) fn capture(&mut self, inner: impl FnOnce(&mut Self)) -> Captured {
        let before = self.out.begin_capture();
        inner(self);
        self.out.end_capture(before)
    }

    /// The same for a place that may hold words only.
    pub(super) fn capture_in_line(&mut self, inner: impl FnOnce(&mut Self)) -> Captured {
        self.phrasing += 1;
        let captured = self.capture(inner);
        self.phrasing -= 1;
        captured
    }

    /// The sentence that stands where something cannot be shown.
    pub(super) fn placeholder(&mut self, sentence: &str) {
        let tag = if self.phrasing > 0 { "span" } else { "div" };
        self.out.open(tag, &[("class", "macro-placeholder")]);
        self.out.label(sentence);
        self.out.close(tag);
    }

    pub(super) fn too_large(&mut self, limit: &str) {
        self.findings.note(FindingKind::TooLarge {
            limit: limit.to_owned(),
        });
    }
}

/// Whether a name is one of the words of a list.
pub(super) fn is_listed(words: &str, name: &str) -> bool {
    words.split_ascii_whitespace().any(|word| word == name)
}

/// The text of some nodes on one line, for labels and names.
pub(super) fn line_of(nodes: &[Node]) -> String {
    collapse(&dom::text_of(nodes))
}

//! Walks the parsed HTML and finds the one who knows a form: by class, by element, or by the macro's name.
//!
//! A form that nobody knows stays plain HTML.

use super::super::dom::{self, Element, Node};
use super::super::renderer::is_listed;
use super::inks::Inks;
use super::{boxes, charts, failed, issues, layouts, lists, people, pictures};

/// Turns an element of the view into what it was; nothing if it does not look like it after all.
pub(super) type Form = fn(&mut Normaliser<'_>, &Element) -> Option<Vec<Node>>;

/// Classes and what they tell.
pub(super) type FormTable = &'static [(&'static str, Form)];

const TABLES: [FormTable; 7] = [
    boxes::FORMS,
    charts::FORMS,
    issues::FORMS,
    layouts::FORMS,
    lists::FORMS,
    people::FORMS,
    pictures::FORMS,
];

/// Elements that a reader of the wiki does not see or that only work there.
const DROPPED: &str = "head script style form fieldset input button select textarea label template noscript \
    object embed svg math ac:parameter";
/// Macros whose rendering may be empty.
const SILENT: &str = "anchor toc toc-zone excerpt details div span style table-filter";
/// Macros that show parts of other pages.
pub(super) const PULLING: &str = "include excerpt-include detailssummary contentbylabel blog-posts recently-updated tasks-report-macro \
     content-report-table";

/// A macro that the view shows, or failed to show.
#[derive(Debug)]
pub(super) struct Sighting {
    /// Empty if the view does not tell.
    pub(super) name: String,
    /// `data-macro-id` or `data-local-id`.
    pub(super) id: Option<String>,
    pub(super) failed: bool,
}

/// What one page's walk has to remember.
pub(super) struct Normaliser<'n> {
    pub(super) wiki_hosts: &'n [String],
    /// In document order.
    pub(super) sightings: Vec<Sighting>,
    pub(super) pulled: Vec<String>,
    inks: Inks,
}

impl<'n> Normaliser<'n> {
    pub(super) fn new(page: &[Node], wiki_hosts: &'n [String]) -> Self {
        Self {
            wiki_hosts,
            sightings: Vec::new(),
            pulled: Vec::new(),
            inks: Inks::of(page),
        }
    }

    pub(super) fn nodes(&mut self, nodes: &[Node]) -> Vec<Node> {
        let mut normal = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Node::Element(element) => normal.extend(self.element(element)),
                Node::Text(text) => match failed::name_in_text(text) {
                    Some(name) => normal.push(self.failure(&name, None)),
                    None => normal.push(Node::Text(text.clone())),
                },
            }
        }
        normal
    }

    pub(super) fn element(&mut self, element: &Element) -> Vec<Node> {
        if let Some(name) = failed::name_of(element) {
            return vec![self.failure(&name, Some(element))];
        }
        if let Some(normal) = self.known_form(element) {
            return normal;
        }
        match element.name.as_str() {
            "img" => pictures::image(self, element, None),
            "a" if people::is_person(element) => people::mention(self, element).unwrap_or_default(),
            "iframe" => vec![pictures::embedded_page(element)],
            "pre" if element.has_class("syntaxhighlighter-pre") => {
                boxes::code(self, element).unwrap_or_default()
            }
            name if is_listed(DROPPED, name) || is_hidden(element) => Vec::new(),
            // Storage format that Confluence left behind, or that somebody wrote into an HTML macro.
            name if name.contains(':') => self.nodes(&element.children),
            _ => self.other(element),
        }
    }

    fn known_form(&mut self, element: &Element) -> Option<Vec<Node>> {
        let macro_name = element.attribute("data-macro-name").unwrap_or_default();
        let by_name = lists::MACROS.iter().filter(|(name, _)| *name == macro_name);
        let classes = element.attribute("class").unwrap_or_default();
        let by_class = TABLES
            .iter()
            .flat_map(|table| table.iter())
            .filter(|(class, _)| classes.split_ascii_whitespace().any(|word| word == *class));
        by_name
            .chain(by_class)
            .find_map(|(_, form)| form(self, element))
    }

    /// An element that stays what it is.
    fn other(&mut self, element: &Element) -> Vec<Node> {
        if let Some(name) = element.attribute("data-macro-name") {
            if !is_listed(SILENT, name) && !shows_something(&element.children) {
                return vec![self.failure(name, Some(element))];
            }
            self.see(element, name);
        }
        let mut attributes = element.attributes.clone();
        if !matches!(element.name.as_str(), "abbr" | "dfn") {
            // Confluence writes user names, addresses and queries there.
            attributes.retain(|(name, _)| name != "title");
        }
        attributes.extend(self.inks.style_of(element));
        vec![
            Element {
                name: element.name.clone(),
                attributes,
                children: self.children_of(element),
            }
            .into(),
        ]
    }

    fn children_of(&mut self, element: &Element) -> Vec<Node> {
        match element.children.as_slice() {
            // What looks like a message there is an example of one.
            [Node::Text(_)] if is_listed("pre code samp", &element.name) => {
                element.children.clone()
            }
            children => self.nodes(children),
        }
    }

    /// Remembers a macro that the view shows; `guess` is its name where the element has none.
    pub(super) fn see(&mut self, element: &Element, guess: &str) {
        let name = element.attribute("data-macro-name").unwrap_or(guess);
        self.remember(name, Some(element), false);
        if is_listed(PULLING, name) {
            let title = element.find_class("panelHeader").map(Element::text);
            let from = title.filter(|title| !title.trim().is_empty());
            self.pulled.push(from.unwrap_or_else(|| name.to_owned()));
        }
    }

    /// The place of a macro that the view could not show. `recover.rs` may put something better there.
    pub(super) fn failure(&mut self, name: &str, element: Option<&Element>) -> Node {
        let name = failed::tidy_name(name);
        self.remember(name, element, true);
        let number = (self.sightings.len() - 1).to_string();
        Element::new(failed::PLACE)
            .with("name", name)
            .with("number", &number)
            .into()
    }

    pub(super) fn remember(&mut self, name: &str, element: Option<&Element>, failed: bool) {
        let id = element.and_then(|element| {
            let id = element.attribute("data-macro-id");
            id.or(element.attribute("data-local-id"))
        });
        self.sightings.push(Sighting {
            name: name.to_owned(),
            id: id.map(str::to_owned),
            failed,
        });
    }
}

fn is_hidden(element: &Element) -> bool {
    let style = element.attribute("style").unwrap_or_default();
    element.has_class("hidden") || style.replace(' ', "").contains("display:none")
}

/// Whether readers would see anything of some nodes.
pub(super) fn shows_something(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Text(text) => !text.trim().is_empty(),
        Node::Element(element) => match element.name.as_str() {
            "img" | "hr" | "time" => true,
            "iframe" => element.attribute("src").is_some(),
            "script" => element.has_class("chart-render-data"),
            name => !is_listed(DROPPED, name) && shows_something(&element.children),
        },
    })
}

/// The beginning of the text of some nodes, on one line: enough to know a sentence by.
pub(super) fn beginning(nodes: &[Node]) -> String {
    const ENOUGH: usize = 300;
    let mut text = String::new();
    collect(nodes, ENOUGH, &mut text);
    super::super::output::collapse(&text)
}

fn collect(nodes: &[Node], enough: usize, text: &mut String) {
    for node in nodes {
        if text.len() >= enough {
            return;
        }
        match node {
            Node::Text(words) => text.push_str(
                words
                    .get(..words.floor_char_boundary(enough))
                    .unwrap_or_default(),
            ),
            Node::Element(element) if is_listed(DROPPED, &element.name) => {}
            Node::Element(element) => collect(&element.children, enough, text),
        }
    }
}

/// The children of an element with a class, wherever it is below.
pub(super) fn inside<'e>(element: &'e Element, class: &str) -> Option<&'e [Node]> {
    element
        .find_class(class)
        .map(|found| found.children.as_slice())
}

/// The text of an element with a class below, on one line.
pub(super) fn line(element: &Element, class: &str) -> Option<String> {
    let text = super::super::output::collapse(&dom::text_of(inside(element, class)?));
    (!text.is_empty()).then_some(text)
}

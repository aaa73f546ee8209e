//! A small tree of parsed markup, just enough for rendering. How text becomes a tree is in `parse.rs`.

/// A piece of a page body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

/// An element; names keep their `ac:` and `ri:` prefix and are lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

impl Element {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    pub(super) fn with(mut self, attribute: &str, value: &str) -> Self {
        self.attributes
            .push((attribute.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn containing(mut self, children: Vec<Node>) -> Self {
        self.children.extend(children);
        self
    }

    pub(super) fn holding_text(self, text: &str) -> Self {
        self.containing(vec![Node::Text(text.to_owned())])
    }

    /// The value of an attribute; of repeated ones the first, as browsers do.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the `class` attribute has this word.
    pub(super) fn has_class(&self, class: &str) -> bool {
        let classes = self.attribute("class").unwrap_or_default();
        classes.split_ascii_whitespace().any(|word| word == class)
    }

    /// The first element with this class below, in document order.
    pub(super) fn find_class(&self, class: &str) -> Option<&Element> {
        self.elements().find_map(|child| {
            child
                .has_class(class)
                .then_some(child)
                .or_else(|| child.find_class(class))
        })
    }

    /// The child elements.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        elements(&self.children)
    }

    /// The first child element of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|child| child.name == name)
    }

    /// The first element of this name below, in document order.
    pub(super) fn find(&self, name: &str) -> Option<&Element> {
        self.elements().find_map(|child| {
            (child.name == name)
                .then_some(child)
                .or_else(|| child.find(name))
        })
    }

    /// All text below, as it stands.
    pub(super) fn text(&self) -> String {
        text_of(&self.children)
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

/// The elements among some nodes.
pub(super) fn elements(nodes: &[Node]) -> impl Iterator<Item = &Element> {
    nodes.iter().filter_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    })
}

/// All text of some nodes, as it stands.
pub(super) fn text_of(nodes: &[Node]) -> String {
    let mut text = String::new();
    collect_text(nodes, &mut text);
    text
}

fn collect_text(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(words) => text.push_str(words),
            Node::Element(element) => collect_text(&element.children, text),
        }
    }
}

/// The text a reader sees before macros have run: parameters are not part of it.
pub(super) fn visible_text(nodes: &[Node]) -> String {
    let pieces = nodes.iter().map(|node| match node {
        Node::Text(words) => words.clone(),
        Node::Element(element) if element.name == "ac:parameter" => String::new(),
        Node::Element(element) => visible_text(&element.children),
    });
    pieces.collect()
}

/// Visits every element in document order, those inside other elements included.
pub(super) fn visit<'n>(nodes: &'n [Node], seen: &mut impl FnMut(&'n Element)) {
    for element in elements(nodes) {
        seen(element);
        visit(&element.children, seen);
    }
}

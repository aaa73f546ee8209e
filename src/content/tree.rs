//! Builds the tree of a page body from tags and texts as they come, whoever read them.
//!
//! Deep nesting is flattened, so that everything after this may recurse over the tree.

use super::dom::{Element, Node};

/// Elements below this depth become children of the last one above it. Real pages stay under 60.
const MAX_DEPTH: usize = 150;
/// Elements that HTML closes by itself.
pub(super) const VOID: [&str; 8] = ["br", "hr", "img", "col", "input", "meta", "link", "wbr"];
/// Reserved by `output.rs` for its own marks, never text.
pub(super) const MARK: char = '\u{FDD0}';

/// A parsed body and, if it was not well-formed, the first thing that was wrong with it.
#[derive(Debug)]
pub(super) struct Fragment {
    pub(super) nodes: Vec<Node>,
    pub(super) problem: Option<String>,
}

/// A tree under construction.
#[derive(Default)]
pub(super) struct TreeBuilder {
    roots: Vec<Node>,
    open: Vec<Element>,
    /// Open elements beyond the depth limit, which are not in `open`.
    flattened: usize,
    problem: Option<String>,
}

impl TreeBuilder {
    pub(super) fn open(&mut self, element: Element) {
        if VOID.contains(&element.name.as_str()) {
            self.add(element.into());
        } else if self.open.len() >= MAX_DEPTH {
            self.flattened += 1;
            self.problem("elements nested too deeply");
        } else {
            self.open.push(element);
        }
    }

    /// Closes the innermost element of this name and all inside it, as XML would not allow.
    pub(super) fn close(&mut self, name: &str) {
        if self.close_flattened() || VOID.contains(&name) {
            return;
        }
        let Some(index) = self.open.iter().rposition(|element| element.name == name) else {
            self.problem(&format!("</{name}> closes nothing"));
            return;
        };
        if index + 1 < self.open.len() {
            self.problem(&format!("</{name}> closes other elements too"));
        }
        self.close_from(index);
    }

    /// Closes the innermost element of these names, as HTML does without a word, unless one of `walls` is around it
    /// first.
    pub(super) fn close_within(&mut self, names: &[&str], walls: &[&str]) {
        for (index, element) in self.open.iter().enumerate().rev() {
            let name = element.name.as_str();
            if names.contains(&name) {
                self.close_from(index);
                return;
            }
            if walls.contains(&name) {
                return;
            }
        }
    }

    /// Whether an end tag belongs to an element that was never opened because it was too deep.
    pub(super) fn close_flattened(&mut self) -> bool {
        let was = self.flattened > 0;
        self.flattened = self.flattened.saturating_sub(1);
        was
    }

    pub(super) fn text(&mut self, text: &str) {
        let clean = text.replace([MARK, '\0'], "");
        if clean.is_empty() {
            return;
        }
        let siblings = self.siblings();
        if let Some(Node::Text(before)) = siblings.last_mut() {
            before.push_str(&clean);
        } else {
            siblings.push(Node::Text(clean));
        }
    }

    pub(super) fn add(&mut self, node: Node) {
        self.siblings().push(node);
    }

    pub(super) fn problem(&mut self, detail: &str) {
        self.problem.get_or_insert_with(|| detail.to_owned());
    }

    /// Ends what is still open, as the end of a page does in HTML.
    pub(super) fn close_all(&mut self) {
        self.close_from(0);
    }

    pub(super) fn finish(mut self) -> Fragment {
        if let Some(element) = self.open.first() {
            let detail = format!("<{}> is never closed", element.name);
            self.problem(&detail);
        }
        self.close_from(0);
        Fragment {
            nodes: self.roots,
            problem: self.problem,
        }
    }

    fn close_from(&mut self, index: usize) {
        while self.open.len() > index {
            if let Some(element) = self.open.pop() {
                self.add(element.into());
            }
        }
    }

    fn siblings(&mut self) -> &mut Vec<Node> {
        match self.open.last_mut() {
            Some(parent) => &mut parent.children,
            None => &mut self.roots,
        }
    }
}

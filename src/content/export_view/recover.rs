//! Puts macros of the storage format where the export view has none.
//!
//! Never guesses: showing the wrong diagram is worse than showing none. A macro is taken by its id, or because the view
//! shows and fails exactly as many of its kind as the storage format has, in the same order.

use std::collections::{HashMap, HashSet};

use super::super::dom::{self, Element, Node};
use super::super::renderer::is_listed;
use super::failed::PLACE;
use super::normalise::{PULLING, Sighting};

/// Macros that Confluence renders itself; what a view leaves without a name is none of them.
const NATIVE: &str = "info tip note warning panel code noformat expand excerpt toc toc-zone status anchor section \
    column details detailssummary children pagetree include excerpt-include attachments gallery view-file viewpdf \
    viewdoc viewxls viewppt jira contentbylabel recently-updated profile contributors widget livesearch \
    pagetreesearch blog-posts change-history tasks-report-macro";

/// A macro of the storage format.
struct Stored<'s> {
    kind: String,
    ids: Vec<&'s str>,
    element: &'s Element,
}

/// Replaces the places of failed macros that have one clear counterpart.
pub(super) fn fill(nodes: &mut [Node], sightings: &[Sighting], storage: &[Node]) {
    if !sightings.iter().any(|sighting| sighting.failed) {
        return;
    }
    let stored = stored(storage);
    let by_id = by_id(&stored);
    let mut found = HashMap::new();
    let mut taken = HashSet::new();
    for (number, sighting) in sightings.iter().enumerate() {
        let known = sighting.id.as_deref().and_then(|id| by_id.get(id));
        if let Some(index) = known.filter(|index| taken.insert(**index)) {
            found.insert(number, *index);
        }
    }
    for (numbers, indexes) in pairs(sightings, &stored) {
        for (number, index) in numbers.into_iter().zip(indexes) {
            if !found.contains_key(&number) && taken.insert(index) {
                found.insert(number, index);
            }
        }
    }
    let element = |number: &str| {
        let index = found.get(&number.parse().ok()?)?;
        Some(stored.get(*index)?.element)
    };
    replace(nodes, &element);
}

/// The titles or names of what the storage format pulls in from other pages.
pub(super) fn pulled(storage: &[Node]) -> Vec<String> {
    let mut pulled = Vec::new();
    for stored in stored(storage) {
        if is_listed(PULLING, &stored.kind) {
            let page = stored.element.find("ri:page");
            let title = page.and_then(|page| page.attribute("ri:content-title"));
            pulled.push(title.unwrap_or(&stored.kind).to_owned());
        }
    }
    pulled
}

/// Places of sightings and of stored macros in their lists.
type Group = (Vec<usize>, Vec<usize>);

fn by_id<'s>(stored: &[Stored<'s>]) -> HashMap<&'s str, usize> {
    let numbered = stored.iter().enumerate();
    numbered
        .flat_map(|(index, stored)| stored.ids.iter().map(move |id| (*id, index)))
        .collect()
}

/// Sightings and stored macros of one kind, where their numbers agree; last those that the view leaves without a name.
fn pairs(sightings: &[Sighting], stored: &[Stored<'_>]) -> Vec<Group> {
    let mut seen: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, sighting) in sightings.iter().enumerate() {
        seen.entry(kind_of(&sighting.name))
            .or_default()
            .push(number);
    }
    let nameless = seen.remove("").unwrap_or_default();
    let mut left = Vec::new();
    let mut by_kind: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, stored) in stored.iter().enumerate() {
        let kind = stored.kind.as_str();
        if seen.contains_key(kind) {
            by_kind.entry(kind).or_default().push(index);
        } else if !is_listed(NATIVE, kind) {
            left.push(index);
        }
    }
    let mut pairs = vec![(nameless, left)];
    for (kind, numbers) in seen {
        pairs.push((numbers, by_kind.remove(kind).unwrap_or_default()));
    }
    pairs.retain(|(numbers, indexes)| numbers.len() == indexes.len());
    pairs
}

fn stored(nodes: &[Node]) -> Vec<Stored<'_>> {
    let mut found = Vec::new();
    collect(nodes, &mut found);
    found
}

fn collect<'s>(nodes: &'s [Node], found: &mut Vec<Stored<'s>>) {
    for element in dom::elements(nodes) {
        match element.name.as_str() {
            "ac:structured-macro" | "ac:macro" => {
                let name = element.attribute("ac:name").unwrap_or_default();
                found.push(stored_as(kind_of(name), element));
            }
            "ac:adf-node" if element.attribute("type") == Some("extension") => {
                let key = extension_key(element).unwrap_or_default();
                let name = key.rsplit('/').next().unwrap_or_default();
                found.push(stored_as(kind_of(name), element));
            }
            // The same once more.
            "ac:adf-fallback" => continue,
            _ => {}
        }
        collect(&element.children, found);
    }
}

fn stored_as<'s>(kind: &str, element: &'s Element) -> Stored<'s> {
    let ids = ["ac:macro-id", "ac:local-id", "local-id"]
        .iter()
        .filter_map(|name| element.attribute(name));
    Stored {
        kind: kind.to_owned(),
        ids: ids.collect(),
        element,
    }
}

fn extension_key(node: &Element) -> Option<String> {
    let found = node.elements().find(|child| {
        child.name == "ac:adf-attribute" && child.attribute("key") == Some("extension-key")
    })?;
    Some(found.text().trim().to_owned())
}

/// One word for the macros of an app, which a view does not tell apart.
fn kind_of(name: &str) -> &str {
    match name {
        "drawio" | "drawio-sketch" | "inc-drawio" => "drawio",
        "plantuml" | "plantumlrender" | "plantumlcloud" => "plantuml",
        "mermaid" | "mermaid-macro" | "mermaid-cloud" => "mermaid",
        other => other,
    }
}

fn replace<'s>(nodes: &mut [Node], element: &impl Fn(&str) -> Option<&'s Element>) {
    for node in nodes {
        let Node::Element(place) = node else {
            continue;
        };
        if place.name != PLACE {
            replace(&mut place.children, element);
            continue;
        }
        let number = place.attribute("number").unwrap_or_default();
        if let Some(stored) = element(number) {
            *place = stored.clone();
        }
    }
}

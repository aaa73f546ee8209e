//! People: their display name is kept, everything that identifies them in the wiki goes.

use super::super::dom::{Element, Node};
use super::super::inline::SHOWN_NAME;
use super::super::output::collapse;
use super::normalise::{FormTable, Normaliser, beginning, line};

pub(super) const FORMS: FormTable = &[
    ("profile-macro", profile),
    ("user-mention", mention),
    ("confluence-userlink", mention),
    ("userLogoLink", portrait),
];

/// The ids of a person, and what they are in storage format.
const KEYS: [(&str, &str); 3] = [
    ("data-account-id", "ri:account-id"),
    ("data-userkey", "ri:userkey"),
    ("data-username", "ri:username"),
];

pub(super) fn mention(_n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    Some(vec![person(
        element,
        &collapse(&beginning(&element.children)),
    )])
}

/// The box with a portrait, a name and ways to reach somebody.
fn profile(n: &mut Normaliser<'_>, element: &Element) -> Option<Vec<Node>> {
    n.see(element, "profile");
    let name = line(element, "fn").unwrap_or_default();
    let link = element.find_class("userLogoLink").unwrap_or(element);
    Some(vec![person(link, &name)])
}

/// Whether an element is a link to a person, whatever its class.
pub(super) fn is_person(element: &Element) -> bool {
    element.attribute("data-linked-resource-type") == Some("userinfo")
        || KEYS.iter().any(|(key, _)| element.attribute(key).is_some())
}

/// A portrait beside a name says nothing; its address is a key.
fn portrait(_n: &mut Normaliser<'_>, _element: &Element) -> Option<Vec<Node>> {
    Some(Vec::new())
}

/// A name that is only a key is none.
fn person(element: &Element, name: &str) -> Node {
    let mut person = Element::new("ri:user");
    let mut is_key = false;
    for (from, to) in KEYS {
        if let Some(key) = element.attribute(from) {
            is_key |= key.eq_ignore_ascii_case(name.trim_start_matches('@'));
            person = person.with(to, key);
        }
    }
    if !name.is_empty() && !is_key {
        person = person.with(SHOWN_NAME, name.trim_start_matches('@'));
    }
    person.into()
}

//! Ids of headings and anchors.
//!
//! One rule for the place and for the links to it: an id is the letters and digits of its name, in lower case,
//! after `c-`. So `#Install-the-gateway` of Confluence Cloud, `Manual-Installthegateway` of Data Center and the
//! plain heading all meet at `c-installthegateway`, across pages too.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

/// Keeps ids of page content apart from ids of the portal's own pages.
pub(super) const PREFIX: &str = "c-";
const MAX_CHARS: usize = 100;

/// The ids given so far on one page, each with how often its name came up again.
#[derive(Debug, Default)]
pub(super) struct Anchors(HashMap<String, usize>);

impl Anchors {
    /// An id of its own, made of this name.
    pub(super) fn claim(&mut self, name: &str) -> String {
        let wanted = id_of(name);
        let mut number = self.0.get(&wanted).copied().unwrap_or(0);
        let mut id = match number {
            0 => wanted.clone(),
            _ => format!("{wanted}{number}"),
        };
        while number > 0 && self.0.contains_key(&id) {
            number += 1;
            id = format!("{wanted}{number}");
        }
        self.0.insert(wanted, number + 1);
        self.0.entry(id.clone()).or_insert(1);
        id
    }

    /// The id of exactly this name, unless something on the page has it already.
    pub(super) fn claim_exactly(&mut self, name: &str) -> Option<String> {
        let id = id_of(name);
        if self.0.contains_key(&id) {
            return None;
        }
        self.0.insert(id.clone(), 1);
        Some(id)
    }
}

/// The id a link to `anchor` on the page `title` means.
pub(super) fn target(anchor: &str, title: &str) -> String {
    let decoded = percent_decode_str(anchor).decode_utf8_lossy();
    id_of(without_title(&decoded, title).unwrap_or(&decoded))
}

/// Data Center puts the page's title, without spaces, before the heading's text.
pub(super) fn without_title<'n>(anchor: &'n str, title: &str) -> Option<&'n str> {
    let title: String = title.chars().filter(|c| !c.is_whitespace()).collect();
    let rest = anchor.strip_prefix(&title)?.strip_prefix('-')?;
    (!title.is_empty() && rest.chars().any(char::is_alphanumeric)).then_some(rest)
}

fn id_of(name: &str) -> String {
    let key: String = name
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(MAX_CHARS)
        .collect();
    if key.is_empty() {
        format!("{PREFIX}section")
    } else {
        format!("{PREFIX}{key}")
    }
}

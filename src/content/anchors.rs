//! Ids of headings and anchors. One rule for the place and for the links to it: an id is the letters and digits
//! of its name, in lower case, after `c-`. So `#Install-the-gateway` of Confluence Cloud, `Manual-Installthegateway`
//! of Data Center and the plain heading all meet at `c-installthegateway`, across pages too.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

/// Keeps ids of page content apart from ids of the portal's own pages.
pub(super) const PREFIX: &str = "c-";
const MAX_CHARS: usize = 100;

/// The ids given so far on one page.
#[derive(Debug, Default)]
pub(super) struct Anchors(HashSet<String>);

impl Anchors {
    /// An id of its own, made of this name.
    pub(super) fn claim(&mut self, name: &str) -> String {
        let wanted = id_of(name);
        let mut id = wanted.clone();
        let mut number = 0;
        while !self.0.insert(id.clone()) {
            number += 1;
            id = format!("{wanted}{number}");
        }
        id
    }

    /// The id of exactly this name, unless something on the page has it already.
    pub(super) fn claim_exactly(&mut self, name: &str) -> Option<String> {
        let id = id_of(name);
        self.0.insert(id.clone()).then_some(id)
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

//! Links and files that Confluence has resolved itself: it writes the id of what it found beside the address.
//!
//! An id outlives renamed pages and files, so it is asked before the address is read.

use super::dom::Element;
use super::library::{FileLink, Lookup};
use super::links::{self, Destination};
use super::renderer::Renderer;
use super::wiki_url::{self, WikiTarget};

/// Where a link with `data-linked-resource-id` leads, and the title of what is there. `None` leaves it to the address.
pub(super) fn destination(
    r: &mut Renderer<'_>,
    link: &Element,
    address: &str,
) -> Option<(Destination, String)> {
    let id = link.attribute("data-linked-resource-id")?;
    match link.attribute("data-linked-resource-type")? {
        "page" | "blogpost" => {
            let lookup = r.library.page_by_id(id);
            if lookup == Lookup::Missing {
                return None;
            }
            let wiki = wiki_url::recognise(address, r.options.wiki_hosts);
            let named = wiki.as_ref().and_then(|wiki| wiki.title.clone());
            let named = named.unwrap_or_else(|| "a page without a name".to_owned());
            let anchor = wiki.and_then(|wiki| wiki.anchor);
            match links::found(r, lookup, &named) {
                Some(page) => Some((links::to_page(&page, anchor.as_deref()), page.title)),
                None => Some((Destination::Nowhere, named)),
            }
        }
        "attachment" => {
            let file = r.library.file_by_id(bare_id(id))?;
            Some((Destination::Inside(file.url), file.name))
        }
        _ => None,
    }
}

/// An attachment by its id; failing that by its page and name, as they stand beside the id or in the address.
pub(super) fn file(r: &mut Renderer<'_>, target: &Element, id: &str) -> Option<FileLink> {
    if let Some(file) = r.library.file_by_id(bare_id(id)) {
        return Some(file);
    }
    let attribute = |name| target.attribute(name);
    let address = attribute("ri:address").unwrap_or_default();
    let wiki = wiki_url::recognise(address, r.options.wiki_hosts);
    let (page_id, name) = match wiki.map(|wiki| wiki.target) {
        Some(WikiTarget::File { content_id, name }) => (Some(content_id), Some(name)),
        _ => (None, None),
    };
    let own = || r.page().content_id;
    let page_id = attribute("ri:container-id").map(str::to_owned).or(page_id);
    let page_id = page_id.unwrap_or_else(own);
    let name = attribute("ri:filename").map(str::to_owned).or(name);
    links::find_file(r, &page_id, &name.unwrap_or_default())
}

/// The API of Cloud writes `att123`, HTML `123`.
fn bare_id(id: &str) -> &str {
    id.strip_prefix("att").unwrap_or(id)
}

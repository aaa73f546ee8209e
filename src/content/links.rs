//! Where links of all kinds lead.
//!
//! Inside the share they lead to the share's own pages and files, with their anchor; into the rest of the company's
//! Confluence they are plain text; to the web they stay or not, as the options say.

use percent_encoding::percent_decode_str;
use url::Url;

use super::dom::{Element, Node};
use super::finding::{FindingKind, short};
use super::library::{FileLink, Lookup, PageLink};
use super::output::collapse;
use super::renderer::Renderer;
use super::wiki_url::{self, WikiTarget, WikiUrl};
use super::{ExternalLinks, anchors, disclosures, inline, linked, sanitize};

/// Where a link may lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// A path of the portal, a place on this page, or a way to write or call; opens nothing new.
    Inside(String),
    /// The outside web; opens in a new tab.
    Web(String),
    /// Nowhere: only the text is shown.
    Nowhere,
}

/// A link's destination and the text it gets when the author wrote none.
struct Link {
    to: Destination,
    label: String,
}

impl Link {
    fn nowhere(label: &str) -> Self {
        Self {
            to: Destination::Nowhere,
            label: label.to_owned(),
        }
    }
}

/// `ac:link` with what it points at and its text.
pub(super) fn render_ac_link(r: &mut Renderer<'_>, element: &Element) {
    if let Some(user) = element.child("ri:user") {
        inline::render_mention(r, user);
        return;
    }
    let link = resolve(r, element);
    let plain = element.child("ac:plain-text-link-body");
    let rich = element.child("ac:link-body").or(plain);
    let body = rich
        .map(|body| body.children.as_slice())
        .unwrap_or_default();
    write(r, &link.to, |r| {
        if body.is_empty() {
            r.out.text(&link.label);
        } else {
            r.nodes(body);
        }
    });
}

/// `<a href>`: in-page, pasted address of the wiki, or the web. One without `href` is a place to jump to.
pub(super) fn render_anchor(r: &mut Renderer<'_>, element: &Element) {
    let place = element.attribute("id").or(element.attribute("name"));
    let title = r.page().title;
    let place = place.map(|name| anchors::without_title(name, &title).unwrap_or(name));
    if let Some(id) = place.and_then(|name| r.anchors.claim_exactly(name)) {
        r.wrap("span", &[("id", &id)], |_| {});
    }
    let address = element.attribute("href").unwrap_or_default().trim();
    let (to, title) = match linked::destination(r, element, address) {
        Some((to, title)) => (to, Some(title)),
        None => of_address(r, address),
    };
    // A pasted address of the wiki says nothing to a reader, and its host is nobody's business.
    let shown = collapse(&element.text());
    let says_nothing = element.elements().next().is_none() && shown.is_empty()
        || shown == collapse(address)
        || wiki_url::is_written(&shown, r.options.wiki_hosts);
    write(r, &to, |r| match title {
        Some(title) if says_nothing => r.out.text(&title),
        _ => r.nodes(&element.children),
    });
}

/// Writes a link, or only its text when it leads nowhere.
pub(super) fn write(r: &mut Renderer<'_>, to: &Destination, inner: impl FnOnce(&mut Renderer<'_>)) {
    match to {
        Destination::Inside(href) => {
            let href = ("href", href.as_str());
            r.out.open("a", &[href]);
            inner(r);
            r.out.close("a");
        }
        Destination::Web(href) => {
            let href = ("href", href.as_str());
            r.out
                .open("a", &[href, ("class", "external"), ("target", "_blank")]);
            inner(r);
            r.out.close("a");
        }
        Destination::Nowhere => inner(r),
    }
}

/// Where an address leads, and the title to show instead of it when it is one of the wiki's.
pub(super) fn of_address(r: &mut Renderer<'_>, address: &str) -> (Destination, Option<String>) {
    if let Some(anchor) = address.strip_prefix('#') {
        return (in_page(r, anchor), None);
    }
    if let Some(wiki) = wiki_url::recognise(address, r.options.wiki_hosts) {
        let (to, title) = of_wiki_url(r, &wiki);
        let title = title.or(wiki.title);
        return (
            to,
            Some(title.unwrap_or_else(|| "a page of the wiki".to_owned())),
        );
    }
    (of_web(r, address), None)
}

fn in_page(r: &Renderer<'_>, anchor: &str) -> Destination {
    if anchor.is_empty() {
        return Destination::Nowhere;
    }
    let id = anchors::target(anchor, &r.page().title);
    Destination::Inside(format!("#{id}"))
}

fn of_wiki_url(r: &mut Renderer<'_>, wiki: &WikiUrl) -> (Destination, Option<String>) {
    let named = wiki.title.as_deref().unwrap_or("a page without a name");
    let page = match &wiki.target {
        WikiTarget::PageById(id) => found(r, r.library.page_by_id(id), named),
        WikiTarget::PageByTitle { space_key, title } => {
            found(r, r.library.page_by_title(Some(space_key), title), title)
        }
        WikiTarget::File { content_id, name } => {
            let file = find_file(r, content_id, name);
            return match file {
                Some(file) => (Destination::Inside(file.url), Some(file.name)),
                None => (Destination::Nowhere, None),
            };
        }
        WikiTarget::Other => None,
    };
    match page {
        Some(page) => (to_page(&page, wiki.anchor.as_deref()), Some(page.title)),
        None => (Destination::Nowhere, None),
    }
}

/// Only addresses a browser takes as plain links to elsewhere.
fn of_web(r: &mut Renderer<'_>, address: &str) -> Destination {
    let Ok(url) = Url::parse(address) else {
        return Destination::Nowhere;
    };
    let safe = sanitize::SCHEMES.contains(&url.scheme());
    if !safe || r.options.external_links == ExternalLinks::PlainText {
        return Destination::Nowhere;
    }
    match url.scheme() {
        "mailto" => {
            let written = percent_decode_str(url.path()).decode_utf8_lossy();
            disclosures::note_addresses(&mut r.findings, &written);
            Destination::Inside(url.into())
        }
        "tel" => Destination::Inside(url.into()),
        _ => {
            let host = short(url.host_str().unwrap_or_default());
            r.findings.note(FindingKind::ExternalLink { host });
            Destination::Web(url.into())
        }
    }
}

pub(super) fn to_page(page: &PageLink, anchor: Option<&str>) -> Destination {
    Destination::Inside(match anchor.filter(|anchor| !anchor.is_empty()) {
        Some(anchor) => format!("{}#{}", page.url, anchors::target(anchor, &page.title)),
        None => page.url.clone(),
    })
}

fn resolve(r: &mut Renderer<'_>, element: &Element) -> Link {
    let anchor = element.attribute("ac:anchor");
    let Some(target) = element
        .elements()
        .find(|child| child.name.starts_with("ri:"))
    else {
        let anchor = anchor.unwrap_or_default();
        return Link {
            to: in_page(r, anchor),
            label: anchor.to_owned(),
        };
    };
    let attribute = |name| target.attribute(name).unwrap_or_default();
    match target.name.as_str() {
        "ri:page" | "ri:blog-post" | "ri:content-entity" => {
            let label = attribute("ri:content-title");
            match find_page(r, target) {
                Some(page) => Link {
                    to: to_page(&page, anchor),
                    label: if label.is_empty() {
                        page.title
                    } else {
                        label.to_owned()
                    },
                },
                None => Link::nowhere(label),
            }
        }
        "ri:attachment" => match find_attachment(r, target) {
            Some(file) => Link {
                to: Destination::Inside(file.url),
                label: file.name,
            },
            None => Link::nowhere(attribute("ri:filename")),
        },
        "ri:space" => Link::nowhere(attribute("ri:space-key")),
        "ri:shortcut" => Link::nowhere(attribute("ri:parameter")),
        "ri:url" => {
            let address = attribute("ri:value");
            let (to, title) = of_address(r, address);
            let label = title.unwrap_or_else(|| address.to_owned());
            Link { to, label }
        }
        _ => Link::nowhere(""),
    }
}

/// The page an `ri:` element names, if the share has it; otherwise the admin learns of it.
pub(super) fn find_page(r: &mut Renderer<'_>, target: &Element) -> Option<PageLink> {
    if let Some(id) = target.attribute("ri:content-id") {
        return found(r, r.library.page_by_id(id), "a page without a name");
    }
    let space_key = target.attribute("ri:space-key");
    match (target.attribute("ri:content-title"), space_key) {
        (None | Some("" | "@self"), None) => {
            let own = r.page();
            found(r, r.library.page_by_id(&own.content_id), &own.title)
        }
        (title, space_key) => page_titled(r, space_key, title.unwrap_or_default()),
    }
}

/// A page by its title, in the space of the page being read unless another one is named.
pub(super) fn page_titled(
    r: &mut Renderer<'_>,
    space_key: Option<&str>,
    title: &str,
) -> Option<PageLink> {
    let own = r.page().space_key;
    let space = space_key.unwrap_or(&own);
    let space = Some(space).filter(|space| !space.is_empty());
    found(r, r.library.page_by_title(space, title), title)
}

pub(super) fn found(
    r: &mut Renderer<'_>,
    lookup: Lookup<PageLink>,
    title: &str,
) -> Option<PageLink> {
    match lookup {
        Lookup::Found(page) => return Some(page),
        Lookup::OutsideShare => r.findings.note(FindingKind::OutsideLink {
            title: short(title),
        }),
        Lookup::Missing => r.findings.note(FindingKind::MissingPage {
            title: short(title),
        }),
    }
    None
}

/// The file an `ri:attachment` names: of the page inside it, or of the page being read.
pub(super) fn find_attachment(r: &mut Renderer<'_>, target: &Element) -> Option<FileLink> {
    if let Some(id) = target.attribute("ri:attachment-id") {
        return linked::file(r, target, id);
    }
    let name = target.attribute("ri:filename").unwrap_or_default();
    match target
        .elements()
        .find(|child| child.name.starts_with("ri:"))
    {
        Some(owner) => {
            let owner = find_page(r, owner)?;
            find_file(r, &owner.content_id, name)
        }
        None => find_file(r, &r.page().content_id, name),
    }
}

/// A page's file by name; a missing one is noted.
pub(super) fn find_file(r: &mut Renderer<'_>, content_id: &str, name: &str) -> Option<FileLink> {
    let file = r.library.file(content_id, name);
    if file.is_none() {
        r.findings
            .note(FindingKind::MissingFile { name: short(name) });
    }
    file
}

/// Writes a link to a page of the share.
pub(super) fn write_page_link(r: &mut Renderer<'_>, page: &PageLink) {
    write(r, &to_page(page, None), |r| r.out.label(&page.title));
}

/// The first `ri:` element among nodes.
pub(super) fn resource_in(nodes: &[Node]) -> Option<&Element> {
    super::dom::elements(nodes).find_map(|element| {
        if element.name.starts_with("ri:") {
            Some(element)
        } else {
            resource_in(&element.children)
        }
    })
}

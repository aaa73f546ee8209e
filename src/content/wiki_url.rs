//! Understands the addresses Confluence gives its pages, files and people, so that a pasted link can become a link
//! of the share.
//!
//! Only reads them; what visitors get is decided in `links.rs`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use percent_encoding::percent_decode_str;
use url::Url;

/// What an address of the company's Confluence points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WikiUrl {
    pub(super) target: WikiTarget,
    /// The fragment without `#`, as it stands in the address.
    pub(super) anchor: Option<String>,
    /// The title in the address, if it has one.
    pub(super) title: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WikiTarget {
    PageById(String),
    PageByTitle {
        space_key: String,
        title: String,
    },
    File {
        content_id: String,
        name: String,
    },
    /// A space, person, board, form or anything else a share has no page for.
    Other,
}

/// Recognises an absolute address on one of the wiki's hosts, or an absolute path, which is always the wiki's own.
pub(super) fn recognise(address: &str, wiki_hosts: &[String]) -> Option<WikiUrl> {
    let url = if address.starts_with('/') && !address.starts_with("//") {
        Url::parse("https://wiki.invalid")
            .ok()?
            .join(address)
            .ok()?
    } else {
        let url = Url::parse(address).ok()?;
        is_wiki(&url, wiki_hosts).then_some(url)?
    };
    let segments: Vec<String> = url.path_segments()?.map(decode).collect();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (target, title) = read_path(within_context(&parts), &url);
    let anchor = url.fragment().filter(|anchor| !is_comment(anchor));
    Some(WikiUrl {
        target,
        anchor: anchor.map(str::to_owned),
        title,
    })
}

/// Whether a text is an absolute address of the wiki and nothing else.
pub(super) fn is_written(text: &str, wiki_hosts: &[String]) -> bool {
    text.contains("://") && Url::parse(text).is_ok_and(|url| is_wiki(&url, wiki_hosts))
}

/// The page that an address points at, whatever host it names: somebody who pastes it knows that it is the wiki's.
pub fn recognise_anywhere(address: &str) -> Option<WikiTarget> {
    let path = match Url::parse(address) {
        Ok(url) => format!(
            "{}{}{}",
            url.path(),
            url.query().map_or("", |_| "?"),
            url.query().unwrap_or_default()
        ),
        Err(_not_absolute) => address.to_owned(),
    };
    recognise(&path, &[]).map(|url| url.target)
}

/// Whether an absolute address is taken for one of the company's own Confluence: by its host, where that is known, or
/// because only a Confluence has such addresses. Better a link to somebody else's wiki shown as text than a reader sent
/// to the company's login.
pub(super) fn is_wiki(url: &Url, wiki_hosts: &[String]) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    if !matches!(url.scheme(), "http" | "https") {
        return false;
    }
    let with_port = url.port().map(|port| format!("{host}:{port}"));
    let is_known = wiki_hosts.iter().any(|wiki| {
        wiki.eq_ignore_ascii_case(host)
            || with_port
                .as_deref()
                .is_some_and(|full| wiki.eq_ignore_ascii_case(full))
    });
    is_known || host.ends_with(".atlassian.net") || has_wiki_path(url)
}

/// `/pages/*.action`, `/display/KEY/…`, `/spaces/KEY/pages/123…`, `/download/attachments/123/…`, with or without a
/// context path.
fn has_wiki_path(url: &Url) -> bool {
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    let parts = within_context(&segments);
    match parts {
        ["pages", action, ..] => action.ends_with(".action"),
        ["display", _, _, ..] => true,
        ["download", "attachments" | "thumbnails", id, _, ..] => is_id(id),
        ["spaces", _, "pages", id, ..] => id.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// Titles in paths are form-encoded: a plus is a space there.
fn title(segment: &str) -> String {
    segment.replace('+', " ")
}

fn is_comment(anchor: &str) -> bool {
    anchor.starts_with("comment-")
}

/// Leaves out `/wiki` of Cloud or the context path of Data Center.
fn within_context<'p>(parts: &'p [&'p str]) -> &'p [&'p str] {
    const FIRST: [&str; 8] = [
        "spaces", "display", "pages", "x", "download", "people", "rest", "plugins",
    ];
    let start = parts.iter().take(3).position(|part| FIRST.contains(part));
    parts.get(start.unwrap_or(0)..).unwrap_or_default()
}

fn read_path(parts: &[&str], url: &Url) -> (WikiTarget, Option<String>) {
    match parts {
        ["spaces", _, "pages", id, rest @ ..] if is_id(id) => {
            (by_id(id), rest.first().map(|last| title(last)))
        }
        ["spaces", _, "blog", _, _, _, id, rest @ ..] if is_id(id) => {
            (by_id(id), rest.first().map(|last| title(last)))
        }
        // The way to create a page that was missing; it may be there by now.
        ["pages", "viewpage.action" | "createpage.action"] => by_query(url),
        ["x", code] => (
            tiny_id(code).map_or(WikiTarget::Other, |id| by_id(&id)),
            None,
        ),
        ["display", "public", space, page] | ["display", space, page] => by_title(space, page),
        ["display", space, year, _, _, page] if year.len() == 4 => by_title(space, page),
        ["download", "attachments" | "thumbnails", id, name, ..] if is_id(id) => {
            let file = WikiTarget::File {
                content_id: (*id).to_owned(),
                name: title(name),
            };
            (file, Some(title(name)))
        }
        _ => (WikiTarget::Other, None),
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn by_id(id: &str) -> WikiTarget {
    WikiTarget::PageById(id.to_owned())
}

fn by_title(space: &str, page: &str) -> (WikiTarget, Option<String>) {
    let title = title(page);
    let target = WikiTarget::PageByTitle {
        space_key: space.to_owned(),
        title: title.clone(),
    };
    (target, Some(title))
}

fn by_query(url: &Url) -> (WikiTarget, Option<String>) {
    let query = |wanted: &str| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    if let Some(id) = query("pageId").filter(|id| is_id(id)) {
        return (WikiTarget::PageById(id), None);
    }
    match (query("spaceKey"), query("title")) {
        (Some(space_key), Some(title)) => {
            let target = WikiTarget::PageByTitle {
                space_key,
                title: title.clone(),
            };
            (target, Some(title))
        }
        _ => (WikiTarget::Other, None),
    }
}

/// The page id in a tiny link: its little-endian bytes in base64 with `-` for `/` and `_` for `+`, without the
/// trailing zeros.
fn tiny_id(code: &str) -> Option<String> {
    if code.is_empty() || code.len() > 11 {
        return None;
    }
    let mut text = code.replace('-', "/").replace('_', "+");
    while text.len() < 12 {
        text.push('A');
    }
    let bytes = STANDARD_NO_PAD.decode(text).ok()?;
    let bytes: [u8; 8] = bytes.get(..8)?.try_into().ok()?;
    Some(u64::from_le_bytes(bytes).to_string())
}

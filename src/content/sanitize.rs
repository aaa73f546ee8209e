//! The last step of rendering: an allow-list of tags, attributes and values.
//!
//! Nothing edits markup after it. The renderer writes nothing that is refused here; this is the second lock on the
//! same door.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;
use url::Url;

use super::anchors::PREFIX;
use super::classes;

/// Markup that passed the sanitizer. Only this room makes one, so a template may print it unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SanitizedHtml(String);

impl SanitizedHtml {
    pub(super) fn clean(markup: &str) -> Self {
        Self(POLICY.clean(markup).to_string())
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

const TAGS: &str = "a abbr audio b blockquote br caption cite code col colgroup dd del details dfn div dl \
    dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark nav ol p pre q s \
    samp section small span strong sub summary sup table tbody td tfoot th thead time tr \
    u ul var video wbr bdi bdo ruby rt rp data";

/// Tags whose text goes with them.
const CLEAN_CONTENT: [&str; 6] = [
    "script", "style", "template", "noscript", "iframe", "object",
];

/// The attributes of each tag beyond those of all tags.
const ATTRIBUTES: [(&str, &[&str]); 13] = [
    ("a", &["href", "target"]),
    ("img", &["src", "alt", "width", "height", "loading"]),
    ("video", &["src", "controls", "preload", "width"]),
    ("audio", &["src", "controls", "preload"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("col", &["span", "width"]),
    ("ol", &["start", "reversed"]),
    ("li", &["value"]),
    ("time", &["datetime"]),
    ("div", &["role", "aria-label", "tabindex"]),
    ("span", &["role", "aria-label", "aria-hidden"]),
    ("nav", &["aria-label"]),
];

/// Schemes of links that leave the portal.
pub(super) const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Attributes of all tags. No `style`, no `name`, no `data-`.
const GENERIC: [&str; 6] = ["class", "id", "title", "lang", "dir", "tabindex"];

/// Compiled once; a constant.
static POLICY: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut policy = Builder::empty();
    policy
        .tags(TAGS.split_ascii_whitespace().collect())
        .clean_content_tags(HashSet::from(CLEAN_CONTENT))
        .generic_attributes(HashSet::from(GENERIC))
        .tag_attributes(
            ATTRIBUTES
                .iter()
                .map(|(tag, names)| (*tag, names.iter().copied().collect()))
                .collect::<HashMap<_, HashSet<_>>>(),
        )
        .url_schemes(HashSet::from(SCHEMES))
        // A sandboxed frame is a stranger to the portal; by this the portal knows its pictures from hot-linked ones.
        .set_tag_attribute_value("img", "referrerpolicy", "origin")
        .link_rel(Some("noopener noreferrer nofollow"))
        .id_prefix(Some(PREFIX))
        .strip_comments(true)
        .attribute_filter(filter);
    policy
});

/// Decides on the value of an attribute whose name is allowed.
fn filter<'v>(_tag: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let kept = match attribute {
        "class" => return known_classes(value).map(Cow::Owned),
        "href" => is_safe_href(value),
        "src" => is_own_file(value),
        "target" => value == "_blank",
        "tabindex" => value == "0",
        "role" => matches!(value, "region" | "note" | "img"),
        "scope" => matches!(value, "row" | "col"),
        "preload" => value == "metadata",
        "loading" => value == "lazy",
        "aria-hidden" => value == "true",
        "dir" => matches!(value, "ltr" | "rtl" | "auto"),
        "width" | "height" => is_number(value.strip_suffix('%').unwrap_or(value)),
        "colspan" | "rowspan" | "span" | "start" | "value" => is_number(value),
        "id" => !value.contains(char::is_whitespace),
        _ => true,
    };
    kept.then_some(Cow::Borrowed(value))
}

fn known_classes(value: &str) -> Option<String> {
    let known: Vec<&str> = value
        .split_ascii_whitespace()
        .filter(|class| classes::is_known(class))
        .collect();
    (!known.is_empty()).then(|| known.join(" "))
}

/// A place on this page, a path of the portal, or an address of the web.
fn is_safe_href(value: &str) -> bool {
    if let Some(fragment) = value.strip_prefix('#') {
        return fragment.starts_with(PREFIX);
    }
    is_path(value) || Url::parse(value).is_ok_and(|url| SCHEMES.contains(&url.scheme()))
}

fn is_own_file(value: &str) -> bool {
    is_path(value) && value.starts_with("/content/")
}

/// An absolute path that no browser takes for another host or another directory.
fn is_path(value: &str) -> bool {
    value.starts_with('/')
        && !value.starts_with("//")
        && !value.contains(['\\', '\t', '\n', '\r'])
        && !value.split(['/', '?', '#']).any(|part| part == "..")
}

fn is_number(value: &str) -> bool {
    (1..=5).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
}

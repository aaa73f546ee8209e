//! Pieces of long lists: opaque cursors on Cloud, `start` and `limit` on Data Center.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::exchange::Request;

/// A piece of a list.
pub(crate) struct Piece<T> {
    pub items: Vec<T>,
    pub start: usize,
    pub limit: usize,
    pub has_more: bool,
}

impl<T> Piece<T> {
    pub(crate) fn cut(all: Vec<T>, start: usize, limit: usize) -> Self {
        let has_more = all.len() > start + limit;
        let items = all.into_iter().skip(start).take(limit).collect();
        Self {
            items,
            start,
            limit,
            has_more,
        }
    }

    pub(crate) fn map<U>(self, change: impl FnMut(T) -> U) -> Piece<U> {
        Piece {
            items: self.items.into_iter().map(change).collect(),
            start: self.start,
            limit: self.limit,
            has_more: self.has_more,
        }
    }
}

/// Where a cursor stands. `None` is a cursor that the fake never gave.
pub(crate) fn cursor_start(request: &Request) -> Option<usize> {
    let Some(cursor) = request.query("cursor") else {
        return Some(0);
    };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    String::from_utf8(bytes)
        .ok()?
        .strip_prefix("at:")?
        .parse()
        .ok()
}

pub(crate) fn cursor(start: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("at:{start}"))
}

pub(crate) fn number(request: &Request, name: &str, default: usize) -> usize {
    let given = request.query(name).and_then(|value| value.parse().ok());
    given.unwrap_or(default)
}

/// The same query with one parameter set anew.
pub(crate) fn query_with(request: &Request, set: &[(&str, String)]) -> String {
    let old = request.query.iter();
    let old = old.filter(|(name, _)| set.iter().all(|(new, _)| new != name));
    let old = old.map(|(name, value)| (name.as_str(), value.as_str()));
    let new = set.iter().map(|(name, value)| (*name, value.as_str()));
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let pairs: Vec<String> = old
        .chain(new)
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    pairs.join("&")
}

//! The query string hash of Atlassian's tokens: SHA-256 over method, path and sorted query of one request.
//!
//! Everybody agrees on it while each parameter stands once and has a plain name. Beyond that, libraries differ: some sort
//! the values of a repeated parameter, some keep the order of the request; some sort names as they are, some in their
//! escaped form. What we sign is what Atlassian's library for Node makes; what comes in may be any of these.

use std::cmp::Ordering;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use sha2::{Digest, Sha256};
use url::Url;

/// The parameter that carries the token itself, and is not hashed.
const TOKEN: &str = "jwt";

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[derive(Clone, Copy)]
enum Names {
    Plain,
    Escaped,
}

#[derive(Clone, Copy)]
enum Values {
    Sorted,
    AsSent,
}

/// The first is what we sign with.
const READINGS: [(Names, Values); 4] = [
    (Names::Plain, Values::Sorted),
    (Names::Plain, Values::AsSent),
    (Names::Escaped, Values::Sorted),
    (Names::Escaped, Values::AsSent),
];

/// The hash of a request.
///
/// `target` is the raw path with the query as it stands in the request line, `base_path` what is cut off its beginning:
/// empty for the portal, `/wiki` for requests to Confluence Cloud.
pub fn hash(method: &str, target: &str, base_path: &str) -> String {
    Request::read(method, target, base_path).hash(Names::Plain, Values::Sorted)
}

/// Whether `claimed` is the hash of the request, with values of repeated parameters sorted or in the order sent.
pub fn matches(claimed: &str, method: &str, target: &str, base_path: &str) -> bool {
    let request = Request::read(method, target, base_path);
    READINGS
        .into_iter()
        .any(|(names, values)| request.hash(names, values) == claimed)
}

/// The same request with its parameters in an order that all libraries agree on. Unless one of them is repeated, that is
/// the order they have.
pub(in crate::confluence) fn sort_repeated(url: &Url) -> Url {
    let mut url = url.clone();
    let query = url.query().unwrap_or_default().to_owned();
    let mut pieces: Vec<(Parameter, &str)> = query
        .split('&')
        .map(|piece| (Parameter::read(piece), piece))
        .collect();
    pieces.sort_by(|(one, _), (other, _)| one.compare(other, Names::Escaped, Values::Sorted));
    let is_repeated = pieces
        .windows(2)
        .any(|pair| matches!(pair, [(one, _), (other, _)] if one.name == other.name));
    if is_repeated {
        let sorted: Vec<&str> = pieces.into_iter().map(|(_, piece)| piece).collect();
        url.set_query(Some(&sorted.join("&")));
    }
    url
}

struct Request {
    /// Method and path in their canonical form, with `&` behind each.
    head: String,
    /// In the order sent.
    parameters: Vec<Parameter>,
}

struct Parameter {
    name: String,
    escaped_name: String,
    value: String,
}

impl Request {
    fn read(method: &str, target: &str, base_path: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let method = method.to_ascii_uppercase();
        let path = canonical_path(path, base_path);
        let parameters = query
            .split('&')
            .filter(|piece| !piece.is_empty())
            .map(Parameter::read)
            .filter(|parameter| parameter.name != TOKEN)
            .collect();
        Self {
            head: format!("{method}&{path}&"),
            parameters,
        }
    }

    fn hash(&self, names: Names, values: Values) -> String {
        hex::encode(Sha256::digest(self.canonical(names, values)))
    }

    fn canonical(&self, names: Names, values: Values) -> String {
        let mut sorted: Vec<&Parameter> = self.parameters.iter().collect();
        // Stable: what compares as equal stays in the order sent.
        sorted.sort_by(|one, other| one.compare(other, names, values));
        let mut canonical = self.head.clone();
        let mut last: Option<&Parameter> = None;
        for parameter in sorted {
            match last {
                Some(last) if last.name == parameter.name => canonical.push(','),
                _ => {
                    canonical.push_str(if last.is_some() { "&" } else { "" });
                    canonical.push_str(&parameter.escaped_name);
                    canonical.push('=');
                }
            }
            canonical.extend(utf8_percent_encode(&parameter.value, ESCAPED));
            last = Some(parameter);
        }
        canonical
    }
}

impl Parameter {
    fn read(piece: &str) -> Self {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        let name = decode(name);
        Self {
            escaped_name: utf8_percent_encode(&name, ESCAPED).to_string(),
            name,
            value: decode(value),
        }
    }

    fn compare(&self, other: &Self, names: Names, values: Values) -> Ordering {
        let by_name = match names {
            Names::Plain => compare_as_utf16(&self.name, &other.name),
            Names::Escaped => self.escaped_name.cmp(&other.escaped_name),
        };
        by_name.then_with(|| match values {
            Values::Sorted => compare_as_utf16(&self.value, &other.value),
            Values::AsSent => Ordering::Equal,
        })
    }
}

/// The order of JavaScript and Java, which differs from ours where a character needs two units.
fn compare_as_utf16(one: &str, other: &str) -> Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}

/// The base path is cut off as text: `/ac` also off `/account`. Escapes stay as they were sent.
fn canonical_path(path: &str, base_path: &str) -> String {
    let below = path.strip_prefix(base_path).unwrap_or(path);
    let path = below.replace('&', "%26");
    let path = match path.starts_with('/') {
        true => path,
        false => format!("/{path}"),
    };
    match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter.to_owned(),
        _ => path,
    }
}

/// As forms are decoded. Bytes that are no UTF-8 become U+FFFD, as in Atlassian's library.
fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode(text.as_bytes())
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests;

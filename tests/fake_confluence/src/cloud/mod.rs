//! Confluence Cloud: which path is answered by what. The site and the gateway show the same; who may ask is in
//! `access`, whether the request is well formed in `spec`.

mod operations;
mod people;
mod v1;
mod v2;
mod v2_lists;
mod wire;

use super::credentials::MEDIA_TOKEN;
use super::errors::error_v2;
use super::exchange::{Reply, Request};
use super::serve::decoded;
use super::state::{Urls, not_found};
use super::wiki::{Seen, Wiki};

/// What every answer needs.
pub(crate) struct Asked<'a> {
    pub wiki: &'a Seen<'a>,
    pub urls: &'a Urls,
    pub request: &'a Request,
    pub path: &'a str,
}

pub(crate) fn answer(wiki: &Seen<'_>, urls: &Urls, request: &Request, path: &str) -> Reply {
    let asked = Asked {
        wiki,
        urls,
        request,
        path,
    };
    let segments: Vec<String> = path.trim_matches('/').split('/').map(decoded).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["wiki", "api", "v2", rest @ ..] => asked.v2(rest),
        ["wiki", "rest", "api", rest @ ..] => asked.v1(rest),
        _ => asked.nothing_here(""),
    }
}

impl Asked<'_> {
    /// Also the answer for what may not be read.
    fn nothing_here(&self, id: &str) -> Reply {
        not_found(self.path, id)
    }

    /// In the documents, but not in this fake.
    fn not_built(&self) -> Reply {
        error_v2(
            501,
            "NOT_IMPLEMENTED",
            &format!("the fake does not serve {}", self.path),
        )
    }
}

/// The media store: signed URLs only; a credential is not asked for, and is written down if one comes.
pub(crate) fn media(wiki: &Wiki, request: &Request) -> Reply {
    let wanted = request
        .path
        .strip_prefix("/file/")
        .and_then(|rest| rest.strip_suffix("/binary"));
    let file = wiki
        .attachments
        .values()
        .find(|file| Some(file.file_id().as_str()) == wanted);
    let version = request
        .query("version")
        .and_then(|version| version.parse::<usize>().ok());
    let Some(file) = file.filter(|_| request.query("token") == Some(MEDIA_TOKEN)) else {
        return Reply::json(
            403,
            &serde_json::json!({"error": {"code": "JwtAuthoriser:AuthorisationError"}}),
        );
    };
    let bytes = version.and_then(|version| file.versions.get(version.checked_sub(1)?));
    let range = request.header("range");
    Reply::file(bytes.unwrap_or(file.bytes()), &file.media_type, range)
}

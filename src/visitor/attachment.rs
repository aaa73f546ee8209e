//! `GET /content/{share}/files/{attachment}/{name}`: a file, streamed from the store. Types come from a closed list,
//! and whatever a browser could run meets a sandbox.

use std::ops::Range;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpResponse, web};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http_range::HttpRange;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::gate::{Gate, Unlocked};
use super::visit::Visit;
use crate::clock;
use crate::content::ExternalLinks;
use crate::pages::addresses::Addresses;
use crate::pages::media_type::{DOWNLOAD, SVG};
use crate::pages::model::Attachment;
use crate::pages::reader::Reader;
use crate::shares::access::Destination;
use crate::sync::ComingFile;
use crate::web::error::{Failure, PageError};
use crate::web::headers::{Opens, harden_file};
use crate::web::state::AppState;

/// RFC 8187's `attr-char`.
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

const PDF: &str = "application/pdf";

/// Which part of the file is asked for.
enum Asked {
    Whole,
    Part(Range<u64>),
    OutOfRange,
    /// The browser has it.
    Nothing,
}

/// The other segments decide nothing.
#[derive(Deserialize)]
pub struct FilePath {
    attachment: String,
}

/// Streams a file of the share, whole or in part.
pub async fn send_attachment(
    state: web::Data<AppState>,
    gate: Gate,
    path: web::Path<FilePath>,
) -> Result<HttpResponse, PageError> {
    gate.answer(async |unlocked| {
        let answer = send(&state, unlocked, path.into_inner().attachment).await;
        answer.map_err(|failure| unlocked.fail(failure))
    })
    .await
}

async fn send(
    state: &web::Data<AppState>,
    unlocked: &Unlocked,
    attachment_id: String,
) -> Result<HttpResponse, Failure> {
    let request = &unlocked.visit().request;
    let mut file = find(state, unlocked, attachment_id).await?;
    let bytes = open(state, &mut file).await?;
    let etag = file.etag();
    let (status, range) = match what_is_asked(request.headers(), &etag, file.size_bytes) {
        Asked::Nothing => (StatusCode::NOT_MODIFIED, None),
        Asked::OutOfRange => (StatusCode::RANGE_NOT_SATISFIABLE, None),
        Asked::Whole => (StatusCode::OK, Some(0..file.size_bytes)),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
    };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::ETAG, etag));
    match (status, &range) {
        (StatusCode::RANGE_NOT_SATISFIABLE, _) => {
            response.insert_header((
                header::CONTENT_RANGE,
                format!("bytes */{}", file.size_bytes),
            ));
        }
        (StatusCode::PARTIAL_CONTENT, Some(range)) => {
            let (first, last) = (range.start, range.end.saturating_sub(1));
            response.insert_header((
                header::CONTENT_RANGE,
                format!("bytes {first}-{last}/{}", file.size_bytes),
            ));
        }
        _ => {}
    }
    let mut response = match range {
        None => response.finish(),
        Some(range) => {
            let length = range.end - range.start;
            let part = bytes.read(state, &file, range).await?;
            response.body(SizedStream::new(length, part))
        }
    };
    describe(response.headers_mut(), &file, unlocked.visit());
    Ok(response)
}

/// Where the bytes come from.
enum Bytes {
    Stored([u8; 32]),
    /// From the wiki, while they come in.
    Coming(ComingFile),
}

/// What is not stored yet is fetched from the wiki; its type and size are known with its first bytes.
async fn open(state: &web::Data<AppState>, file: &mut Attachment) -> Result<Bytes, Failure> {
    if let Some(digest) = file.sha256 {
        return Ok(Bytes::Stored(digest));
    }
    let coming = state.sync.open_file(file, clock::now()).await;
    let coming = coming.map_err(Failure::for_reader)?;
    file.size_bytes = coming.size_bytes;
    coming.media_type.clone_into(&mut file.media_type);
    Ok(Bytes::Coming(coming))
}

impl Bytes {
    async fn read(
        self,
        state: &AppState,
        file: &Attachment,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, std::io::Result<bytes::Bytes>>, Failure> {
        let internal = |error: &dyn std::fmt::Display| Failure::Internal(error.to_string());
        match self {
            Self::Stored(digest) => {
                let stored = state.files.read(file.connection_id, &digest, range).await;
                let stored = stored.map_err(|error| internal(&error))?;
                Ok(stored.map_err(std::io::Error::other).boxed())
            }
            Self::Coming(coming) => coming.read(range).await.map_err(|error| internal(&error)),
        }
    }
}

async fn find(
    state: &AppState,
    unlocked: &Unlocked,
    attachment_id: String,
) -> Result<Attachment, Failure> {
    if attachment_id.len() > 40 || attachment_id.contains('\0') {
        return Err(Failure::NotFound);
    }
    let scope = unlocked.scope();
    let addresses = Addresses::below(unlocked.base_path());
    let found = state.db.run(move |db| {
        let reader = Reader {
            scope: &scope,
            addresses: &addresses,
            external_links: ExternalLinks::PlainText,
            wiki_hosts: &[],
        };
        reader.find_file(db, &attachment_id).map_err(Failure::from)
    });
    found.await?.ok_or(Failure::NotFound)
}

/// Conditions first, then the range (RFC 9110, 13.2.2). Several ranges at once get the whole file, as the RFC allows.
fn what_is_asked(headers: &HeaderMap, etag: &str, size: u64) -> Asked {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let known = text(header::IF_NONE_MATCH);
    if known.is_some_and(|known| {
        known.split(',').any(
            |tag| matches!(tag.trim().trim_start_matches("W/"), tag if tag == etag || tag == "*"),
        )
    }) {
        return Asked::Nothing;
    }
    let Some(range) = text(header::RANGE) else {
        return Asked::Whole;
    };
    // A client that goes on with an older version starts anew.
    if text(header::IF_RANGE).is_some_and(|version| version.trim() != etag) {
        return Asked::Whole;
    }
    match HttpRange::parse(range, size) {
        Ok(ranges) => match ranges.as_slice() {
            [range] if range.length > 0 => Asked::Part(range.start..range.start + range.length),
            _ => Asked::Whole,
        },
        Err(http_range::HttpRangeParseError::NoOverlap) => Asked::OutOfRange,
        Err(http_range::HttpRangeParseError::InvalidRange) => Asked::Whole,
    }
}

/// Whether a browser saves the file instead of showing it. Chromium shows no PDF inside a sandboxed frame, only a broken
/// page; the reader gets it as a file there.
fn is_download(media_type: &str, destination: Destination) -> bool {
    match media_type {
        DOWNLOAD | SVG => true,
        PDF => destination == Destination::Frame,
        _ => false,
    }
}

fn describe(headers: &mut HeaderMap, file: &Attachment, visit: &Visit) {
    let as_download = is_download(&file.media_type, visit.destination);
    let disposition = format!(
        "{}; filename*=UTF-8''{}",
        if as_download { "attachment" } else { "inline" },
        utf8_percent_encode(&file.file_name, ATTRIBUTE)
    );
    let opens = if file.media_type == PDF && !as_download {
        Opens::InViewer
    } else {
        Opens::InSandbox
    };
    harden_file(headers, &visit.shell(), opens);
    let fields = [
        (header::CONTENT_TYPE, file.media_type.as_str()),
        (header::CONTENT_DISPOSITION, &disposition),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{self, HeaderMap, HeaderValue};

    use super::{Asked, what_is_asked};

    fn asked(fields: &[(header::HeaderName, &'static str)]) -> Asked {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(name.clone(), HeaderValue::from_static(value));
        }
        what_is_asked(&headers, "\"v1\"", 100)
    }

    #[test]
    fn a_range_is_cut_to_the_file() {
        assert!(
            matches!(asked(&[(header::RANGE, "bytes=10-19")]), Asked::Part(range) if range == (10..20))
        );
        assert!(
            matches!(asked(&[(header::RANGE, "bytes=90-")]), Asked::Part(range) if range == (90..100))
        );
        assert!(
            matches!(asked(&[(header::RANGE, "bytes=-5")]), Asked::Part(range) if range == (95..100))
        );
        assert!(
            matches!(asked(&[(header::RANGE, "bytes=90-500")]), Asked::Part(range) if range == (90..100))
        );
        assert!(matches!(
            asked(&[(header::RANGE, "bytes=100-")]),
            Asked::OutOfRange
        ));
        assert!(matches!(
            asked(&[(header::RANGE, "lines=1-2")]),
            Asked::Whole
        ));
        assert!(matches!(
            asked(&[(header::RANGE, "bytes=0-1,5-6")]),
            Asked::Whole
        ));
    }

    #[test]
    fn conditions_come_before_the_range() {
        let range = (header::RANGE, "bytes=0-1");
        assert!(matches!(
            asked(&[(header::IF_NONE_MATCH, "\"v0\", W/\"v1\""), range.clone()]),
            Asked::Nothing
        ));
        assert!(matches!(
            asked(&[(header::IF_RANGE, "\"v0\""), range.clone()]),
            Asked::Whole
        ));
        assert!(matches!(
            asked(&[(header::IF_RANGE, "\"v1\""), range]),
            Asked::Part(_)
        ));
    }
}

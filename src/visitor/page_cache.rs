//! Finished pages in memory: rendered and compressed once, then only copied out. Dropped at any time without loss.

use std::io::Write as _;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header;
use bytes::Bytes;
use moka::future::Cache;
use sha2::{Digest as _, Sha256};

use crate::shares::access::Destination;
use crate::shares::share::ShareId;
use crate::web::error::Failure;
use crate::web::headers::Shell;

/// What a finished page depends on. Any change makes another key, and the old page falls out of the cache by age.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageKey {
    pub share: ShareId,
    /// The share's settings: its name and options stand on the page.
    pub share_changed_at: i128,
    pub content_revision: i64,
    /// Confluence's content id; empty for the share's own start.
    pub content_id: String,
    pub surroundings: Surroundings,
}

/// What is around the page: it shows other controls in a frame and speaks to the site there, and it has a sign-out where
/// there is a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Surroundings {
    pub destination: Destination,
    pub with_pass: bool,
    /// Until when the addresses of files are good, in Unix seconds, where they are signed.
    pub files_until: Option<i64>,
}

/// A page's bytes in the three forms that browsers ask for.
#[derive(Debug)]
pub struct FinishedPage {
    pub plain: Bytes,
    pub gzip: Bytes,
    pub brotli: Bytes,
    /// For the headers: it changes with the share, and with it the key.
    pub shell: Shell,
    /// Begin of the SHA-256 of the plain bytes; the `ETag` adds the encoding.
    digest: String,
}

/// A representation chosen for one request.
pub struct Chosen {
    pub bytes: Bytes,
    pub encoding: Option<&'static str>,
    pub etag: String,
}

/// At most this many bytes of pages, all forms together.
const CAPACITY_BYTES: u64 = 256 << 20;
/// Quality 5 of 11: 90 % of the gain for a few milliseconds per page.
const BROTLI_QUALITY: u32 = 5;
const BROTLI_WINDOW: u32 = 20;

#[derive(Clone)]
pub struct PageCache(Cache<PageKey, Arc<FinishedPage>>);

impl Default for PageCache {
    fn default() -> Self {
        let weigh = |_: &PageKey, page: &Arc<FinishedPage>| {
            u32::try_from(page.plain.len() + page.gzip.len() + page.brotli.len() + 500)
                .unwrap_or(u32::MAX)
        };
        Self(
            Cache::builder()
                .max_capacity(CAPACITY_BYTES)
                .weigher(weigh)
                .build(),
        )
    }
}

impl PageCache {
    /// The page, made by `make` when it is not there; visitors who ask for it meanwhile wait for the same making.
    /// `None` is not kept: the page may come into being.
    pub async fn find_or_make(
        &self,
        key: PageKey,
        make: impl Future<Output = Result<Option<FinishedPage>, Failure>>,
    ) -> Result<Option<Arc<FinishedPage>>, Failure> {
        let made = async {
            match make.await {
                Ok(Some(page)) => Ok(Arc::new(page)),
                Ok(None) => Err(None),
                Err(failure) => Err(Some(failure)),
            }
        };
        match self.0.try_get_with(key, made).await {
            Ok(page) => Ok(Some(page)),
            Err(not_made) => not_made.as_ref().clone().map_or(Ok(None), Err),
        }
    }
}

impl FinishedPage {
    /// Compresses; for 64 kB a few milliseconds, so not for an async worker.
    pub fn finish(html: String, shell: Shell) -> std::io::Result<Self> {
        let digest = hex::encode(
            Sha256::digest(html.as_bytes())
                .get(..12)
                .unwrap_or_default(),
        );
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(html.as_bytes())?;
        let gzip = gzip.finish()?;
        let mut compressed = Vec::new();
        {
            let mut brotli =
                brotli::CompressorWriter::new(&mut compressed, 4096, BROTLI_QUALITY, BROTLI_WINDOW);
            brotli.write_all(html.as_bytes())?;
            brotli.flush()?;
        }
        Ok(Self {
            plain: html.into(),
            gzip: gzip.into(),
            brotli: compressed.into(),
            shell,
            digest,
        })
    }

    /// The best form the request accepts.
    pub fn choose(&self, request: &HttpRequest) -> Chosen {
        let accepted = request
            .headers()
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let (bytes, encoding) = if accepts(accepted, "br") {
            (&self.brotli, Some("br"))
        } else if accepts(accepted, "gzip") {
            (&self.gzip, Some("gzip"))
        } else {
            (&self.plain, None)
        };
        Chosen {
            bytes: bytes.clone(),
            encoding,
            etag: format!("\"{}-{}\"", self.digest, encoding.unwrap_or("id")),
        }
    }
}

/// A page that is made for one visitor, as small as a moment allows; `None` where the browser wants it plain.
pub fn compress_now(request: &HttpRequest, html: &str) -> Option<Vec<u8>> {
    let accepted = request.headers().get(header::ACCEPT_ENCODING)?;
    if !accepts(accepted.to_str().ok()?, "gzip") {
        return None;
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(html.as_bytes()).ok()?;
    gzip.finish().ok()
}

/// Whether `Accept-Encoding` names the coding and does not refuse it with `q=0` (RFC 9110, 12.5.3).
pub fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts.any(|parameter| {
            parameter.split_once('=').is_some_and(|(key, value)| {
                key.trim().eq_ignore_ascii_case("q") && value.trim().parse() == Ok(0.0_f32)
            })
        });
        named && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn a_coding_is_accepted_when_named_and_not_refused() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("gzip;q=0.5,BR;q=1", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("gzip, br; q=0.0", "br"));
        assert!(!accepts("brotli", "br"));
        assert!(!accepts("", "gzip"));
    }
}

//! The files of `static/`, inside the binary: each under a URL that names its content, compressed once.
//!
//! What the pages look like is in `static/`; attachments of shares are not assets and never come from here.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, ETag, Encoding, EntityTag, Header, HeaderValue,
    IfNoneMatch,
};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use rust_embed::Embed;
use sha2::{Digest, Sha256};

#[cfg(test)]
mod tests;

/// Stylesheets made of several files, so that a page asks for one. The order is the cascade's.
const BUNDLES: &[(&str, &[&str])] = &[
    (
        "css/visitor.css",
        &[
            "css/tokens.css",
            "css/base.css",
            "css/reader.css",
            "css/search.css",
            "css/gate.css",
            "css/content.css",
            "css/code.css",
            "css/print.css",
        ],
    ),
    (
        "css/admin.css",
        &[
            "css/tokens.css",
            "css/base.css",
            "css/admin-frame.css",
            "css/admin-forms.css",
            "css/admin-lists.css",
        ],
    ),
    (
        "css/guide.css",
        &["css/tokens.css", "css/base.css", "css/guide-page.css"],
    ),
];

#[derive(Embed)]
#[folder = "static/"]
struct Files;

/// All assets by path; a pure function of the binary's content.
static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::build);

/// One file, ready to be sent.
#[derive(Debug)]
pub struct Asset {
    pub bytes: Bytes,
    pub brotli: Option<Bytes>,
    pub gzip: Option<Bytes>,
    pub content_type: HeaderValue,
    /// The first 16 hex digits of the content's SHA-256.
    pub hash: String,
}

/// Every asset of the product, bundles included.
#[derive(Debug)]
struct Assets(BTreeMap<String, Asset>);

/// The path of an asset as pages write it: `/static/{hash}/{path}`. A name that does not exist is returned without
/// a hash and answers 404; the tests fetch every URL of every page.
pub fn url(path: &str) -> String {
    match find(path) {
        Some(asset) => format!("/static/{}/{path}", asset.hash),
        None => format!("/static/{path}"),
    }
}

/// An asset by its path below `static/`, such as `css/visitor.css`.
pub fn find(path: &str) -> Option<&'static Asset> {
    ASSETS.0.get(path)
}

/// `GET` and `HEAD /static/{hash}/{path:.*}`.
///
/// A hash that is not ours is answered with our content but not kept: while nodes are being upgraded, a page of
/// the new version may ask the old one for a file, and a year is too long for that mistake.
pub async fn serve(request: HttpRequest, place: web::Path<(String, String)>) -> HttpResponse {
    let (hash, path) = place.into_inner();
    let Some(asset) = find(&path) else {
        return HttpResponse::NotFound().finish();
    };
    let caching = if hash == asset.hash {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    asset.answer(&request, caching)
}

/// `GET` and `HEAD /favicon.ico`, which browsers and tools ask for by that name whatever the page says.
pub async fn serve_favicon(request: HttpRequest) -> HttpResponse {
    match find("icons/favicon.ico") {
        Some(icon) => icon.answer(&request, "public, max-age=86400"),
        None => HttpResponse::NotFound().finish(),
    }
}

/// `GET` and `HEAD /embed.js`, `/embed.mjs` and `/embed.d.ts`: what client sites name in their pages, so the address
/// stays when the content changes.
pub async fn serve_embed(request: HttpRequest) -> HttpResponse {
    match find(&format!("embed{}", request.path())) {
        Some(file) => file.answer(&request, "public, max-age=3600"),
        None => HttpResponse::NotFound().finish(),
    }
}

impl Asset {
    fn new(path: &str, content: &[u8]) -> Self {
        let mut hash = hex::encode(Sha256::digest(content));
        hash.truncate(16);
        Self {
            bytes: Bytes::copy_from_slice(content),
            brotli: smaller(brotli(content), content),
            gzip: smaller(gzip(content), content),
            content_type: content_type(path),
            hash,
        }
    }

    fn answer(&self, request: &HttpRequest, caching: &'static str) -> HttpResponse {
        // Weak, because one tag stands for the plain and the compressed forms.
        let tag = EntityTag::new_weak(self.hash.clone());
        let status = if is_known(request, &tag) {
            StatusCode::NOT_MODIFIED
        } else {
            StatusCode::OK
        };
        let mut answer = HttpResponse::build(status);
        answer
            .insert_header(ETag(tag))
            .insert_header((header::CACHE_CONTROL, caching))
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            // A framed page may be under COEP require-corp, and its sandbox may make its origin opaque: then even our
            // own scripts are foreign to it. Nothing here is private.
            .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"))
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
        if status == StatusCode::NOT_MODIFIED {
            return answer.finish();
        }
        let (coding, bytes) = self.form_for(request);
        if coding != ContentEncoding::Identity {
            answer.insert_header(coding);
        }
        answer.content_type(self.content_type.clone()).body(bytes)
    }

    /// The smallest form that the client reads.
    fn form_for(&self, request: &HttpRequest) -> (ContentEncoding, Bytes) {
        let forms = [
            (ContentEncoding::Brotli, self.brotli.as_ref()),
            (ContentEncoding::Gzip, self.gzip.as_ref()),
        ];
        let have = forms
            .iter()
            .filter(|(_, bytes)| bytes.is_some())
            .map(|(coding, _)| Encoding::Known(*coding))
            .chain([Encoding::identity()])
            .collect::<Vec<_>>();
        let wanted = AcceptEncoding::parse(request)
            .ok()
            .and_then(|accepted| accepted.negotiate(have.iter()));
        for (coding, bytes) in forms {
            if let Some(bytes) = bytes
                && wanted == Some(Encoding::Known(coding))
            {
                return (coding, bytes.clone());
            }
        }
        (ContentEncoding::Identity, self.bytes.clone())
    }
}

impl Assets {
    fn build() -> Self {
        let mut assets = BTreeMap::new();
        for path in Files::iter() {
            if let Some(file) = Files::get(&path) {
                assets.insert(path.to_string(), Asset::new(&path, &file.data));
            }
        }
        for (path, parts) in BUNDLES {
            let content = parts
                .iter()
                .filter_map(|part| Files::get(part))
                .flat_map(|file| file.data.into_owned())
                .collect::<Vec<u8>>();
            assets.insert((*path).to_owned(), Asset::new(path, &content));
        }
        Self(assets)
    }
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

fn content_type(path: &str) -> HeaderValue {
    // Tables of types know `.ts` as a film, and `.mjs` under its old name.
    if path.ends_with(".d.ts") {
        return HeaderValue::from_static("text/plain; charset=utf-8");
    }
    if path.ends_with(".mjs") {
        return HeaderValue::from_static("text/javascript; charset=utf-8");
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let text = if kind.type_() == "text" {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_string()
    };
    HeaderValue::from_str(&text)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}

fn smaller(compressed: io::Result<Vec<u8>>, original: &[u8]) -> Option<Bytes> {
    // Writing into a Vec does not fail; if it ever did, the plain form is right as well.
    let compressed = compressed.ok()?;
    (compressed.len() < original.len()).then(|| Bytes::from(compressed))
}

fn brotli(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, 9, 22);
    writer.write_all(content)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(content)?;
    writer.finish()
}

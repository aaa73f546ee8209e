//! The browsable reference over the OpenAPI document: Swagger UI, out of the archive in which its crate holds it.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};
use std::sync::LazyLock;

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;
use zip::result::ZipResult;

use crate::web::error::{ApiError, Failure};

/// What the page loads, and nothing else of the archive's hundreds of files.
const FILES: [&str; 7] = [
    "index.html",
    "index.css",
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "favicon-16x16.png",
    "favicon-32x32.png",
];

/// Starts the reference. The standalone layout would have a bar to load foreign documents with, which our policy forbids;
/// the default asks a validator on the internet about every document that is not on localhost.
const START: &str = r##"window.onload = () => SwaggerUIBundle({
  "dom_id": "#swagger-ui",
  "url": "/api/v1/openapi.json",
  "deepLinking": true,
  "layout": "BaseLayout",
  "validatorUrl": "none",
  "presets": [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
});
"##;

/// Its scripts and styles are files of ours; its icons are `data:` pictures.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Unpacked when somebody first reads it; an archive that cannot be read has no files.
static UNPACKED: LazyLock<HashMap<&str, Bytes>> = LazyLock::new(|| {
    let mut files = unpack().unwrap_or_default();
    files.insert(
        "swagger-initializer.js",
        Bytes::from_static(START.as_bytes()),
    );
    files
});

/// `GET /api/docs/…`: a file of the reference; none is named by its page.
pub async fn file(name: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let name = match name.as_str() {
        "" => "index.html",
        name => name,
    };
    let file = UNPACKED.get(name).ok_or(Failure::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type(mime_guess::from_path(name).first_or_octet_stream())
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(file.clone()))
}

fn unpack() -> ZipResult<HashMap<&'static str, Bytes>> {
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    let mut files = HashMap::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number)?;
        let path = entry.name()?.into_owned();
        let wanted = |name: &&str| {
            path.split_once('/')
                .and_then(|(_, path)| path.strip_prefix("dist/"))
                == Some(name)
        };
        if let Some(name) = FILES.into_iter().find(wanted) {
            let mut content = Vec::new();
            entry.read_to_end(&mut content)?;
            files.insert(name, content.into());
        }
    }
    Ok(files)
}

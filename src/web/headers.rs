//! Security headers by kind of answer. Each directive has its reason beside it; which answer is of which kind is said
//! where it is made.

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::share::{Share, ShareId};

/// Whose answer it is: that decides who may frame it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shell {
    /// Of this share; its list of origins decides.
    Share {
        id: ShareId,
        origins: Arc<EmbedOrigins>,
        /// The Content-Security-Policy of its pages, made once.
        policy: HeaderValue,
    },
    /// Admin pages, error pages outside a share, the start page: nobody frames them.
    Plain,
}

impl Shell {
    pub fn of(share: &Share) -> Self {
        Self::new(share.id, share.embed_origins.clone())
    }

    pub(super) fn new(id: ShareId, origins: EmbedOrigins) -> Self {
        let ancestors = origins.frame_ancestors();
        Self::Share {
            id,
            policy: policy(PAGE_POLICY, &format!("{ancestors}{}", report_uri(id))),
            origins: Arc::new(origins),
        }
    }

    /// Whether any site may frame the answer.
    pub fn is_embeddable(&self) -> bool {
        matches!(self, Self::Share { origins, .. } if **origins != EmbedOrigins::None)
    }

    fn frame_ancestors(&self) -> String {
        match self {
            Self::Share { origins, .. } => origins.frame_ancestors(),
            Self::Plain => EmbedOrigins::None.frame_ancestors(),
        }
    }

    fn page_policy(&self) -> HeaderValue {
        match self {
            Self::Share { policy, .. } => policy.clone(),
            Self::Plain => policy(PAGE_POLICY, &self.frame_ancestors()),
        }
    }
}

/// Nothing but our own files; no inline script or style, for rendered content has none.
const PAGE_POLICY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; font-src 'self'; \
    style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; object-src 'none'; frame-src 'none'";

/// For every file but PDF: the sandbox takes scripts, forms and our origin from whatever slips through.
const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Browsers' own PDF viewers do not open in a sandbox.
const VIEWER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'";

/// For answers that are no documents: should one be shown all the same, nothing in it runs, and nobody frames it.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// No feature that our pages do not use. They use the whole screen and a small one for videos, and copy code. A feature
/// that a browser does not know would make it complain in its console, so these are known ones.
const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), \
    clipboard-write=(self), display-capture=(), encrypted-media=(), fullscreen=(self), \
    geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), \
    payment=(), picture-in-picture=(self), publickey-credentials-create=(), publickey-credentials-get=(), \
    screen-wake-lock=(), serial=(), storage-access=(), usb=(), window-management=(), xr-spatial-tracking=()";

/// What an answer below a share depends on: the passes, and the place where it will be shown.
const SHARE_VARY: &str = "Cookie, Sec-Fetch-Dest, Sec-Fetch-Site";

/// The same of an answer that there is in compressed forms.
pub const COMPRESSED_SHARE_VARY: &str = "Cookie, Sec-Fetch-Dest, Sec-Fetch-Site, Accept-Encoding";

const COEP: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = header::CROSS_ORIGIN_RESOURCE_POLICY;
const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// How a browser opens a file of a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// As a document without powers, or not at all.
    InSandbox,
    /// In the browser's own viewer.
    InViewer,
}

/// Adds what every HTML answer carries.
pub fn harden(response: &mut HttpResponse, shell: &Shell) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, shell.page_policy());
    harden_any(headers, shell);
    set(headers, PERMISSIONS, PERMISSIONS_POLICY);
    if shell.is_embeddable() {
        // A client page with `COEP: require-corp` shows our frame only if it sends this as well.
        set(headers, COEP, "require-corp");
    }
    let opener = match shell {
        Shell::Plain => "same-origin",
        Shell::Share { .. } => "same-origin-allow-popups",
    };
    set(headers, COOP, opener);
}

/// Adds what every file of a share carries.
pub fn harden_file(headers: &mut HeaderMap, shell: &Shell, opens: Opens) {
    let directives = match opens {
        Opens::InSandbox => FILE_POLICY,
        Opens::InViewer => VIEWER_POLICY,
    };
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        policy(directives, &shell.frame_ancestors()),
    );
    harden_any(headers, shell);
    if shell.is_embeddable() && opens == Opens::InSandbox {
        // A picture that is opened inside a frame is a document, too. Viewers load parts of the browser that have no
        // such header; they do not open in a frame anyway.
        set(headers, COEP, "require-corp");
    }
}

/// Adds what answers for programs carry.
pub fn harden_data(headers: &mut HeaderMap) {
    for (name, value) in DATA_HEADERS {
        set(headers, name, value);
    }
}

/// What answers for programs carry.
pub const DATA_HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, DATA_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (CORP, "same-origin"),
];

/// Adds what a redirect carries. Its address may hold a token, and so may the one it leads to.
///
/// A frame inside a page with `COEP: require-corp`, and a picture in such a frame, follow it only with this resource
/// policy, and in WebKit a frame only with this embedder policy. It has no content that could be kept from anybody.
pub fn harden_redirect(headers: &mut HeaderMap) {
    set(headers, header::CACHE_CONTROL, "no-store");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(headers, CORP, "cross-origin");
    set(headers, COEP, "require-corp");
}

/// Middleware: where a key, a token or a probe stands in the address, nobody is told the address; and what was found by a
/// key is kept by nobody.
pub async fn hide_address(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let has_key = request.path().starts_with("/e/");
    let tells = has_key || {
        let names = request.query_string().split('&');
        let mut names = names.map(|pair| pair.split('=').next().unwrap_or_default());
        // Escaped names are no reason for a finer look: what is hidden too much does no harm.
        names.any(|name| matches!(name, "unlock" | "h" | "jwt" | "ticket") || name.contains('%'))
    };
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    if tells {
        set(headers, header::REFERRER_POLICY, "no-referrer");
    }
    if has_key {
        set(headers, header::CACHE_CONTROL, "private, no-store");
        headers.remove(header::ETAG);
    }
    Ok(response)
}

/// What pages and files have in common.
fn harden_any(headers: &mut HeaderMap, shell: &Shell) {
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "same-origin");
    set(headers, ROBOTS, "noindex");
    set(headers, header::VARY, SHARE_VARY);
    if shell.is_embeddable() {
        // Also for files: in a frame whose sandbox makes its origin opaque, our own pictures are foreign ones.
        set(headers, CORP, "cross-origin");
    } else {
        // Old browsers without `frame-ancestors`; beside a list of origins this header would be ignored or do harm.
        set(headers, header::X_FRAME_OPTIONS, "DENY");
        set(headers, CORP, "same-origin");
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// Where browsers tell that they do not show a page in a frame. Not by `report-to`: a frame that is blocked has no
/// reporting endpoint yet, so Chromium would send nothing at all, and no `report-uri` beside it either.
fn report_uri(share: ShareId) -> String {
    format!("; report-uri /content/{share}/reports")
}

/// Origins are normalised and hold no character that could end the header; if one did, nobody could frame the answer.
fn policy(directives: &str, ancestors: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("{directives}; frame-ancestors {ancestors}"))
        .unwrap_or_else(|_invalid| HeaderValue::from_static(DATA_POLICY))
}

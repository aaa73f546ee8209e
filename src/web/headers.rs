//! Security headers by kind of page. Starts from nothing and adds; each directive has its reason beside it.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::share::{Share, ShareId};

/// Whose page it is: that decides who may frame it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shell {
    /// A page of this share; its list of origins decides.
    Share { id: ShareId, origins: EmbedOrigins },
    /// Admin pages, error pages outside a share, the start page: nobody frames them.
    Plain,
}

impl Shell {
    pub fn of(share: &Share) -> Self {
        Self::Share {
            id: share.id,
            origins: share.embed_origins.clone(),
        }
    }

    /// Whether any site may frame the page.
    pub fn is_embeddable(&self) -> bool {
        matches!(self, Self::Share { origins, .. } if *origins != EmbedOrigins::None)
    }
}

/// Nothing but our own files; no inline script or style, for rendered content has none.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; font-src 'self'; \
    style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; object-src 'none'; frame-src 'none'; frame-ancestors ";

const PERMISSIONS_POLICY: &str =
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()";

/// Adds what every HTML answer carries.
pub fn harden(response: &mut HttpResponse, shell: &Shell) {
    let ancestors = match shell {
        Shell::Share { origins, .. } => origins.frame_ancestors(),
        Shell::Plain => EmbedOrigins::None.frame_ancestors(),
    };
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    };
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "same-origin");
    set("permissions-policy", PERMISSIONS_POLICY);
    set("x-robots-tag", "noindex");
    if shell.is_embeddable() {
        // A client page with `COEP: require-corp` shows our frame only if it sends both.
        set("cross-origin-embedder-policy", "require-corp");
        set("cross-origin-resource-policy", "cross-origin");
    } else {
        // Old browsers without `frame-ancestors`; beside a list of origins this header would be ignored or do harm.
        set("x-frame-options", "DENY");
        set("cross-origin-resource-policy", "same-origin");
    }
    set(
        "cross-origin-opener-policy",
        if *shell == Shell::Plain {
            "same-origin"
        } else {
            "same-origin-allow-popups"
        },
    );
    // Origins are normalised and hold no character that could end the header.
    if let Ok(value) = HeaderValue::from_str(&format!("{CONTENT_SECURITY_POLICY}{ancestors}")) {
        headers.insert(HeaderName::from_static("content-security-policy"), value);
    }
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
        names.any(|name| matches!(name, "unlock" | "h") || name.contains('%'))
    };
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    if tells {
        let nobody = HeaderValue::from_static("no-referrer");
        headers.insert(header::REFERRER_POLICY, nobody);
    }
    if has_key {
        let nowhere = HeaderValue::from_static("private, no-store");
        headers.insert(header::CACHE_CONTROL, nowhere);
        headers.remove(header::ETAG);
    }
    Ok(response)
}

//! Security headers by kind of page. Starts from nothing and adds; each directive has its reason beside it.

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};

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
    let policy = format!("{CONTENT_SECURITY_POLICY}{ancestors}{}", report_uri(shell));
    if let Ok(value) = HeaderValue::from_str(&policy) {
        headers.insert(HeaderName::from_static("content-security-policy"), value);
    }
}

/// Where browsers tell that they do not show a page in a frame. Not by `report-to`: a frame that is blocked has no
/// reporting endpoint yet, so Chromium would send nothing at all, and no `report-uri` beside it either.
fn report_uri(shell: &Shell) -> String {
    match shell {
        Shell::Share { id, .. } => format!("; report-uri /content/{id}/reports"),
        Shell::Plain => String::new(),
    }
}

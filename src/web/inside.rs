//! Admin pages inside Confluence: which site's pages may frame an answer. Every other answer of the admin pages may be
//! framed by nobody, as `headers` says. Who is inside is `admin::inside`'s subject.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};

/// Put into the extensions of a request whose answer is for a frame of a site, whatever the answer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// Sources of `frame-ancestors`: the origins of one site.
    pub ancestors: String,
    pub bridge: Bridge,
}

/// Confluence sizes frames of Connect apps, and takes its progress sign away, only for a page that runs its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bridge {
    Loaded,
    None,
}

/// That script. There is no fixed version of it, so it cannot be pinned by its hash.
pub const BRIDGE: &str = "https://connect-cdn.atl-paas.net/all.js";

const FRAMED_BY_NOBODY: &str = "frame-ancestors 'none'";
const OWN_SCRIPTS: &str = "script-src 'self'";

/// Middleware: rewrites the security headers of answers that are marked with [`Inside`]. Error pages are written without
/// knowing where they are shown, so this stands outside of what writes them.
pub async fn let_sites_frame(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let inside = response.request().extensions().get::<Inside>().cloned();
    if let Some(inside) = inside {
        soften(response.headers_mut(), &inside);
    }
    Ok(response)
}

/// Only what would keep the page out of its frame. Redirects have no policy and stay as they are.
fn soften(headers: &mut HeaderMap, inside: &Inside) {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY);
    let Some(strict) = policy.and_then(|policy| policy.to_str().ok()) else {
        return;
    };
    let Some(rest) = strict.strip_suffix(FRAMED_BY_NOBODY) else {
        return;
    };
    let rest = match inside.bridge {
        Bridge::Loaded => rest.replacen(OWN_SCRIPTS, &format!("{OWN_SCRIPTS} {BRIDGE}"), 1),
        Bridge::None => rest.to_owned(),
    };
    let soft = format!("{rest}frame-ancestors {}", inside.ancestors);
    // A site's address that makes no header leaves the page unframed.
    let Ok(soft) = HeaderValue::from_str(&soft) else {
        return;
    };
    headers.insert(header::CONTENT_SECURITY_POLICY, soft);
    headers.remove(header::X_FRAME_OPTIONS);
    headers.remove(HeaderName::from_static("cross-origin-opener-policy"));
}

#[cfg(test)]
mod tests {
    use actix_web::HttpResponse;
    use actix_web::http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};

    use super::{Bridge, Inside, soften};
    use crate::web::headers::{Shell, harden};

    fn policy(ancestors: &str, bridge: Bridge) -> (String, bool) {
        let mut response = HttpResponse::Ok().finish();
        harden(&mut response, &Shell::Plain);
        let inside = Inside {
            ancestors: ancestors.to_owned(),
            bridge,
        };
        soften(response.headers_mut(), &inside);
        let headers = response.headers();
        let policy = headers.get(CONTENT_SECURITY_POLICY).unwrap();
        (
            policy.to_str().unwrap().to_owned(),
            headers.contains_key(X_FRAME_OPTIONS),
        )
    }

    #[test]
    fn an_answer_for_a_site_may_be_framed_by_it_alone() {
        let (policy, denies) = policy("https://acme.example", Bridge::None);
        assert!(policy.ends_with("; frame-ancestors https://acme.example"));
        assert!(policy.contains("script-src 'self';"));
        assert!(!denies);
    }

    #[test]
    fn the_bridge_is_one_address_more_for_scripts_and_nothing_else() {
        let (policy, _) = policy("https://acme.example", Bridge::Loaded);
        assert!(policy.contains("script-src 'self' https://connect-cdn.atl-paas.net/all.js;"));
        assert_eq!(policy.matches("atl-paas").count(), 1);
    }

    #[test]
    fn an_address_that_makes_no_header_opens_nothing() {
        let (policy, denies) = policy("https://a\nb", Bridge::None);
        assert!(policy.ends_with("frame-ancestors 'none'"));
        assert!(denies);
    }
}

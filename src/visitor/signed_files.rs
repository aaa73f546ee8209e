//! Files by the signature in their address; who may have them that way. The signature is `shares::file_signature`'s
//! subject.

use std::sync::Arc;

use url::form_urlencoded;

use super::visit::Visit;
use crate::pages::addresses::FileSigner;
use crate::shares::access::Destination;
use crate::shares::file_signature;
use crate::shares::share::Availability;
use crate::web::fetch_metadata::is_from_our_page;

const EXPIRES: &str = "x";
const SIGNATURE: &str = "s";

/// Signs the files of a page that is made now; with it, until when.
pub fn signer(visit: &Visit) -> (FileSigner, i64) {
    let expires = file_signature::expiry(visit.now);
    let (key, known) = (visit.state.pass_key.clone(), Arc::clone(&visit.known));
    let sign = move |attachment: &str| {
        let signature = key.sign_file(&known.share, attachment, expires);
        format!("{EXPIRES}={expires}&{SIGNATURE}={signature}")
    };
    (Arc::new(sign), expires)
}

/// Whether the request is for a file whose address is signed, and a page of ours asks for it: linked from elsewhere or
/// pasted into a tab, a signature is worth nothing.
pub fn opens(visit: &Visit) -> bool {
    let (request, share) = (&visit.request, visit.share());
    let Some(attachment) = request.match_info().get("attachment") else {
        return false;
    };
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value)
    };
    let (Some(expires), Some(signature)) = (value(EXPIRES), value(SIGNATURE)) else {
        return false;
    };
    if share.embed_only && matches!(visit.destination, Destination::Tab | Destination::Unknown) {
        return false;
    }
    let is_ours = match visit.destination {
        Destination::Tab => visit.is_same_origin,
        _ => is_from_our_page(request),
    };
    let Ok(expires) = expires.parse() else {
        return false;
    };
    is_ours
        && share.availability(visit.now) == Availability::Open
        && visit
            .state
            .pass_key
            .is_file_signature(share, attachment, expires, &signature, visit.now)
}

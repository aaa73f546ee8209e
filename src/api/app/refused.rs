//! What an admin is told of refused calls: who called, why it was refused, and what to do.

use super::for_log;
use crate::clock;
use crate::cloud_app::Refusal;
use crate::cloud_app::forge_events::ForgeEventError;
use crate::cloud_app::lifecycle::LifecycleError;
use crate::confluence::connect::callback::CallbackError;
use crate::confluence::connect::install_keys::NoKey;
use crate::confluence::connect::jwt::JwtError;
use crate::confluence::forge::InvocationError;
use crate::connections::installation::AppKind;
use crate::web::state::AppState;

const CLOCK: &str = "Set the clock of the portal's machine, then install the app again.";
const HOSTS: &str = "If it is a site of yours, add its host to VESTIBULE_APP_HOSTS, restart the portal, and install the app again.";
const KEYS: &str =
    "Let the portal reach Atlassian's host for keys over https, then install the app again.";
const AGAIN: &str = "If it is a site of yours, install the app there again.";
const STOLEN: &str = "Somebody has recorded an earlier call. Look who can read the log of the proxy before the portal.";
const REQUEST: &str = "Let the proxy before the portal hand on path, query and Authorization header as they came, then install \
                       the app again.";
const OTHER_APP: &str = "If it is a site of yours, compare VESTIBULE_ATLASSIAN_APP with the key of the app, and add the address that \
                         the app was installed from to VESTIBULE_APP_URLS unless it is the portal's base URL.";
const OTHER_FORGE_APP: &str = "Compare VESTIBULE_FORGE_APP with app.id in the app's manifest.yml.";
const NOT_CONFLUENCE: &str = "If Confluence sent it, update the portal.";

/// Whoever calls, as far as he says it.
pub(super) struct Caller {
    pub kind: AppKind,
    pub event: &'static str,
    pub client_key: String,
    pub host: String,
}

impl Caller {
    /// Failures to keep it are only logged: the caller is refused for another reason.
    pub(super) async fn was_refused(&self, state: &AppState, reason: String, remedy: &'static str) {
        let refusal = Refusal {
            kind: self.kind,
            event: self.event,
            client_key: for_log(&self.client_key),
            host: for_log(&self.host),
            reason,
            remedy,
        };
        if let Err(error) = state.cloud_app.record_refusal(refusal, clock::now()).await {
            tracing::error!(%error, "a refused call could not be kept");
        }
    }

    pub(super) async fn was_taken(&self, state: &AppState) {
        let settled = state.cloud_app.settle_refusals(self.kind, &self.client_key);
        if let Err(error) = settled.await {
            tracing::error!(%error, "earlier refusals could not be settled");
        }
    }
}

/// What to do about a refused call-back; `None` where the portal itself failed.
pub(super) fn remedy(error: &LifecycleError) -> Option<&'static str> {
    Some(match error {
        LifecycleError::Live(_) => return None,
        LifecycleError::Unknown => AGAIN,
        LifecycleError::Stolen => STOLEN,
        LifecycleError::Callback(error) => match error {
            CallbackError::Body(_) => NOT_CONFLUENCE,
            CallbackError::NoToken | CallbackError::Token(JwtError::Request) => REQUEST,
            CallbackError::Token(JwtError::Expired | JwtError::NotYetValid) => CLOCK,
            CallbackError::Key(NoKey::Fetch(_)) => KEYS,
            CallbackError::Mismatch("app") => OTHER_APP,
            CallbackError::Host(_) => HOSTS,
            CallbackError::Token(_) | CallbackError::Key(_) | CallbackError::Mismatch(_) => AGAIN,
        },
    })
}

/// The same of a call of the Forge app.
pub(super) fn forge_remedy(error: &ForgeEventError) -> Option<&'static str> {
    Some(match error {
        ForgeEventError::Live(_) => return None,
        ForgeEventError::Lifecycle(error) => return remedy(error),
        ForgeEventError::Body(_) => NOT_CONFLUENCE,
        ForgeEventError::Host(_) => HOSTS,
        ForgeEventError::Invocation(error) => match error {
            InvocationError::Expired | InvocationError::NotYetValid => CLOCK,
            InvocationError::Claim("aud" | "app.id") => OTHER_FORGE_APP,
            InvocationError::Keys(_) => KEYS,
            _ => AGAIN,
        },
    })
}

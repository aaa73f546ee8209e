//! Why the single sign-on let nobody in, in words for the person at the door and for whoever runs the portal.

use std::net::IpAddr;

use time::Duration;

use super::page::wait_sentence;
use crate::accounts::roles::groups_in_words;
use crate::config::{BaseUrl, SingleSignOn};
use crate::web::message::Link;

pub(super) enum SignOnProblem {
    /// No connection of the portal is the site that the operator named.
    NoConnection,
    /// The browser brought none of the cookies.
    NoCookie,
    /// It brought one, but Confluence knows nobody by it: expired, or from a wrong address. The portal sent this one.
    Nobody { client: IpAddr },
    /// None of the person's groups may come in.
    NotInGroups,
    /// Somebody else has signed in at Confluence since.
    SomebodyElse,
    /// Confluence did not answer anybody; with a sentence.
    Silent(String),
    /// What it answered about this person is of no use; with a sentence.
    Unclear(String),
    /// It was asked too often for this client, or about too many people at once.
    TooMany(Duration),
    /// The button was not one of ours.
    OtherSite,
}

impl SignOnProblem {
    pub(super) fn sentence(&self, settings: &SingleSignOn) -> String {
        match self {
            Self::NoConnection => format!(
                "The portal has no live connection to {}, so that people of that Confluence cannot come in yet. An admin \
                 who signs in with a password makes it under Connections, with this address.",
                settings.url
            ),
            Self::NoCookie => "You are not signed in at Confluence, as far as this browser tells the portal. Sign in \
                 there, then come back and try again."
                .to_owned(),
            Self::Nobody { .. } => "Confluence does not accept the sign-in that this browser brought. It has expired, or \
                 Crowd takes you for a client at another address; Confluence does not tell which. First sign in at \
                 Confluence again, then come back and try again."
                .to_owned(),
            Self::NotInGroups => format!(
                "Confluence knows you, but none of your groups may sign in here. The group {} would do; ask an admin of \
                 Confluence to add you.",
                groups_in_words(&settings.groups)
            ),
            Self::SomebodyElse => "Somebody else is signed in at Confluence in this browser now, so your session here \
                 has ended. Sign in again."
                .to_owned(),
            Self::Silent(sentence) | Self::Unclear(sentence) => {
                format!("Confluence could not be asked who you are. {sentence}")
            }
            Self::TooMany(wait) => wait_sentence(*wait),
            Self::OtherSite => "Please press the button once more on this page.".to_owned(),
        }
    }

    /// What an operator needs to know, one paragraph each.
    pub(super) fn more(&self, settings: &SingleSignOn, portal: &BaseUrl) -> Vec<String> {
        let apart = || {
            format!(
                "For whoever runs the portal: cookies of {} do not reach {}, because the two have no parent domain in \
                 common. Give the portal a name beside Confluence's, and let Crowd set its cookie for their parent domain.",
                settings.url.host_str().unwrap_or_default(),
                portal.host(),
            )
        };
        match self {
            Self::NoCookie if !settings.shares_cookies_with(portal) => vec![apart()],
            Self::NoCookie => vec![format!(
                "For whoever runs the portal, if this stays so: Crowd must set its cookie “{}” for the parent domain of \
                 both hosts (Crowd, General options, SSO domain), or VESTIBULE_SSO_COOKIES names another cookie.",
                settings.crowd_cookie()
            )],
            Self::Nobody { client } => vec![
                format!(
                    "If that does not help, Crowd gave out the sign-in for another address than the one it sees now (its \
                     “validation factors”). The portal said that you come from {client}. If that is not your address, a \
                     proxy in front of the portal is missing in VESTIBULE_TRUSTED_PROXIES."
                ),
                "If it is, there are two remedies. One: add the portal's own address to Crowd's trusted proxies. Crowd \
                 then believes what the portal says of its visitors, so nothing else may send requests from that \
                 address. Two: switch off “Require consistent client IP address” in Crowd's session configuration. A \
                 stolen cookie then works from anywhere, for every application of Crowd."
                    .to_owned(),
            ],
            _ => Vec::new(),
        }
    }

    /// Confluence's own sign-in, where that helps.
    pub(super) fn elsewhere(&self, settings: &SingleSignOn) -> Option<Link> {
        let helps = matches!(
            self,
            Self::NoCookie | Self::Nobody { .. } | Self::SomebodyElse
        );
        helps.then(|| Link {
            title: "Sign in at Confluence".to_owned(),
            url: format!(
                "{}/login.action?os_destination=%2F",
                settings.url.as_str().trim_end_matches('/')
            ),
        })
    }

    /// What somebody must look into. Neither cookies nor names.
    pub(super) fn log(&self) {
        match self {
            Self::NoConnection => {
                tracing::warn!(
                    "single sign-on has no live connection with the address of VESTIBULE_SSO_URL"
                );
            }
            Self::Nobody { .. } => tracing::info!(
                "the single sign-on did not accept a cookie: expired, or Crowd expects another client address"
            ),
            Self::Unclear(sentence) => {
                tracing::warn!(reason = sentence, "the single sign-on could not be asked");
            }
            // Somebody who does not answer is logged when asked, and not again for everybody who would have asked.
            Self::Silent(_)
            | Self::NoCookie
            | Self::NotInGroups
            | Self::SomebodyElse
            | Self::TooMany(_)
            | Self::OtherSite => {}
        }
    }
}

//! Why somebody could not be signed in at an OpenID provider, in sentences for people who cannot look into the log.

use crate::accounts::roles::groups_in_words;
use crate::config::OpenId;
use crate::confluence::{ConfluenceError, Problem};

/// Neither holds nor prints codes, tokens or secrets.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OpenIdError {
    /// The provider did not answer.
    #[error("the provider could not be asked: {0}")]
    Asking(#[from] ConfluenceError),
    /// What came is not what a provider promises.
    #[error("the provider's answer is wrong: {0}")]
    Answer(String),
    /// The browser brought an answer to a question that it did not ask, or another provider's.
    #[error("nobody asked for this answer: {0}")]
    NotAsked(&'static str),
    /// The provider sent the browser back with an error.
    #[error("the provider sent the error {0}")]
    Sent(String),
    /// The provider did not take the code: used before, or too old.
    #[error("the provider did not take the code")]
    Code,
    /// The provider did not take the portal's own id or secret.
    #[error("the provider did not take the portal's client id or secret: {0}")]
    Client(String),
    /// The token about the person does not hold.
    #[error("the ID token was refused: {0}")]
    Token(String),
    /// There is no claim with groups.
    #[error("the provider sent no claim {0}")]
    NoGroups(String),
    /// The list of groups was too long for a token.
    #[error("the provider left out the claim {0}, because the list is too long")]
    TooManyGroups(String),
    /// None of the person's groups may come in.
    #[error("none of the person's groups may sign in")]
    NotInGroups,
}

impl OpenIdError {
    /// For the sign-in page: what is wrong and what to do.
    pub fn sentence(&self, openid: &OpenId) -> String {
        let name = &openid.name;
        match self {
            Self::Asking(error) => unreachable_sentence(name, &error.problem),
            Self::Answer(_) | Self::Token(_) => format!(
                "{name} sent an answer that cannot be trusted, so nobody was signed in. The portal's log says what is \
                 wrong with it; often it is VESTIBULE_OIDC_ISSUER, or a clock that is wrong."
            ),
            Self::NotAsked(_) => {
                "This sign-in was not begun in this browser, or longer than ten minutes ago, so it \
                 was not used. Start again here."
                    .to_owned()
            }
            Self::Sent(code) => sent_sentence(name, code),
            Self::Code => format!(
                "{name} did not accept the sign-in a second time, as when a page is reloaded. Start again here."
            ),
            Self::Client(_) => format!(
                "{name} does not accept the portal. Whoever runs the portal checks VESTIBULE_OIDC_CLIENT_ID and \
                 VESTIBULE_OIDC_CLIENT_SECRET."
            ),
            Self::NoGroups(claim) => format!(
                "{name} did not say which groups you are in. Whoever runs {name} lets it send the claim “{claim}” to the \
                 portal; some providers want VESTIBULE_OIDC_SCOPES to ask for it. Or the portal's \
                 VESTIBULE_OIDC_GROUPS_CLAIM names another claim."
            ),
            Self::TooManyGroups(claim) => format!(
                "You are in so many groups that {name} left them out. Whoever runs {name} limits the claim “{claim}” to \
                 groups that are assigned to the portal."
            ),
            Self::NotInGroups => format!(
                "{name} knows you, but none of your groups may sign in here. The group {} would do; ask whoever runs \
                 {name} to add you, then sign in again.",
                groups_in_words(&openid.groups)
            ),
        }
    }

    /// Whether somebody must look into it: not when people are turned away as they should be.
    pub fn is_trouble(&self) -> bool {
        match self {
            Self::NotAsked(_) | Self::Code | Self::NotInGroups => false,
            Self::Sent(code) => !is_decision(code),
            _ => true,
        }
    }
}

fn unreachable_sentence(name: &str, problem: &Problem) -> String {
    match problem {
        Problem::Blocked { host } => format!(
            "{host} has an address that the portal does not connect to. Whoever runs the portal lists its network in \
             VESTIBULE_CONFLUENCE_NETWORKS, if it is meant."
        ),
        problem => format!(
            "{name} cannot be reached ({problem}). Try again in a few minutes; whoever runs the portal checks \
             VESTIBULE_OIDC_ISSUER if it stays so."
        ),
    }
}

/// What the person decided, or would have to.
fn is_decision(code: &str) -> bool {
    matches!(
        code,
        "access_denied"
            | "login_required"
            | "interaction_required"
            | "consent_required"
            | "account_selection_required"
    )
}

fn sent_sentence(name: &str, code: &str) -> String {
    match code {
        "access_denied" => format!(
            "The sign-in was refused at {name}, by you or by its rules. Start again here if that was a mistake."
        ),
        code if is_decision(code) => format!(
            "{name} wants to ask you something first. Sign in there in another tab, then start again here."
        ),
        "temporarily_unavailable" | "server_error" => {
            format!("{name} is in trouble of its own ({code}). Try again in a few minutes.")
        }
        code => format!(
            "{name} refused the portal's question ({code}). Whoever runs the portal compares its registration at {name} \
             with the VESTIBULE_OIDC_ settings: callback address, scopes, client."
        ),
    }
}

/// An error code as the standards write them; anything else could be somebody's text on our page.
pub(super) fn plain_code(code: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    match code.len() <= 60 && code.bytes().all(plain) {
        true => code.to_owned(),
        false => "unknown".to_owned(),
    }
}

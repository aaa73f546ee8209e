//! What is recorded of visits: ways in and refusals, for the share's admin. Never a token, a password or an address.

use time::OffsetDateTime;

use super::share::ShareId;
use super::unlock_token::{Accepted, Refused};

/// Something that happened at a share's door.
#[derive(Debug)]
pub enum Event {
    PasswordAccepted,
    PasswordRefused,
    PasswordThrottled,
    TokenAccepted(Accepted),
    TokenRefused(Refused),
}

/// An event on its way to the database.
#[derive(Debug)]
pub struct NewEvent {
    pub share: ShareId,
    pub event: Event,
    pub at: OffsetDateTime,
}

/// A stored event, as the admin page and the API list it.
#[derive(Debug)]
pub struct StoredEvent {
    pub id: i64,
    pub at: OffsetDateTime,
    /// `password_accepted`, `password_refused`, `password_throttled`, `token_accepted` or `token_refused`.
    pub kind: String,
    /// The refusal code of the token rule.
    pub code: Option<String>,
    /// Unix seconds.
    pub token_not_before: Option<i64>,
    pub token_expires: Option<i64>,
    /// How far the client's clock seems ahead of ours.
    pub clock_difference_seconds: Option<i64>,
    pub signing_key: Option<String>,
}

//! Who caused an event.

use std::net::IpAddr;

use uuid::Uuid;

use super::word_table::word_table;

word_table! {
    /// What an actor is.
    ActorKind {
        /// Somebody who is signed in at the admin pages; the id is the account's.
        Account = "account",
        /// A program; the id is the token's.
        ApiToken = "api_token",
        /// Somebody in a frame inside Confluence; the id is that of the account they have here.
        InsidePerson = "inside_person",
        /// Whoever has a terminal on the machine.
        CommandLine = "command_line",
        /// A Confluence site that tells of itself, such as that the app was installed; the id is the connection's.
        Site = "site",
        /// The portal by itself.
        Portal = "portal",
        /// Somebody who is not signed in.
        Stranger = "stranger",
    }
}

/// Who caused an event, as they were then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    pub id: Option<Uuid>,
    /// Empty where the kind says everything. Counts as personal.
    pub name: String,
    /// Of the client. Whoever makes an actor asks [`crate::config::AuditAddresses`] whether it may be kept.
    pub address: Option<IpAddr>,
    pub request_id: Option<String>,
}

impl Actor {
    /// An actor that is not behind a request: [`ActorKind::Portal`] or [`ActorKind::CommandLine`].
    pub fn local(kind: ActorKind) -> Self {
        Self {
            kind,
            id: None,
            name: String::new(),
            address: None,
            request_id: None,
        }
    }
}

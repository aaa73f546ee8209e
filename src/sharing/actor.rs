//! Who asks for a change, and what may be known of them.

use std::net::IpAddr;

use uuid::Uuid;

use crate::accounts::account::{Account, Role};
use crate::accounts::session::Way;
use crate::audit::actor::{self as audit, ActorKind};
use crate::connections::installation::AppKind;

/// Who asks for something, and from where. Front doors make one for each request.
#[derive(Debug, Clone)]
pub struct Actor {
    pub who: Who,
    /// Of the client, for what is counted by address and what a site is told of it.
    pub client: Option<IpAddr>,
    pub request_id: Option<String>,
}

/// Who it is.
#[derive(Debug, Clone)]
pub enum Who {
    /// Somebody who is signed in at the admin pages, in a tab or in a frame inside Confluence.
    Person(Person),
    /// A program with a token of the API.
    Token { id: Uuid, name: String },
    /// Whoever has a terminal on the machine.
    CommandLine,
    /// The portal by itself.
    Portal,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub account_id: Uuid,
    /// What the account is called: its e-mail address, or a name.
    pub name: String,
    pub role: Role,
    pub way: Way,
    /// By what name the site knows the person that vouches for them.
    pub known_as: Option<String>,
    /// The app in whose frame the session is; `None` in a tab.
    pub app: Option<AppKind>,
}

/// Somebody of whom nothing is known yet but where they come from.
#[derive(Debug, Clone)]
pub struct Stranger {
    pub client: IpAddr,
    pub request_id: String,
}

impl Stranger {
    /// It has turned out who it is.
    pub fn identified(&self, person: Person) -> Actor {
        Actor {
            who: Who::Person(person),
            client: Some(self.client),
            request_id: Some(self.request_id.clone()),
        }
    }
}

impl Person {
    /// The person of an account in a tab.
    pub fn of(account: &Account, way: Way, known_as: Option<String>) -> Self {
        Self {
            account_id: account.id,
            name: account.name().to_owned(),
            role: account.role,
            way,
            known_as,
            app: None,
        }
    }

    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// The site whose rights bind a sharer, and the name that it knows them by. Without a name they have no rights there.
    pub fn bound_to(&self) -> Option<(Uuid, &str)> {
        let site = self.way.site().filter(|_| !self.is_admin())?;
        Some((site, self.known_as.as_deref().unwrap_or_default()))
    }

    /// The name that a site knows the person by, if it is the one that vouches for them.
    pub fn known_at(&self, connection_id: Uuid) -> Option<&str> {
        let is_there = self.way.site() == Some(connection_id);
        self.known_as.as_deref().filter(|_| is_there)
    }
}

impl Actor {
    /// An actor without a request: the command line or the portal itself.
    pub fn local(who: Who) -> Self {
        Self {
            who,
            client: None,
            request_id: None,
        }
    }

    /// `None` for whoever is no person; those may do everything.
    pub fn person(&self) -> Option<&Person> {
        match &self.who {
            Who::Person(person) => Some(person),
            Who::Token { .. } | Who::CommandLine | Who::Portal => None,
        }
    }

    /// Everybody but a sharer.
    pub fn is_admin(&self) -> bool {
        self.person().is_none_or(Person::is_admin)
    }

    /// See [`Person::bound_to`].
    pub fn bound_to(&self) -> Option<(Uuid, &str)> {
        self.person().and_then(Person::bound_to)
    }

    /// How shares and tokens say who made them.
    pub fn author(&self) -> String {
        match &self.who {
            Who::Person(person) => person.name.clone(),
            Who::Token { name, .. } => format!("api:{name}"),
            Who::CommandLine => "command line".to_owned(),
            Who::Portal => "portal".to_owned(),
        }
    }

    /// As the audit record keeps it.
    pub(super) fn recorded(&self, addresses: crate::config::AuditAddresses) -> audit::Actor {
        let (kind, id, name) = match &self.who {
            Who::Person(person) => {
                let kind = if person.way.is_framed() {
                    ActorKind::InsidePerson
                } else {
                    ActorKind::Account
                };
                (kind, Some(person.account_id), person.name.clone())
            }
            Who::Token { id, name } => (ActorKind::ApiToken, Some(*id), name.clone()),
            Who::CommandLine => (ActorKind::CommandLine, None, String::new()),
            Who::Portal => (ActorKind::Portal, None, String::new()),
        };
        audit::Actor {
            kind,
            id,
            name,
            address: addresses.of(self.client),
            request_id: self.request_id.clone(),
        }
    }
}

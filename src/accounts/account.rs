//! An admin's account and the address it is known by. How one signs in is `sign_in`'s subject.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::password::PasswordHash;

/// A mail address in lower case, as the account's name; no mail is ever sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

/// Why a text is no mail address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("“{0}” is not an email address such as name@example.com")]
pub struct NotAnEmail(String);

impl Email {
    const MAX_CHARS: usize = 254;

    /// Only the shape is checked, something@something: the address is a name here.
    pub fn parse(written: &str) -> Result<Self, NotAnEmail> {
        let email = written.trim().to_lowercase();
        let shown = || NotAnEmail(email.chars().take(80).collect());
        let (local, host) = email.split_once('@').ok_or_else(shown)?;
        let plain = !email.contains(|char: char| char.is_whitespace() || char.is_control());
        let complete = !local.is_empty() && !host.is_empty() && !host.contains('@');
        if plain && complete && email.chars().count() <= Self::MAX_CHARS {
            Ok(Self(email))
        } else {
            Err(shown())
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an account may do in the admin pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Admin,
    /// Shares of content that its person may see; no connections, API tokens or other people's accounts.
    Sharer,
}

impl Role {
    const ALL: [Self; 2] = [Self::Admin, Self::Sharer];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Sharer => "sharer",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// Somebody who may use the admin pages.
#[derive(Debug)]
pub struct Account {
    pub id: Uuid,
    /// Lower case. `None` where another system vouches for the person and tells no address.
    pub email: Option<String>,
    /// As the system says that vouches for the person.
    pub display_name: Option<String>,
    pub role: Role,
    /// `None` for those who sign in elsewhere.
    pub password_hash: Option<PasswordHash>,
    /// Part of every sign-in session; raising it ends all of them.
    pub session_epoch: i32,
    pub created_at: OffsetDateTime,
    pub last_sign_in_at: Option<OffsetDateTime>,
}

impl Account {
    /// What the account is called on pages and in shares; never empty.
    pub fn name(&self) -> &str {
        let name = self.email.as_deref().or(self.display_name.as_deref());
        name.unwrap_or("somebody")
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn addresses_are_trimmed_and_lower_case() {
        assert_eq!(
            Email::parse("  Ada@Example.COM ").unwrap().as_str(),
            "ada@example.com"
        );
        assert_eq!(
            Email::parse("root@localhost").unwrap().as_str(),
            "root@localhost"
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a@b@c",
            "a b@example.com",
            "a@exa\nmple.com",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(250))).is_err());
    }
}

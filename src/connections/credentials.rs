//! What a live connection signs in with, and how it is kept: sealed, bound to the connection's row.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

pub use crate::confluence::AuthKind;
use crate::seal::{SealError, Sealer};

/// Credentials as somebody gave them, with the tokens that came of them. No `Display`, `Clone` or `Debug` of the
/// secrets; they are only serialized into a seal.
pub enum Credentials {
    ApiToken {
        email: String,
        token: String,
    },
    ScopedToken {
        /// Of a person; a service account's token stands alone.
        email: Option<String>,
        token: String,
    },
    ClientCredentials {
        /// `None`: where the product usually has it.
        token_url: Option<String>,
        client_id: String,
        client_secret: String,
        access: Option<StoredAccess>,
    },
    AuthorizationCode {
        client_id: String,
        client_secret: String,
        access: Option<StoredAccess>,
        /// `None` until somebody has agreed in the browser.
        refresh_token: Option<String>,
    },
    PersonalAccessToken {
        token: String,
    },
    Basic {
        username: String,
        password: String,
    },
}

/// An access token and its end.
pub struct StoredAccess {
    pub token: String,
    pub expires_at: OffsetDateTime,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.kind().as_str())
    }
}

impl Credentials {
    pub fn kind(&self) -> AuthKind {
        match self {
            Self::ApiToken { .. } => AuthKind::ApiToken,
            Self::ScopedToken { .. } => AuthKind::ScopedToken,
            Self::ClientCredentials { .. } => AuthKind::ClientCredentials,
            Self::AuthorizationCode { .. } => AuthKind::AuthorizationCode,
            Self::PersonalAccessToken { .. } => AuthKind::PersonalAccessToken,
            Self::Basic { .. } => AuthKind::Basic,
        }
    }

    /// Who signs in, as far as it is no secret: an e-mail, a user name, a client id.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::ApiToken { email, .. } => Some(email),
            Self::ScopedToken { email, .. } => email.as_deref(),
            Self::ClientCredentials { client_id, .. }
            | Self::AuthorizationCode { client_id, .. } => Some(client_id),
            Self::PersonalAccessToken { .. } => None,
            Self::Basic { username, .. } => Some(username),
        }
    }

    pub(super) fn seal(&self, sealer: &Sealer, connection: Uuid) -> Result<Vec<u8>, SealError> {
        sealer.seal_value(&Plain::from(self), &bound_to(connection))
    }

    /// The credentials, and whether they are sealed with the previous key.
    pub(super) fn open(
        sealer: &Sealer,
        sealed: &[u8],
        connection: Uuid,
    ) -> Result<(Self, bool), SealError> {
        let (plain, is_outdated) = sealer.open_value::<Plain>(sealed, &bound_to(connection))?;
        Ok((plain.into(), is_outdated))
    }
}

fn bound_to(connection: Uuid) -> Vec<u8> {
    [b"connection ", &connection.as_bytes()[..]].concat()
}

/// The sealed form. Fields may be added, never renamed.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Plain {
    ApiToken {
        email: String,
        token: String,
    },
    ScopedToken {
        email: Option<String>,
        token: String,
    },
    ClientCredentials {
        token_url: Option<String>,
        client_id: String,
        client_secret: String,
        access: Option<PlainAccess>,
    },
    AuthorizationCode {
        client_id: String,
        client_secret: String,
        access: Option<PlainAccess>,
        refresh_token: Option<String>,
    },
    PersonalAccessToken {
        token: String,
    },
    Basic {
        username: String,
        password: String,
    },
}

#[derive(Serialize, Deserialize)]
struct PlainAccess {
    token: String,
    /// Unix seconds.
    expires_at: i64,
}

impl From<&Credentials> for Plain {
    fn from(credentials: &Credentials) -> Self {
        let access = |access: &Option<StoredAccess>| {
            access.as_ref().map(|access| PlainAccess {
                token: access.token.clone(),
                expires_at: access.expires_at.unix_timestamp(),
            })
        };
        match credentials {
            Credentials::ApiToken { email, token } => Self::ApiToken {
                email: email.clone(),
                token: token.clone(),
            },
            Credentials::ScopedToken { email, token } => Self::ScopedToken {
                email: email.clone(),
                token: token.clone(),
            },
            Credentials::ClientCredentials {
                token_url,
                client_id,
                client_secret,
                access: stored,
            } => Self::ClientCredentials {
                token_url: token_url.clone(),
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
                access: access(stored),
            },
            Credentials::AuthorizationCode {
                client_id,
                client_secret,
                access: stored,
                refresh_token,
            } => Self::AuthorizationCode {
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
                access: access(stored),
                refresh_token: refresh_token.clone(),
            },
            Credentials::PersonalAccessToken { token } => Self::PersonalAccessToken {
                token: token.clone(),
            },
            Credentials::Basic { username, password } => Self::Basic {
                username: username.clone(),
                password: password.clone(),
            },
        }
    }
}

impl From<Plain> for Credentials {
    fn from(plain: Plain) -> Self {
        let access = |access: Option<PlainAccess>| {
            let access = access?;
            Some(StoredAccess {
                token: access.token,
                expires_at: OffsetDateTime::from_unix_timestamp(access.expires_at).ok()?,
            })
        };
        match plain {
            Plain::ApiToken { email, token } => Self::ApiToken { email, token },
            Plain::ScopedToken { email, token } => Self::ScopedToken { email, token },
            Plain::ClientCredentials {
                token_url,
                client_id,
                client_secret,
                access: stored,
            } => Self::ClientCredentials {
                token_url,
                client_id,
                client_secret,
                access: access(stored),
            },
            Plain::AuthorizationCode {
                client_id,
                client_secret,
                access: stored,
                refresh_token,
            } => Self::AuthorizationCode {
                client_id,
                client_secret,
                access: access(stored),
                refresh_token,
            },
            Plain::PersonalAccessToken { token } => Self::PersonalAccessToken { token },
            Plain::Basic { username, password } => Self::Basic { username, password },
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Credentials;
    use crate::seal::Sealer;

    #[test]
    fn credentials_come_back_from_their_own_row_only_and_show_no_secret() {
        let sealer = Sealer::new(&[1; 32], None);
        let row = Uuid::from_u128(1);
        let credentials = Credentials::ApiToken {
            email: "a@example.com".to_owned(),
            token: "s3cret".to_owned(),
        };
        assert_eq!(format!("{credentials:?}"), "Credentials(api_token)");
        let sealed = credentials.seal(&sealer, row).unwrap();
        let (opened, outdated) = Credentials::open(&sealer, &sealed, row).unwrap();
        assert!(matches!(opened, Credentials::ApiToken { token, .. } if token == "s3cret"));
        assert!(!outdated);
        assert!(Credentials::open(&sealer, &sealed, Uuid::from_u128(2)).is_err());
    }
}

//! By what a signed-in person is known at a connection's site, and how that is kept: sealed, bound to the account and the
//! connection. Queries are `store::person`.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::seal::{SealError, Sealer};

/// What a person's own requests to the site carry. No `Debug` or `Clone`; serialized only into a seal.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PersonCredentials {
    /// Data Center: the cookies of the single sign-on, with those that Confluence has set since. Names and values.
    Cookies { cookies: Vec<(String, String)> },
    /// Forge: the token that came with the last call in the person's name, good until `expires_at` (Unix seconds).
    Token { token: String, expires_at: i64 },
}

impl PersonCredentials {
    pub fn seal(
        &self,
        sealer: &Sealer,
        account_id: Uuid,
        connection_id: Uuid,
    ) -> Result<Vec<u8>, SealError> {
        sealer.seal_value(self, &bound_to(account_id, connection_id))
    }

    pub fn open(
        sealer: &Sealer,
        sealed: &[u8],
        account_id: Uuid,
        connection_id: Uuid,
    ) -> Result<Self, SealError> {
        let (credentials, _) = sealer.open_value(sealed, &bound_to(account_id, connection_id))?;
        Ok(credentials)
    }
}

/// Sealed credentials of a person, and when the site last said whose they are.
pub struct StoredPerson {
    pub credentials: Vec<u8>,
    pub checked_at: OffsetDateTime,
}

fn bound_to(account_id: Uuid, connection_id: Uuid) -> Vec<u8> {
    [
        b"person ",
        &account_id.as_bytes()[..],
        &connection_id.as_bytes()[..],
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::PersonCredentials;
    use crate::seal::Sealer;

    #[test]
    fn credentials_come_back_for_their_own_account_and_connection_only() {
        let sealer = Sealer::new(&[1; 32], None);
        let [ada, bob, wiki] = [1, 2, 3].map(Uuid::from_u128);
        let credentials = PersonCredentials::Token {
            token: "t0p".to_owned(),
            expires_at: 7,
        };
        let sealed = credentials.seal(&sealer, ada, wiki).unwrap();
        assert!(PersonCredentials::open(&sealer, &sealed, bob, wiki).is_err());
        let opened = PersonCredentials::open(&sealer, &sealed, ada, wiki).unwrap();
        assert!(matches!(
            opened,
            PersonCredentials::Token { expires_at: 7, .. }
        ));
    }
}

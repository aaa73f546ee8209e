//! Passwords: their hashes (argon2id) and the queue in front of the hashing. Knows neither shares nor accounts.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash as PhcHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

/// OWASP's second argon2id setting: 19 MiB, two passes, one lane; about 30 ms.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A login that waited longer than this for its turn is told to come back.
const LONGEST_QUEUE: Duration = Duration::from_secs(2);

/// What somebody typed: 1 to 256 characters, in Unicode NFC, so that two keyboards that spell `é` differently agree.
pub struct Password(String);

/// Why a text cannot be a password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PasswordError {
    #[error("The password is empty.")]
    Empty,
    #[error("The password is longer than 256 characters.")]
    TooLong,
}

impl Password {
    const MAX_CHARS: usize = 256;

    pub fn new(typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        // Normalising can shorten a text, never below a quarter of its characters' count that matters here; counting
        // first keeps a huge input from being copied.
        if typed.chars().take(Self::MAX_CHARS * 4 + 1).count() > Self::MAX_CHARS * 4 {
            return Err(PasswordError::TooLong);
        }
        let normalised: String = typed.nfc().collect();
        if normalised.chars().count() > Self::MAX_CHARS {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(normalised))
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password")
    }
}

/// A PHC string; its parameters travel with it, so that they can rise later.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps what the database holds.
    pub fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// For the store only.
    pub fn as_stored(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// What a check found.
pub enum Verdict {
    Wrong,
    Right,
    /// Right, and here is the hash with today's parameters to store instead.
    RightButOutdated(PasswordHash),
}

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    #[error("too many logins at once")]
    Busy,
    #[error("password hashing failed: {0}")]
    Failed(String),
}

/// Hashes off the async workers, as many at once as there are cores: memory stays bounded and page views go on.
#[derive(Clone)]
pub struct Hasher {
    permits: Arc<Semaphore>,
    /// Checked when there is no share or account, so that the answer takes as long as for a wrong password.
    dummy: Arc<PasswordHash>,
}

impl Hasher {
    /// `at_once` is how many hashes may be computed at the same time; each takes 19 MiB.
    pub fn new(at_once: usize) -> Result<Self, HashError> {
        let unguessable = hex::encode(rand::random::<[u8; 32]>());
        let dummy = hash(&Password(unguessable))?;
        Ok(Self {
            permits: Arc::new(Semaphore::new(at_once.max(1))),
            dummy: Arc::new(dummy),
        })
    }

    pub async fn hash(&self, password: Password) -> Result<PasswordHash, HashError> {
        self.off_worker(move || hash(&password)).await
    }

    /// `stored` is `None` for an unknown share or account: that is always wrong, after the same work.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<PasswordHash>,
    ) -> Result<Verdict, HashError> {
        let dummy = Arc::clone(&self.dummy);
        self.off_worker(move || match stored {
            Some(stored) => verify(&password, &stored),
            None => verify(&password, &dummy).map(|_| Verdict::Wrong),
        })
        .await
    }

    async fn off_worker<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let waited =
            tokio::time::timeout(LONGEST_QUEUE, Arc::clone(&self.permits).acquire_owned()).await;
        let Ok(Ok(permit)) = waited else {
            return Err(HashError::Busy);
        };
        let finished = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        finished.await.unwrap_or_else(|panic| Err(failed(panic)))
    }
}

/// Hashes on the calling thread: for commands.
pub fn hash(password: &Password) -> Result<PasswordHash, HashError> {
    let phc: PhcHash = current_parameters()?
        .hash_password(password.0.as_bytes())
        .map_err(failed)?;
    Ok(PasswordHash(phc.to_string()))
}

fn verify(password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError> {
    let phc = PhcHash::new(&stored.0).map_err(failed)?;
    if Argon2::default()
        .verify_password(password.0.as_bytes(), &phc)
        .is_err()
    {
        return Ok(Verdict::Wrong);
    }
    let parameters = Params::try_from(&phc).map_err(failed)?;
    let current = parameters.m_cost() == MEMORY_KIB
        && parameters.t_cost() == PASSES
        && parameters.p_cost() == LANES;
    if current {
        Ok(Verdict::Right)
    } else {
        hash(password).map(Verdict::RightButOutdated)
    }
}

fn current_parameters() -> Result<Argon2<'static>, HashError> {
    let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

fn failed(error: impl std::fmt::Display) -> HashError {
    HashError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordHasher as _;
    use argon2::password_hash::phc::PasswordHash as PhcHash;
    use argon2::{Algorithm, Argon2, Params, Version};

    use super::{Password, PasswordError, PasswordHash, Verdict, hash, verify};

    fn password(text: &str) -> Password {
        Password::new(text).unwrap()
    }

    #[test]
    fn the_right_password_is_right_and_any_other_is_wrong() {
        let stored = hash(&password("correct horse")).unwrap();
        assert!(matches!(
            verify(&password("correct horse"), &stored),
            Ok(Verdict::Right)
        ));
        assert!(matches!(
            verify(&password("correct horsf"), &stored),
            Ok(Verdict::Wrong)
        ));
    }

    #[test]
    fn composed_and_decomposed_spellings_are_the_same_password() {
        let stored = hash(&password("caf\u{e9}")).unwrap();
        assert!(matches!(
            verify(&password("cafe\u{301}"), &stored),
            Ok(Verdict::Right)
        ));
    }

    #[test]
    fn a_hash_with_weaker_parameters_is_replaced_at_login() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8, 1, 1, None).unwrap(),
        );
        let phc: PhcHash = weak.hash_password(b"pw").unwrap();
        let verdict = verify(&password("pw"), &PasswordHash::from_stored(phc.to_string())).unwrap();
        let Verdict::RightButOutdated(replacement) = verdict else {
            panic!("the weak hash was kept")
        };
        assert!(replacement.as_stored().contains("m=19456,t=2,p=1"));
    }

    #[test]
    fn length_is_counted_in_characters_and_nothing_is_cut() {
        assert!(Password::new(&"ü".repeat(256)).is_ok());
        assert_eq!(
            Password::new(&"ü".repeat(257)).unwrap_err(),
            PasswordError::TooLong
        );
        assert_eq!(Password::new("").unwrap_err(), PasswordError::Empty);
        let stored = hash(&password(&"a".repeat(256))).unwrap();
        assert!(matches!(
            verify(&password(&"a".repeat(255)), &stored),
            Ok(Verdict::Wrong)
        ));
    }
}

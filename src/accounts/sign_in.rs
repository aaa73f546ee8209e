//! Signing in: the guess limits of accounts and the check of a password. What the browser gets to see and keep is
//! `admin`'s subject.

use time::{Duration, OffsetDateTime};

use super::account::{Account, Email};
use super::store::account as store;
use crate::db::{Db, DbError};
use crate::guess_limit::{self, Charge, GuessLimit};
use crate::password::{HashError, Hasher, Password, Verdict};

/// One client at one account: five guesses, then one in six minutes.
const CLIENT_BURST: i32 = 5;
const CLIENT_REFILL: Duration = Duration::minutes(6);
/// Everybody at one account: thirty guesses, then one a minute. An owner who is kept out by strangers' guesses waits
/// a minute, not for ever.
const ACCOUNT_BURST: i32 = 30;
const ACCOUNT_REFILL: Duration = Duration::minutes(1);
/// One client at other systems, which check for themselves and must not be asked without end: thirty sign-ins that come to
/// nothing, then one in ten seconds.
const ELSEWHERE_BURST: i32 = 30;
const ELSEWHERE_REFILL: Duration = Duration::seconds(10);

/// What came of a try to sign in.
#[derive(Debug)]
pub enum SignIn {
    /// The password is right. Whoever begins a session records it.
    Accepted(Account),
    /// Wrong password or no such account: nobody can tell which.
    Refused,
    /// Too many guesses; nothing was checked.
    Wait(Duration),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Hash(#[from] HashError),
}

/// Checks a password at the door.
///
/// `client` is what counts as one client, such as an address or an IPv6 network. The guess is
/// charged before the work and given back when it was right, so that parallel guesses cannot outrun the limit; an
/// unknown account takes the same steps and the same time.
pub async fn check(
    db: &Db,
    hasher: &Hasher,
    email: &Email,
    password: Password,
    client: &str,
    now: OffsetDateTime,
) -> Result<SignIn, SignInError> {
    let (searched, charged) = (email.clone(), limits(email, client));
    let found = db
        .run(move |db| match guess_limit::charge(db, &charged, now)? {
            Charge::Wait(wait) => Ok::<_, DbError>(Err(wait)),
            Charge::Granted => store::find_by_email(db, &searched).map(Ok),
        })
        .await?;
    let account = match found {
        Err(wait) => return Ok(SignIn::Wait(wait)),
        Ok(account) => account,
    };
    let stored = account
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let replacement = match (hasher.verify(password, stored).await?, &account) {
        (Verdict::Wrong, _) | (_, None) => return Ok(SignIn::Refused),
        (Verdict::Right, _) => None,
        (Verdict::RightButOutdated(hash), _) => Some(hash),
    };
    let Some(account) = account else {
        return Ok(SignIn::Refused);
    };
    let charged = limits(email, client);
    db.run(move |db| {
        guess_limit::give_back(db, &charged)?;
        if let (Some(outdated), Some(hash)) = (&account.password_hash, replacement) {
            store::replace_outdated_hash(db, account.id, outdated, &hash)?;
        }
        Ok(SignIn::Accepted(account))
    })
    .await
}

/// What came of a check of the own password by somebody who is signed in.
#[derive(Debug, PartialEq, Eq)]
pub enum OwnPassword {
    Right,
    Wrong,
    Wait(Duration),
}

/// Checks the current password of a signed-in admin, under the same limits as a sign-in: an unlocked screen must not
/// be a place to guess at.
pub async fn check_own_password(
    db: &Db,
    hasher: &Hasher,
    account: &Account,
    password: Password,
    client: &str,
    now: OffsetDateTime,
) -> Result<OwnPassword, SignInError> {
    let limits_of = || limits_by_name(account.name(), client);
    let charged = limits_of();
    let charge = db
        .run(move |db| guess_limit::charge(db, &charged, now))
        .await?;
    if let Charge::Wait(wait) = charge {
        return Ok(OwnPassword::Wait(wait));
    }
    let verdict = hasher
        .verify(password, account.password_hash.clone())
        .await?;
    if matches!(verdict, Verdict::Wrong) {
        return Ok(OwnPassword::Wrong);
    }
    let charged = limits_of();
    db.run(move |db| guess_limit::give_back(db, &charged))
        .await?;
    Ok(OwnPassword::Right)
}

/// Charges a client for a sign-in about which another system is asked.
pub async fn charge_elsewhere(
    db: &Db,
    client: &str,
    now: OffsetDateTime,
) -> Result<Charge, DbError> {
    let charged = limit_elsewhere(client);
    db.run(move |db| guess_limit::charge(db, &charged, now))
        .await
}

/// The other system let somebody in.
pub async fn give_back_elsewhere(db: &Db, client: &str) -> Result<(), DbError> {
    let charged = limit_elsewhere(client);
    db.run(move |db| guess_limit::give_back(db, &charged)).await
}

fn limit_elsewhere(client: &str) -> [GuessLimit; 1] {
    [GuessLimit {
        bucket: format!("elsewhere:client:{client}"),
        burst: ELSEWHERE_BURST,
        refill: ELSEWHERE_REFILL,
    }]
}

fn limits(email: &Email, client: &str) -> [GuessLimit; 2] {
    limits_by_name(email.as_str(), client)
}

fn limits_by_name(email: &str, client: &str) -> [GuessLimit; 2] {
    [
        GuessLimit {
            bucket: format!("account:{email}:client:{client}"),
            burst: CLIENT_BURST,
            refill: CLIENT_REFILL,
        },
        GuessLimit {
            bucket: format!("account:{email}:all"),
            burst: ACCOUNT_BURST,
            refill: ACCOUNT_REFILL,
        },
    ]
}

//! Sessions of the single sign-on are asked about again every five minutes: whether Confluence still knows the person by the
//! cookies, and in which groups. One question per account at a time.
//!
//! While Confluence does not answer, somebody who was in stays in until a quarter of an hour has passed since it last did;
//! then the pages wait for Confluence, and the session goes on when it is back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::single::{admit, brought, refuse};
use super::sso_words::SignOnProblem;
use crate::accounts::account::Account;
use crate::accounts::person::{PersonCredentials, StoredPerson};
use crate::accounts::store::{identity, person};
use crate::config::SingleSignOn;
use crate::confluence::single_sign_on::{Jar, Seen, Somebody};
use crate::web::client::client_address;
use crate::web::error::Failure;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

const FRESH: Duration = Duration::minutes(5);
const STILL_GOOD: Duration = Duration::minutes(15);

/// What the gate does with the session.
pub enum Again {
    /// Nothing was due, or Confluence does not answer and did a short while ago.
    GoOn,
    /// Confluence knows the person; the account may have another role now.
    Renewed(Box<Account>),
    /// The session is over; the answer says why.
    Over(HttpResponse),
    /// The session is not over, but nothing can be done until Confluence answers.
    Wait(HttpResponse),
}

/// Asks when it is due. `next` is where the person wanted to go.
pub async fn ask_again(
    state: &AppState,
    request: &HttpRequest,
    account_id: Uuid,
    connection_id: Uuid,
    next: &str,
    now: OffsetDateTime,
) -> Result<Again, Failure> {
    let Some(settings) = &state.settings.single_sign_on else {
        return Ok(Again::Over(page::see_other("/admin/sign-in")));
    };
    let is_fresh = |stored: &Option<StoredPerson>| {
        stored
            .as_ref()
            .is_some_and(|stored| now - stored.checked_at < FRESH)
    };
    if is_fresh(&find(state, account_id, connection_id).await?) {
        return Ok(Again::GoOn);
    }
    let _turn = state.sign_on_turns.take(account_id).await;
    // Somebody who had the turn before may have asked already.
    let stored = find(state, account_id, connection_id).await?;
    if is_fresh(&stored) {
        return Ok(Again::GoOn);
    }
    let checked_at = stored.as_ref().map(|stored| stored.checked_at);
    let check = Check {
        state,
        settings,
        account_id,
        connection_id,
    };
    let verdict = match state.sign_on_turns.silence(connection_id) {
        Some(sentence) => Err(SignOnProblem::Silent(sentence)),
        None => check.ask(request, stored).await?,
    };
    match verdict {
        Ok(account) => Ok(Again::Renewed(Box::new(account))),
        Err(SignOnProblem::Silent(sentence)) => {
            if checked_at.is_some_and(|at| now - at < STILL_GOOD) {
                return Ok(Again::GoOn);
            }
            Ok(Again::Wait(waiting_page(request, sentence)))
        }
        Err(problem) => {
            check.forget().await?;
            refuse(state, settings, next, &problem).map(Again::Over)
        }
    }
}

struct Check<'a> {
    state: &'a AppState,
    settings: &'a SingleSignOn,
    account_id: Uuid,
    connection_id: Uuid,
}

impl Check<'_> {
    /// With the cookies that were kept, and what the browser brings today.
    async fn ask(
        &self,
        request: &HttpRequest,
        stored: Option<StoredPerson>,
    ) -> Result<Result<Account, SignOnProblem>, Failure> {
        let client = client_address(request, &self.state.settings.trusted_proxies);
        let mut jar = self.open(stored);
        jar.renew(
            brought(request, self.settings),
            self.settings.crowd_cookie(),
        );
        if jar.is_empty() {
            return Ok(Err(SignOnProblem::NoCookie));
        }
        let seen = self
            .state
            .live
            .ask_who(self.connection_id, &mut jar, client);
        match seen.await {
            Ok(Seen::Nobody) => Ok(Err(SignOnProblem::Nobody { client })),
            Ok(Seen::Known(somebody)) => self.compare(&somebody, jar).await,
            Err(error) => {
                let sentence = error.sentence();
                SignOnProblem::Silent(sentence.clone()).log();
                let turns = &self.state.sign_on_turns;
                turns.note_silence(self.connection_id, sentence.clone());
                Ok(Err(SignOnProblem::Silent(sentence)))
            }
        }
    }

    async fn compare(
        &self,
        somebody: &Somebody,
        jar: Jar,
    ) -> Result<Result<Account, SignOnProblem>, Failure> {
        let (id, connection_id) = (self.account_id, self.connection_id);
        let expected = self
            .state
            .db
            .run(move |db| identity::subject_of(db, id, &identity::issuer_of(connection_id)));
        if expected.await?.as_deref() != Some(somebody.key.as_str()) {
            return Ok(Err(SignOnProblem::SomebodyElse));
        }
        let account = admit(self.state, self.settings, connection_id, somebody, jar).await?;
        Ok(account.ok_or(SignOnProblem::NotInGroups))
    }

    /// Cookies that cannot be opened, after a change of the secret key, are as good as none.
    fn open(&self, stored: Option<StoredPerson>) -> Jar {
        let opened = stored.and_then(|stored| {
            PersonCredentials::open(
                &self.state.sealer,
                &stored.credentials,
                self.account_id,
                self.connection_id,
            )
            .ok()
        });
        match opened {
            Some(PersonCredentials::Cookies { cookies }) => Jar::of_stored(cookies),
            Some(PersonCredentials::Token { .. }) | None => Jar::empty(),
        }
    }

    async fn forget(&self) -> Result<(), Failure> {
        let (account_id, connection_id) = (self.account_id, self.connection_id);
        let forgotten = self
            .state
            .db
            .run(move |db| person::forget_credentials(db, account_id, connection_id));
        Ok(forgotten.await?)
    }
}

async fn find(
    state: &AppState,
    account_id: Uuid,
    connection_id: Uuid,
) -> Result<Option<StoredPerson>, Failure> {
    let found = state
        .db
        .run(move |db| person::find_credentials(db, account_id, connection_id));
    Ok(found.await?)
}

fn waiting_page(request: &HttpRequest, sentence: String) -> HttpResponse {
    page::message(
        request,
        StatusCode::SERVICE_UNAVAILABLE,
        &Shell::Plain,
        "Confluence does not answer".to_owned(),
        vec![
            "You came in by Confluence's single sign-on, and Confluence has not said for a quarter of an hour that it \
             is still you. Your session goes on when it answers again. Nothing was changed."
                .to_owned(),
            sentence,
            "In urgent cases an admin with a password signs in at /admin/sign-in.".to_owned(),
        ],
        None,
    )
}

//! Sessions of the single sign-on are asked about again every five minutes.
//!
//! Whether Confluence still knows the person by the cookies, and in which groups. A browser that brings other cookies than the
//! last one is asked about at once. One question per account at a time.
//!
//! While Confluence does not answer, somebody who was in stays in until a quarter of an hour has passed since it last did;
//! then the pages wait for Confluence, and the session goes on when it is back.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::single::{Asked, admit, brought, not_answered, refuse};
use super::sso_words::SignOnProblem;
use crate::accounts::account::Account;
use crate::accounts::person::PersonCredentials;
use crate::accounts::store::{identity, person};
use crate::config::SingleSignOn;
use crate::confluence::single_sign_on::{Jar, JarOwner, Somebody};
use crate::sharing::actor::Stranger;
use crate::sharing::sign_in::Occasion;
use crate::web::error::Failure;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

const FRESH: Duration = Duration::minutes(5);
const STILL_GOOD: Duration = Duration::minutes(15);

/// What the gate does with the session.
pub enum Renewal {
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
pub async fn renew(
    state: &AppState,
    request: &HttpRequest,
    stranger: &Stranger,
    account_id: Uuid,
    connection_id: Uuid,
    next: &str,
    now: OffsetDateTime,
) -> Result<Renewal, Failure> {
    let Some(check) = Check::of(state, request, account_id, connection_id) else {
        return Ok(Renewal::Over(page::see_other("/admin/sign-in")));
    };
    let is_younger = |kept: &Option<Kept>, than: Duration| {
        let kept = kept.as_ref();
        kept.is_some_and(|kept| now - kept.checked_at < than)
    };
    if is_younger(&check.find_kept().await?, FRESH) {
        return Ok(Renewal::GoOn);
    }
    let _turn = state.sign_on_turns.take(account_id).await;
    // Somebody who had the turn before may have asked already.
    let kept = check.find_kept().await?;
    if is_younger(&kept, FRESH) {
        return Ok(Renewal::GoOn);
    }
    let is_still_good = is_younger(&kept, STILL_GOOD);
    let verdict = match state.sign_on_turns.silence(connection_id) {
        Some(sentence) => Err(SignOnProblem::Silent(sentence)),
        None => check.ask(stranger, kept).await?,
    };
    match verdict {
        Ok(account) => Ok(Renewal::Renewed(Box::new(account))),
        Err(SignOnProblem::Silent(_)) if is_still_good => Ok(Renewal::GoOn),
        Err(SignOnProblem::Silent(sentence)) => Ok(Renewal::Wait(waiting_page(request, sentence))),
        Err(problem) => {
            check.forget().await?;
            refuse(state, check.settings, next, &problem).map(Renewal::Over)
        }
    }
}

/// The cookies that were kept for the very browser that asks, and when Confluence last said whose they are.
pub(super) struct Kept {
    pub(super) jar: Jar,
    checked_at: OffsetDateTime,
}

/// Whose sign-on is looked at, and by which request.
pub(super) struct Check<'a> {
    state: &'a AppState,
    pub(super) settings: &'a SingleSignOn,
    request: &'a HttpRequest,
    account_id: Uuid,
    connection_id: Uuid,
}

impl<'a> Check<'a> {
    /// `None` where single sign-on is switched off.
    pub(super) fn of(
        state: &'a AppState,
        request: &'a HttpRequest,
        account_id: Uuid,
        connection_id: Uuid,
    ) -> Option<Self> {
        let settings = state.settings.single_sign_on.as_ref()?;
        Some(Self {
            state,
            settings,
            request,
            account_id,
            connection_id,
        })
    }

    /// An account keeps the cookies of one browser. Those of another one say nothing about this one: the person may have
    /// signed out at Confluence here. Cookies that cannot be opened, after a change of the secret key, are as good as none.
    pub(super) async fn find_kept(&self) -> Result<Option<Kept>, Failure> {
        let (account_id, connection_id) = (self.account_id, self.connection_id);
        let found = self
            .state
            .db
            .run(move |db| person::find_credentials(db, account_id, connection_id));
        let Some(stored) = found.await? else {
            return Ok(None);
        };
        let sealer = &self.state.sealer;
        let opened =
            PersonCredentials::open(sealer, &stored.credentials, account_id, connection_id);
        let Ok(PersonCredentials::Cookies { cookies }) = opened else {
            return Ok(None);
        };
        let kept = Kept {
            jar: Jar::of_stored(cookies),
            checked_at: stored.checked_at,
        };
        let brought = brought(self.request, self.settings);
        let is_ours = kept.jar.is_of(&brought, self.settings.crowd_cookie());
        Ok(is_ours.then_some(kept))
    }

    /// With what was kept for this browser, and what it brings today.
    async fn ask(
        &self,
        stranger: &Stranger,
        kept: Option<Kept>,
    ) -> Result<Result<Account, SignOnProblem>, Failure> {
        let client = stranger.client;
        let mut jar = kept.map_or_else(Jar::empty, |kept| kept.jar);
        jar.renew(brought(self.request, self.settings));
        if jar.is_empty() {
            return Ok(Err(SignOnProblem::NoCookie));
        }
        let seen = self
            .state
            .connections
            .ask_who(self.connection_id, &mut jar, client);
        match seen.await {
            Ok(JarOwner::Nobody) => Ok(Err(SignOnProblem::Nobody { client })),
            Ok(JarOwner::Known(somebody)) => self.compare(stranger, somebody, jar).await,
            Err(error) => not_answered(self.state, self.connection_id, error).map(Err),
        }
    }

    async fn compare(
        &self,
        stranger: &Stranger,
        somebody: Somebody,
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
        let asked = Asked {
            connection_id,
            occasion: Occasion::Question,
        };
        let account = admit(self.state, self.settings, stranger, asked, somebody, jar).await?;
        Ok(account.ok_or(SignOnProblem::NotInGroups))
    }

    /// Another browser of the same person is asked about anew.
    pub(super) async fn forget(&self) -> Result<(), Failure> {
        let (account_id, connection_id) = (self.account_id, self.connection_id);
        let forgotten = self
            .state
            .db
            .run(move |db| person::forget_credentials(db, account_id, connection_id));
        Ok(forgotten.await?)
    }
}

fn waiting_page(request: &HttpRequest, sentence: String) -> HttpResponse {
    page::message(
        request,
        StatusCode::SERVICE_UNAVAILABLE,
        &Shell::Plain,
        "Confluence does not answer".to_owned(),
        vec![
            "You came in by Confluence's single sign-on, and Confluence cannot be asked whether it is still you. Your \
             session goes on when it answers again. Nothing was changed."
                .to_owned(),
            sentence,
            "In urgent cases an admin with a password signs in at /admin/sign-in.".to_owned(),
        ],
        None,
    )
}

//! The own account of whoever is signed in: changing the password and ending the other sessions.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::chrome::{Chrome, Section};
use super::form::{JustAButton, SignedInForm};
use super::gate::SignedIn;
use super::problems::Problems;
use super::session;
use super::times::Moment;
use crate::accounts::account::Account;
use crate::accounts::session::{SignInSession, Way};
use crate::clock;
use crate::pages::store::connections;
use crate::password::{Password, PasswordError};
use crate::sharing::account::{self, PasswordChange};
use crate::web::error::words::wait_in_words;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// Shorter ones are refused for admins; for shares that is up to whoever makes them.
const MIN_CHARS: usize = 10;

#[derive(Template)]
#[template(path = "admin/account.html")]
struct AccountPage {
    chrome: Chrome,
    problems: Problems,
    min_chars: usize,
    created_at: Moment,
    /// The system that vouches for the person, where that is no password.
    vouched_by: Option<String>,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct PasswordInput {
    #[serde(default)]
    current: String,
    #[serde(default)]
    fresh: String,
    #[serde(default)]
    again: String,
}

/// `GET /admin/account`.
pub async fn show(
    state: web::Data<AppState>,
    signed_in: SignedIn,
) -> Result<HttpResponse, PageError> {
    answer(&state, &signed_in, StatusCode::OK, Problems::default()).await
}

/// `POST /admin/account/password`. Ends every other session of the account.
pub async fn change_password(
    state: web::Data<AppState>,
    form: SignedInForm<PasswordInput>,
) -> Result<HttpResponse, PageError> {
    let SignedInForm { signed_in, input } = form;
    if signed_in.account().password_hash.is_none() {
        let sentence = "This account has no password: another system vouches for you. Change your password there.";
        return Err(Failure::Forbidden(sentence.to_owned()).into());
    }
    let mut problems = Problems::default();
    let fresh = parse_fresh(&input, &mut problems);
    let current = problems.check("current", Password::new(&input.current));
    let (Some(fresh), Some(current)) = (fresh, current) else {
        return answer(
            &state,
            &signed_in,
            StatusCode::UNPROCESSABLE_ENTITY,
            problems,
        )
        .await;
    };
    let change = account::change_password(
        &state.sharing,
        signed_in.actor(),
        signed_in.account(),
        current,
        fresh,
        clock::now(),
    );
    let (status, sentence) = match change.await? {
        PasswordChange::Changed(account) => return Ok(changed(&signed_in, &account)?),
        PasswordChange::Wrong => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "This is not your current password.".to_owned(),
        ),
        PasswordChange::Wait(wait) => {
            let wait = wait_in_words(wait.whole_seconds());
            let sentence = format!("Too many tries. Please wait {wait} and try again.");
            (StatusCode::TOO_MANY_REQUESTS, sentence)
        }
    };
    problems.add("current", sentence);
    answer(&state, &signed_in, status, problems).await
}

/// This session goes on.
fn changed(signed_in: &SignedIn, account: &Account) -> Result<HttpResponse, Failure> {
    let renewed = SignInSession {
        epoch: account.session_epoch,
        ..signed_in.session().clone()
    };
    session::begin(signed_in.cookie(), &renewed)?;
    signed_in.say_done("Your password is changed. Every other session of yours has ended.")?;
    Ok(page::see_other("/admin/account"))
}

/// `POST /admin/account/sessions/end`: everywhere, here as well.
pub async fn end_sessions(
    state: web::Data<AppState>,
    form: SignedInForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    account::end_sessions(&state.sharing, form.signed_in.actor(), clock::now()).await?;
    session::end(form.signed_in.cookie());
    Ok(page::see_other("/admin/sign-in"))
}

fn parse_fresh(input: &PasswordInput, problems: &mut Problems) -> Option<Password> {
    if input.fresh.chars().count() < MIN_CHARS {
        problems.add(
            "fresh",
            format!("The new password needs at least {MIN_CHARS} characters."),
        );
        return None;
    }
    if input.fresh != input.again {
        problems.add("again", "The two spellings of the new password differ.");
        return None;
    }
    let too_long = |error: PasswordError| error.to_string();
    problems.check("fresh", Password::new(&input.fresh).map_err(too_long))
}

async fn answer(
    state: &AppState,
    signed_in: &SignedIn,
    status: StatusCode,
    problems: Problems,
) -> Result<HttpResponse, PageError> {
    let template = AccountPage {
        chrome: Chrome::of(signed_in, Section::Account),
        problems,
        min_chars: MIN_CHARS,
        created_at: signed_in.account().created_at.into(),
        vouched_by: vouched_by(state, signed_in).await?,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

/// `None` for an account with a password.
async fn vouched_by(state: &AppState, signed_in: &SignedIn) -> Result<Option<String>, PageError> {
    if signed_in.account().password_hash.is_some() {
        return Ok(None);
    }
    let openid = || {
        state
            .settings
            .openid
            .as_ref()
            .map(|openid| openid.name.clone())
    };
    let name = match signed_in.session().way {
        Way::OpenId => openid(),
        Way::SingleSignOn { connection_id } | Way::App { connection_id } => {
            let connection = state
                .db
                .run(move |db| connections::find_connection(db, connection_id))
                .await?;
            connection.map(|connection| connection.name)
        }
        Way::Password => None,
    };
    Ok(Some(name.unwrap_or_else(|| "another system".to_owned())))
}

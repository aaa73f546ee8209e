//! Signing in and out. The rules (limits, timing, one text for every refusal) are `accounts::sign_in`'s.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::form::{AdminForm, AdminQuery, JustAButton};
use super::session;
use crate::accounts::account::Email;
use crate::accounts::session::{SignInSession, Way};
use crate::accounts::sign_in::{self, SignIn, SignInError};
use crate::accounts::store::account as accounts;
use crate::clock;
use crate::password::Password;
use crate::shares::guesses::network;
use crate::web::client::client_address;
use crate::web::csrf;
use crate::web::error::words::wait_in_words;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::message::Context;
use crate::web::page;
use crate::web::state::AppState;

const WRONG: &str = "The email address or the password is wrong.";

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Db(error) => error.into(),
            SignInError::Hash(error) => error.into(),
        }
    }
}

/// The sign-in form. The password is never part of it.
#[derive(Template)]
#[template(path = "admin/sign_in.html")]
struct SignInPage {
    context: Context,
    email: String,
    next: String,
    refusal: Option<Refusal>,
    /// Nobody can sign in yet: the page says how to make the first account.
    no_accounts: bool,
}

/// Why the form is here again.
struct Refusal {
    text: String,
    waits: bool,
}

#[derive(Deserialize)]
pub struct Destination {
    #[serde(default)]
    next: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Credentials {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /admin/sign-in`.
pub async fn show(
    state: web::Data<AppState>,
    AdminQuery(destination): AdminQuery<Destination>,
) -> Result<HttpResponse, PageError> {
    let no_accounts = state.db.run(accounts::count_accounts).await? == 0;
    let template = SignInPage {
        context: Context::Top,
        email: String::new(),
        next: destination.next,
        refusal: None,
        no_accounts,
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &template)?)
}

/// `POST /admin/sign-in`. There is no session yet whose token the form could carry; the origin check stands alone
/// against another site that signs somebody in unawares.
pub async fn sign_in(
    state: web::Data<AppState>,
    request: HttpRequest,
    cookie: Session,
    form: web::Form<Credentials>,
) -> Result<HttpResponse, PageError> {
    if csrf::check_origin(&request, &state.settings).is_err() {
        return refuse(
            &form,
            StatusCode::FORBIDDEN,
            "Please send the form once more from this page.".to_owned(),
        );
    }
    let (Ok(email), Ok(password)) = (Email::parse(&form.email), Password::new(&form.password))
    else {
        return refuse(&form, StatusCode::UNPROCESSABLE_ENTITY, WRONG.to_owned());
    };
    let now = clock::now();
    let client = network(client_address(&request, &state.settings.trusted_proxies));
    let outcome = sign_in::sign_in(&state.db, &state.hasher, &email, password, &client, now).await;
    match outcome.map_err(Failure::from)? {
        SignIn::Accepted(account) => {
            session::begin(&cookie, &SignInSession::begin(&account, Way::Password, now))?;
            Ok(page::see_other(inside_admin(&form.next)))
        }
        SignIn::Refused => refuse(&form, StatusCode::UNPROCESSABLE_ENTITY, WRONG.to_owned()),
        SignIn::Wait(wait) => {
            let seconds = wait.whole_seconds().max(1);
            let text = format!(
                "Too many tries. Please wait {} and try again.",
                wait_in_words(seconds)
            );
            let mut answer = refuse(&form, StatusCode::TOO_MANY_REQUESTS, text)?;
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            Ok(answer)
        }
    }
}

/// `POST /admin/sign-out`.
pub async fn sign_out(form: AdminForm<JustAButton>) -> HttpResponse {
    session::end(form.admin.cookie());
    page::see_other("/admin/sign-in")
}

fn refuse(form: &Credentials, status: StatusCode, text: String) -> Result<HttpResponse, PageError> {
    let template = SignInPage {
        context: Context::Top,
        email: form.email.clone(),
        next: form.next.clone(),
        refusal: Some(Refusal {
            text,
            waits: status == StatusCode::TOO_MANY_REQUESTS,
        }),
        no_accounts: false,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

/// Where to go after signing in: only to an admin page, whatever the address said.
fn inside_admin(next: &str) -> &str {
    let is_admin = next
        .strip_prefix("/admin")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_sign_in = next.starts_with("/admin/sign-");
    let is_plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_admin && !is_sign_in && is_plain {
        next
    } else {
        "/admin"
    }
}

#[cfg(test)]
mod tests {
    use super::inside_admin;

    #[test]
    fn only_admin_pages_are_returned_to() {
        for inside in [
            "/admin",
            "/admin/shares/new",
            "/admin?state=ended",
            "/admin/shares/1?x=%20",
        ] {
            assert_eq!(inside_admin(inside), inside);
        }
        for outside in [
            "",
            "/",
            "/administrator",
            "//evil.example/admin",
            "https://evil.example/admin",
            "/admin\\..\\x",
            "/admin/x\r\nSet-Cookie: a=b",
            "/admin/sign-in?next=/admin",
            "/content/x",
        ] {
            assert_eq!(inside_admin(outside), "/admin", "{outside:?}");
        }
    }
}

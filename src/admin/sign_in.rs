//! Signing in by the form. The rules are those of `sharing::sign_in`.
//!
//! Other ways in are below: [`openid`] and [`single`] with [`renewal`]; the page that offers them all is `page`, the way out
//! [`sign_out`].

pub mod destination;
pub mod openid;
mod page;
pub mod renewal;
pub mod sign_out;
pub mod single;
mod sso_words;

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use self::destination::{Destination, inside_admin};
use self::page::{About, Refusal, SignInPage};
use super::form::AdminQuery;
use super::session;
use super::stranger::stranger_of;
use crate::accounts::account::Email;
use crate::accounts::session::{SignInSession, Way};
use crate::accounts::sign_in::SignIn;
use crate::accounts::store::account as accounts;
use crate::clock;
use crate::password::Password;
use crate::sharing::sign_in;
use crate::web::csrf;
use crate::web::error::PageError;
use crate::web::page::see_other;
use crate::web::state::AppState;

const WRONG: &str = "The email address or the password is wrong.";

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
    let page = SignInPage {
        no_accounts,
        ..SignInPage::new(&state, destination.next())
    };
    Ok(page.answer(StatusCode::OK)?)
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
            &state,
            &form,
            StatusCode::FORBIDDEN,
            "Please send the form once more from this page.".to_owned(),
        );
    }
    let (Ok(email), Ok(password)) = (Email::parse(&form.email), Password::new(&form.password))
    else {
        return refuse(
            &state,
            &form,
            StatusCode::UNPROCESSABLE_ENTITY,
            WRONG.to_owned(),
        );
    };
    let now = clock::now();
    let stranger = stranger_of(&state, &request);
    let outcome = sign_in::by_password(&state.sharing, &stranger, &email, password, now);
    match outcome.await? {
        SignIn::Accepted(account) => {
            session::begin(&cookie, &SignInSession::begin(&account, Way::Password, now))?;
            Ok(see_other(inside_admin(&form.next)))
        }
        SignIn::Refused => refuse(
            &state,
            &form,
            StatusCode::UNPROCESSABLE_ENTITY,
            WRONG.to_owned(),
        ),
        SignIn::Wait(wait) => {
            let page = SignInPage {
                email: form.email.clone(),
                ..SignInPage::new(&state, &form.next)
            };
            Ok(page.too_many(wait)?)
        }
    }
}

fn refuse(
    state: &AppState,
    form: &Credentials,
    status: StatusCode,
    text: String,
) -> Result<HttpResponse, PageError> {
    let about = About::Form;
    let page = SignInPage {
        email: form.email.clone(),
        refusal: Some(Refusal { text, about }),
        ..SignInPage::new(state, &form.next)
    };
    Ok(page.answer(status)?)
}

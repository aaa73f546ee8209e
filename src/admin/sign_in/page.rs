//! The sign-in page: a button for every way in that the operator has set up, and the form for accounts with a password.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use askama::Template;
use time::Duration;
use url::form_urlencoded;

use super::destination::inside_admin;
use crate::web::error::Failure;
use crate::web::error::words::wait_in_words;
use crate::web::headers::Shell;
use crate::web::message::{Context, Link};
use crate::web::page;
use crate::web::state::AppState;

/// The password is never part of it.
#[derive(Template)]
#[template(path = "admin/sign_in.html")]
pub(super) struct SignInPage {
    pub(super) context: Context,
    pub(super) email: String,
    pub(super) next: String,
    pub(super) refusal: Option<Refusal>,
    /// What an operator needs to know of a refusal, one paragraph each.
    pub(super) more: Vec<String>,
    /// Where somebody has to go first.
    pub(super) elsewhere: Option<Link>,
    /// Nobody can sign in by the form yet: the page says how to make the first account.
    pub(super) no_accounts: bool,
    pub(super) ways: Vec<WayIn>,
}

/// Why the page is here again.
pub(super) struct Refusal {
    pub(super) text: String,
    pub(super) about: About,
}

/// What a refusal is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// What stands in the form.
    Form,
    /// The number of tries.
    Wait,
    /// Another system, or the way there and back.
    Elsewhere,
}

impl Refusal {
    fn waits(&self) -> bool {
        self.about == About::Wait
    }
}

/// A button for another way in.
pub(super) struct WayIn {
    pub(super) label: String,
    pub(super) url: String,
    /// It signs somebody in at once, so that no link may do it. One that leads to another system cannot be a form: our policy
    /// for forms would stop it there.
    pub(super) is_form: bool,
}

impl SignInPage {
    pub(super) fn new(state: &AppState, next: &str) -> Self {
        Self {
            context: Context::Top,
            email: String::new(),
            next: next.to_owned(),
            refusal: None,
            more: Vec::new(),
            elsewhere: None,
            no_accounts: false,
            ways: ways(state, next),
        }
    }

    /// The same page with the reason why another system let nobody in.
    pub(super) fn refused(state: &AppState, next: &str, text: String) -> Self {
        Self {
            refusal: Some(Refusal {
                text,
                about: About::Elsewhere,
            }),
            ..Self::new(state, next)
        }
    }

    /// The same page after too many tries.
    pub(super) fn too_many(self, wait: Duration) -> Result<HttpResponse, Failure> {
        let page = Self {
            refusal: Some(Refusal {
                text: wait_sentence(wait),
                about: About::Wait,
            }),
            ..self
        };
        let mut answer = page.answer(StatusCode::TOO_MANY_REQUESTS)?;
        answer
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds(wait)));
        Ok(answer)
    }

    /// Whether the fields are what the refusal is about.
    fn is_form_refused(&self) -> bool {
        let refusal = self.refusal.as_ref();
        refusal.is_some_and(|refusal| refusal.about != About::Elsewhere)
    }

    pub(super) fn answer(&self, status: StatusCode) -> Result<HttpResponse, Failure> {
        page::html(status, &Shell::Plain, self)
    }
}

pub(super) fn wait_sentence(wait: Duration) -> String {
    format!(
        "Too many tries. Please wait {} and try again.",
        wait_in_words(seconds(wait))
    )
}

fn seconds(wait: Duration) -> i64 {
    wait.whole_seconds().max(1)
}

fn ways(state: &AppState, next: &str) -> Vec<WayIn> {
    let next: String = form_urlencoded::byte_serialize(inside_admin(next).as_bytes()).collect();
    let openid = state.openid.as_ref().map(|provider| WayIn {
        label: format!("Sign in with {}", provider.settings().name),
        url: format!("/admin/sign-in/openid?next={next}"),
        is_form: false,
    });
    let single = state.settings.single_sign_on.as_ref().map(|_| WayIn {
        label: "Sign in with Confluence".to_owned(),
        url: "/admin/sign-in/single".to_owned(),
        is_form: true,
    });
    openid.into_iter().chain(single).collect()
}

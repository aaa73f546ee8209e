//! Signing out: here at once, and where another system let somebody in, with the way out there.

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::renewal::Check;
use super::single::brought;
use crate::accounts::session::Way;
use crate::admin::form::{JustAButton, SignedInForm};
use crate::admin::session;
use crate::clock;
use crate::config::SingleSignOn;
use crate::confluence::single_sign_on::{Jar, JarOwner};
use crate::sharing::sign_in;
use crate::web::client::client_address;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::message::{Context, Link};
use crate::web::page;
use crate::web::state::AppState;

/// Says what ended and what did not.
#[derive(Template)]
#[template(path = "admin/left.html")]
struct LeftPage {
    context: Context,
    sentence: String,
    elsewhere: Option<Link>,
}

/// `POST /admin/sign-out`.
pub async fn sign_out(
    state: web::Data<AppState>,
    request: HttpRequest,
    form: SignedInForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let way = form.signed_in.session().way;
    let account_id = form.signed_in.account().id;
    sign_in::sign_out(&state.sharing, form.signed_in.actor(), clock::now()).await?;
    session::end(form.signed_in.cookie());
    match way {
        Way::OpenId => leave_openid(&state).await,
        Way::SingleSignOn { connection_id } => {
            leave_single(&state, &request, account_id, connection_id).await
        }
        _ => Ok(page::see_other("/admin/sign-in")),
    }
}

/// Other sessions at the provider are not ours to end unasked, and our policy for forms would not let a form lead there:
/// so there is a link.
async fn leave_openid(state: &AppState) -> Result<HttpResponse, PageError> {
    let Some(provider) = &state.openid else {
        return Ok(page::see_other("/admin/sign-in"));
    };
    let name = &provider.settings().name;
    let back = state.settings.base_url.join("/admin/sign-in");
    let url = provider.sign_out_url(&back, clock::now()).await;
    let template = LeftPage {
        context: Context::Top,
        sentence: format!(
            "Your session here has ended. At {name} you may still be signed in, so that the next sign-in from this \
             browser may need no password."
        ),
        elsewhere: url.map(|url| Link {
            title: format!("Sign out of {name}, too"),
            url: url.into(),
        }),
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &template)?)
}

/// What came of signing out at Confluence.
enum Left {
    /// The browser brought none of its cookies.
    NotSignedIn,
    Gone,
    StillKnown,
    Unheard,
}

impl Left {
    fn sentence(&self) -> &'static str {
        match self {
            Self::NotSignedIn => {
                "Your session here has ended. Confluence was not asked to end one: this browser brought none of its \
                 cookies."
            }
            Self::Gone => {
                "Your session here has ended. Confluence was asked to sign you out, and no longer accepts the sign-in of \
                 this browser."
            }
            Self::StillKnown => {
                "Your session here has ended. Confluence was asked to sign you out, but still knows you. Sign out there \
                 as well, or the next person at this browser may come in as you."
            }
            Self::Unheard => {
                "Your session here has ended, but Confluence could not be told, or did not confirm it. Sign out there as \
                 well, or the next person at this browser may come in as you."
            }
        }
    }
}

/// Signs out at Confluence as well: a single sign-on that stays open would let the next person at this browser in.
async fn leave_single(
    state: &AppState,
    request: &HttpRequest,
    account_id: Uuid,
    connection_id: Uuid,
) -> Result<HttpResponse, PageError> {
    let Some(check) = Check::of(state, request, account_id, connection_id) else {
        return Ok(page::see_other("/admin/sign-in"));
    };
    let settings = check.settings;
    let kept = check.find_kept().await?;
    check.forget().await?;
    let mut jar = kept.map_or_else(Jar::empty, |kept| kept.jar);
    jar.renew(brought(request, settings));
    let left = leave_confluence(state, request, connection_id, jar).await;
    let elsewhere = matches!(left, Left::StillKnown | Left::Unheard).then(|| Link {
        title: "Sign out of Confluence".to_owned(),
        url: format!(
            "{}/logout.action",
            settings.url.as_str().trim_end_matches('/')
        ),
    });
    let template = LeftPage {
        context: Context::Top,
        sentence: left.sentence().to_owned(),
        elsewhere,
    };
    let mut answer = page::html(StatusCode::OK, &Shell::Plain, &template)?;
    if let Some(gone) = expired_cookie(settings) {
        answer
            .add_cookie(&gone)
            .map_err(|error| Failure::Internal(error.to_string()))?;
    }
    Ok(answer)
}

async fn leave_confluence(
    state: &AppState,
    request: &HttpRequest,
    connection_id: Uuid,
    jar: Jar,
) -> Left {
    if jar.is_empty() {
        return Left::NotSignedIn;
    }
    let client = client_address(request, &state.settings.trusted_proxies);
    match state
        .connections
        .end_sign_on(connection_id, jar, client)
        .await
    {
        Ok(JarOwner::Nobody) => Left::Gone,
        Ok(JarOwner::Known(_)) => Left::StillKnown,
        Err(error) => {
            tracing::warn!(%error, "somebody could not be signed out of the single sign-on");
            Left::Unheard
        }
    }
}

/// Takes Crowd's cookie out of the browser, where the operator has said which domain it belongs to.
fn expired_cookie(settings: &SingleSignOn) -> Option<Cookie<'static>> {
    let domain = settings.cookie_domain.clone()?;
    let cookie = Cookie::build(settings.crowd_cookie().to_owned(), "")
        .domain(domain)
        .path("/")
        .max_age(Duration::ZERO);
    Some(cookie.finish())
}

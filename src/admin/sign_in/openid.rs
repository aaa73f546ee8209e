//! The way to the OpenID provider and back. What is asked and checked there is `accounts::openid`'s subject.
//!
//! What a browser must bring back is kept in a cookie of its own: the session's is `SameSite=Strict`, and does not come along
//! from another site.

use actix_session::Session;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::HOST;
use actix_web::{HttpRequest, HttpResponse, web};
use url::Url;

use super::destination::{Destination, inside_admin};
use super::page::SignInPage;
use crate::accounts::openid::error::OpenIdError;
use crate::accounts::openid::{Brought, OnTheWay, OpenIdPerson, OpenIdProvider};
use crate::accounts::session::{SignInSession, Way};
use crate::accounts::sign_in::{charge_elsewhere, give_back_elsewhere};
use crate::admin::form::AdminQuery;
use crate::admin::stranger::stranger_of;
use crate::admin::{landing, session};
use crate::audit::Tally;
use crate::clock;
use crate::config::Settings;
use crate::guess_limit::Charge;
use crate::shares::guesses::network;
use crate::sharing::actor::Stranger;
use crate::sharing::sign_in::{self, Occasion, VouchedFor};
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

/// The address that is registered at the provider.
pub const CALLBACK: &str = "/admin/sign-in/openid/back";

/// `GET /admin/sign-in/openid`: leads to the provider.
pub async fn begin(
    state: web::Data<AppState>,
    request: HttpRequest,
    AdminQuery(destination): AdminQuery<Destination>,
) -> Result<HttpResponse, PageError> {
    let provider = state.openid.as_ref().ok_or(Failure::NotFound)?;
    let next = destination.path().to_owned();
    if let Some(main) = main_address(&request, &state.settings, &next) {
        return Ok(page::leave_to(&main));
    }
    match provider.begin(next.clone(), clock::now()).await {
        Ok((url, on_the_way)) => {
            let mut answer = page::leave_to(&url);
            give(&mut answer, &state.settings, &on_the_way)?;
            Ok(answer)
        }
        Err(error) => refuse(&state, provider, &next, &error),
    }
}

/// `GET /admin/sign-in/openid/back`: where the provider sends the browser.
pub async fn finish(
    state: web::Data<AppState>,
    request: HttpRequest,
    cookie: Session,
    AdminQuery(brought): AdminQuery<Brought>,
) -> Result<HttpResponse, PageError> {
    let provider = state.openid.as_ref().ok_or(Failure::NotFound)?;
    let on_the_way = take(&request, &state.settings);
    let next = on_the_way
        .as_ref()
        .map_or("", |on_the_way| &on_the_way.next);
    let stranger = stranger_of(&state, &request);
    let bucket = network(stranger.client);
    if on_the_way.is_some()
        && let Charge::Wait(wait) = charge_elsewhere(&state.db, &bucket, clock::now()).await?
    {
        sign_in::tally(&state.sharing, Tally::SignInThrottled, &stranger, clock::now()).await?;
        return Ok(SignInPage::new(&state, next).too_many(wait)?);
    }
    let vouched = match &on_the_way {
        Some(on_the_way) => provider.finish(&brought, on_the_way, clock::now()).await,
        None => Err(OpenIdError::NotAsked("no cookie")),
    };
    let signed_in = match vouched {
        Ok(person) => sign_in(&state, provider, &cookie, &stranger, person).await?,
        Err(error) => Err(error),
    };
    let mut answer = match signed_in {
        Ok(()) => {
            give_back_elsewhere(&state.db, &bucket).await?;
            landing::lead_on(inside_admin(next).to_owned())?
        }
        Err(error) => {
            if matches!(error, OpenIdError::NotInGroups) {
                sign_in::tally(&state.sharing, Tally::SignInRefused, &stranger, clock::now()).await?;
            }
            refuse(&state, provider, next, &error)?
        }
    };
    // Good once, whatever came of it.
    answer
        .add_removal_cookie(&bare_cookie(&state.settings))
        .map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(answer)
}

/// Begins a session, or ends all there are when the provider no longer lets the person in.
async fn sign_in(
    state: &AppState,
    provider: &OpenIdProvider,
    cookie: &Session,
    stranger: &Stranger,
    person: OpenIdPerson,
) -> Result<Result<(), OpenIdError>, PageError> {
    let now = clock::now();
    let vouched = VouchedFor {
        way: Way::OpenId,
        issuer: provider.settings().issuer.clone(),
        subject: person.subject,
    };
    let Some(role) = person.role else {
        sign_in::turn_away(&state.sharing, stranger, vouched, now).await?;
        return Ok(Err(OpenIdError::NotInGroups));
    };
    let account = sign_in::admit(
        &state.sharing,
        stranger,
        vouched,
        person.display_name,
        role,
        Occasion::SignIn,
        now,
    )
    .await?;
    session::begin(cookie, &SignInSession::begin(&account, Way::OpenId, now))?;
    Ok(Ok(()))
}

/// The sign-in page with the reason. Logged here, when somebody has to look into it.
fn refuse(
    state: &AppState,
    provider: &OpenIdProvider,
    next: &str,
    error: &OpenIdError,
) -> Result<HttpResponse, PageError> {
    if error.is_trouble() {
        tracing::warn!(%error, "nobody could be signed in at the OpenID provider");
    }
    let status = match error {
        OpenIdError::NotAsked(_) | OpenIdError::Code => StatusCode::BAD_REQUEST,
        OpenIdError::NotInGroups | OpenIdError::Sent(_) => StatusCode::FORBIDDEN,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let sentence = error.sentence(provider.settings());
    Ok(SignInPage::refused(state, next, sentence).answer(status)?)
}

/// The provider sends browsers to the portal's main address only, where a cookie of another name of ours is not sent.
fn main_address(request: &HttpRequest, settings: &Settings, next: &str) -> Option<Url> {
    let mut main = Url::parse(&settings.base_url.join("/admin/sign-in/openid")).ok()?;
    let host = request.headers().get(HOST)?.to_str().ok()?;
    let here = Url::parse(&format!("{}://{host}/", main.scheme())).ok()?;
    if here.origin() == main.origin() {
        return None;
    }
    main.query_pairs_mut().append_pair("next", next);
    Some(main)
}

fn bare_cookie(settings: &Settings) -> Cookie<'static> {
    let secure = settings.base_url.is_https();
    let name = if secure {
        "__Host-vst_openid"
    } else {
        "vst_openid"
    };
    Cookie::build(name, "")
        .path("/")
        .secure(secure)
        .http_only(true)
        // The provider's page leads back here, and the cookie has to come along.
        .same_site(SameSite::Lax)
        .finish()
}

fn give(
    answer: &mut HttpResponse,
    settings: &Settings,
    on_the_way: &OnTheWay,
) -> Result<(), Failure> {
    let internal = |error: String| Failure::Internal(error);
    let value = serde_json::to_string(on_the_way).map_err(|error| internal(error.to_string()))?;
    let mut cookie = bare_cookie(settings);
    cookie.set_value(value);
    cookie.set_max_age(Duration::minutes(10));
    let name = cookie.name().to_owned();
    let mut jar = CookieJar::new();
    jar.private_mut(&Key::from(&settings.session_key))
        .add(cookie);
    if let Some(sealed) = jar.get(&name) {
        answer
            .add_cookie(sealed)
            .map_err(|error| internal(error.to_string()))?;
    }
    Ok(())
}

fn take(request: &HttpRequest, settings: &Settings) -> Option<OnTheWay> {
    let name = bare_cookie(settings).name().to_owned();
    let mut jar = CookieJar::new();
    jar.add_original(request.cookie(&name)?);
    let opened = jar.private(&Key::from(&settings.session_key)).get(&name)?;
    serde_json::from_str(opened.value()).ok()
}

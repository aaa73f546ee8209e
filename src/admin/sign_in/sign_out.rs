//! Signing out: here at once, and where another system let somebody in, with the way out there.

use std::net::IpAddr;

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use crate::accounts::person::PersonCredentials;
use crate::accounts::session::Way;
use crate::accounts::store::person;
use crate::admin::form::{AdminForm, JustAButton};
use crate::admin::session;
use crate::clock;
use crate::config::SingleSignOn;
use crate::confluence::single_sign_on::Jar;
use crate::db::DbError;
use crate::pages::live::LiveError;
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
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let way = form.admin.session().way;
    let account_id = form.admin.account().id;
    session::end(form.admin.cookie());
    match way {
        Way::OpenId => leave_openid(&state).await,
        Way::SingleSignOn { connection_id } => {
            let client = client_address(&request, &state.settings.trusted_proxies);
            leave_single(&state, account_id, connection_id, client).await
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

/// Signs out at Confluence as well: a single sign-on that stays open would let the next person at this browser in.
async fn leave_single(
    state: &AppState,
    account_id: Uuid,
    connection_id: Uuid,
    client: IpAddr,
) -> Result<HttpResponse, PageError> {
    let stored = state
        .db
        .run(move |db| {
            let stored = person::find_credentials(db, account_id, connection_id)?;
            person::forget_credentials(db, account_id, connection_id)?;
            Ok::<_, DbError>(stored)
        })
        .await?;
    let opened = stored.and_then(|stored| {
        let sealed = &stored.credentials;
        PersonCredentials::open(&state.sealer, sealed, account_id, connection_id).ok()
    });
    let left = match opened {
        Some(PersonCredentials::Cookies { cookies }) => {
            let jar = Jar::of_stored(cookies);
            state.live.end_sign_on(connection_id, &jar, client).await
        }
        _ => Err(LiveError::NotAuthorized),
    };
    if let Err(error) = &left {
        tracing::warn!(%error, "somebody could not be signed out of the single sign-on");
    }
    let settings = state.settings.single_sign_on.as_ref();
    let template = match left {
        Ok(()) => LeftPage {
            context: Context::Top,
            sentence: "Your session here has ended, and you are signed out of Confluence and of everything else that \
                 its single sign-on opens."
                .to_owned(),
            elsewhere: None,
        },
        Err(_) => LeftPage {
            context: Context::Top,
            sentence: "Your session here has ended, but Confluence could not be told. Sign out there as well, or \
                 the next person at this browser may come in as you."
                .to_owned(),
            elsewhere: settings.map(|settings| Link {
                title: "Sign out of Confluence".to_owned(),
                url: format!(
                    "{}/logout.action",
                    settings.url.as_str().trim_end_matches('/')
                ),
            }),
        },
    };
    let mut answer = page::html(StatusCode::OK, &Shell::Plain, &template)?;
    if let Some(gone) = settings.and_then(expired_cookie) {
        answer
            .add_cookie(&gone)
            .map_err(|error| Failure::Internal(error.to_string()))?;
    }
    Ok(answer)
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

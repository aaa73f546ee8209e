//! API tokens: the list, making one that is shown once, revoking one.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::chrome::{Chrome, Section};
use super::form::{AdminForm, JustAButton};
use super::gate::Admin;
use super::problems::Problems;
use super::times::Moment;
use crate::accounts::api_token::{ApiToken, TokenName, TokenScope};
use crate::accounts::store::api_token::list_tokens;
use crate::clock;
use crate::sharing::api_token::{self, WantedToken};
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// Words of the form for how long a token lives.
const LIFETIMES: [(&str, &str, Option<Duration>); 4] = [
    ("30", "30 days", Some(Duration::days(30))),
    ("90", "90 days", Some(Duration::days(90))),
    ("365", "1 year", Some(Duration::days(365))),
    ("never", "No end", None),
];
const USUAL_LIFETIME: &str = "90";

/// As typed.
#[derive(Deserialize)]
#[serde(default)]
pub struct TokenInput {
    name: String,
    scope: String,
    lifetime: String,
}

impl Default for TokenInput {
    fn default() -> Self {
        Self {
            name: String::new(),
            scope: TokenScope::Read.as_str().to_owned(),
            lifetime: USUAL_LIFETIME.to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/tokens.html")]
struct TokensPage {
    chrome: Chrome,
    problems: Problems,
    input: TokenInput,
    lifetimes: [(&'static str, &'static str, Option<Duration>); 4],
    tokens: Vec<Row>,
    /// The token that was just made; nobody can read it again.
    fresh: Option<String>,
    api_url: String,
}

struct Row {
    id: Uuid,
    name: String,
    scope: &'static str,
    created_by: String,
    created_at: Moment,
    expires_at: Option<Moment>,
    is_expired: bool,
    last_used_at: Option<Moment>,
}

/// `GET /admin/tokens`.
pub async fn show(state: web::Data<AppState>, admin: Admin) -> Result<HttpResponse, PageError> {
    answer(&state, &admin, StatusCode::OK, Sent::default()).await
}

/// `POST /admin/tokens`. Answers with the page itself: the token is shown once and must not lie in a cookie meanwhile.
pub async fn create(
    state: web::Data<AppState>,
    form: AdminForm<TokenInput>,
) -> Result<HttpResponse, PageError> {
    let AdminForm { admin, input } = form;
    let now = clock::now();
    let mut problems = Problems::default();
    let Some(wanted) = parse(&input, &mut problems, now) else {
        let sent = Sent {
            input,
            problems,
            fresh: None,
        };
        return answer(&state, &admin, StatusCode::UNPROCESSABLE_ENTITY, sent).await;
    };
    let made = api_token::make(&state.sharing, admin.actor(), admin.right(), wanted, now);
    let plain = made.await?;
    let sent = Sent {
        fresh: Some(plain.reveal()),
        ..Sent::default()
    };
    answer(&state, &admin, StatusCode::OK, sent).await
}

/// `POST /admin/tokens/{id}/revocation`. Revoking what is gone already is done as well.
pub async fn revoke(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = Uuid::try_parse(&path).map_err(|_no_uuid| Failure::NotFound)?;
    let admin = form.admin;
    api_token::revoke(
        &state.sharing,
        admin.actor(),
        admin.right(),
        id,
        clock::now(),
    )
    .await?;
    admin.say_done("The token is revoked. Whoever uses it is refused from now on.")?;
    Ok(page::see_other("/admin/tokens"))
}

#[derive(Default)]
struct Sent {
    input: TokenInput,
    problems: Problems,
    fresh: Option<String>,
}

fn parse(input: &TokenInput, problems: &mut Problems, now: OffsetDateTime) -> Option<WantedToken> {
    let name = problems.check("name", TokenName::parse(&input.name));
    let scope = problems.check(
        "scope",
        TokenScope::parse(&input.scope).ok_or("Choose what the token may do."),
    );
    let lifetime = LIFETIMES
        .into_iter()
        .find(|(value, _, _)| *value == input.lifetime);
    let lifetime = problems.check(
        "lifetime",
        lifetime.ok_or("Choose how long the token lives."),
    );
    let (_, _, lifetime) = lifetime?;
    Some(WantedToken {
        name: name?,
        scope: scope?,
        expires_at: lifetime.map(|lifetime| now + lifetime),
    })
}

async fn answer(
    state: &AppState,
    admin: &Admin,
    status: StatusCode,
    sent: Sent,
) -> Result<HttpResponse, PageError> {
    let now = clock::now();
    let tokens = state.db.run(list_tokens).await?;
    let template = TokensPage {
        chrome: Chrome::of(admin, Section::Tokens),
        problems: sent.problems,
        input: sent.input,
        lifetimes: LIFETIMES,
        tokens: tokens.into_iter().map(|token| row(token, now)).collect(),
        fresh: sent.fresh,
        api_url: state.settings.base_url.join("/api/v1"),
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

fn row(token: ApiToken, now: OffsetDateTime) -> Row {
    Row {
        is_expired: token.is_expired(now),
        id: token.id,
        name: token.name,
        scope: match token.scope {
            TokenScope::Read => "Reads",
            TokenScope::Write => "Reads and writes",
        },
        created_by: token.created_by,
        created_at: token.created_at.into(),
        expires_at: token.expires_at.map(Moment::from),
        last_used_at: token.last_used_at.map(Moment::from),
    }
}

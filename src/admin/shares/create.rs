//! Making a share.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::PgConnection;
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::details::{Choice as SelectChoice, Details, DetailsInput, parse_origins};
use super::page_choice::{self, Chosen, PageChoices};
use super::{share_path, state::scope_label};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::{AdminForm, AdminQuery};
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::clock;
use crate::db::DbError;
use crate::pages::model::Connection;
use crate::pages::store::{connections, listing};
use crate::password::{Password, PasswordHash};
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::share::ScopeKind;
use crate::shares::store::{self, NewShare};
use crate::shares::unlock_secret::UnlockSecret;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// As typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewShareInput {
    #[serde(flatten)]
    details: DetailsInput,
    connection: String,
    scope: String,
    query: String,
    page: String,
    space: String,
    password: String,
    embed_origins: String,
    /// `search` when the button beside the search field was pressed.
    step: String,
}

#[derive(Template)]
#[template(path = "admin/shares/create.html")]
struct CreatePage {
    chrome: Chrome,
    input: NewShareInput,
    problems: Problems,
    connections: Vec<SelectChoice>,
    scopes: Vec<ScopeChoice>,
    pages: PageChoices,
    spaces: Vec<SpaceGroup>,
    /// A password was sent, but passwords are never written into a page.
    password_is_lost: bool,
}

struct ScopeChoice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    chosen: bool,
}

struct SpaceGroup {
    connection: String,
    spaces: Vec<SelectChoice>,
}

/// `GET /admin/shares/new?connection=…`.
pub async fn show(
    state: web::Data<AppState>,
    admin: Admin,
    AdminQuery(asked): AdminQuery<NewShareInput>,
) -> Result<HttpResponse, PageError> {
    let input = NewShareInput {
        details: DetailsInput::new_share(),
        connection: asked.connection,
        scope: ScopeKind::Page.as_str().to_owned(),
        ..NewShareInput::default()
    };
    answer(&state, &admin, StatusCode::OK, input, Problems::default()).await
}

/// `POST /admin/shares/new`: searches for pages, or makes the share.
pub async fn create(
    state: web::Data<AppState>,
    form: AdminForm<NewShareInput>,
) -> Result<HttpResponse, PageError> {
    let AdminForm { admin, mut input } = form;
    if input.step == "search" {
        return answer(&state, &admin, StatusCode::OK, input, Problems::default()).await;
    }
    let mut problems = Problems::default();
    let now = clock::now();
    let chosen = resolve_choice(&state, &input, &mut problems).await?;
    if let (true, Some(chosen)) = (input.details.name.trim().is_empty(), &chosen) {
        input.details.name = chosen.title.chars().take(200).collect();
    }
    let typed = parse(&input, &mut problems, now);
    let (Some(chosen), Some(typed), true) = (chosen, typed, problems.is_empty()) else {
        return answer(
            &state,
            &admin,
            StatusCode::UNPROCESSABLE_ENTITY,
            input,
            problems,
        )
        .await;
    };
    let password_hash = match typed.password {
        Some(password) => Some(state.hasher.hash(password).await?),
        None => None,
    };
    let secret = UnlockSecret::generate().map_err(|error| Failure::Internal(error.to_string()))?;
    let new = new_share(
        chosen,
        typed.details,
        typed.origins,
        password_hash,
        secret,
        admin.email(),
    );
    let share = state
        .db
        .run(move |db| store::insert_share(db, &new, now))
        .await?;
    admin.say_done("The share is ready. Copy its link below.")?;
    Ok(page::see_other(&share_path(share.id, "")))
}

fn new_share(
    chosen: Chosen,
    details: Details,
    embed_origins: EmbedOrigins,
    password_hash: Option<PasswordHash>,
    unlock_secret: UnlockSecret,
    created_by: &str,
) -> NewShare {
    NewShare {
        enabled: true,
        connection_id: chosen.connection_id,
        name: details.name,
        description: details.description,
        space_key: chosen.space_key,
        scope: chosen.scope,
        password_hash,
        starts_at: details.starts_at,
        expires_at: details.expires_at,
        pass_lifetime: details.pass_lifetime,
        embed_origins,
        external_links: details.external_links,
        unlock_secret,
        created_by: created_by.to_owned(),
    }
}

async fn resolve_choice(
    state: &AppState,
    input: &NewShareInput,
    problems: &mut Problems,
) -> Result<Option<Chosen>, PageError> {
    let Some(kind) = ScopeKind::parse(&input.scope) else {
        problems.add("scope", "Choose what the share shows.");
        return Ok(None);
    };
    let input = input.clone();
    let resolved = state
        .db
        .run(move |db| {
            page_choice::resolve(
                db,
                &page_choice::Choice {
                    kind,
                    connection: &input.connection,
                    query: &input.query,
                    page: &input.page,
                    space: &input.space,
                },
            )
        })
        .await?;
    Ok(resolved
        .map_err(|(field, text)| problems.add(field, text))
        .ok())
}

struct Typed {
    details: Details,
    password: Option<Password>,
    origins: EmbedOrigins,
}

fn parse(input: &NewShareInput, problems: &mut Problems, now: OffsetDateTime) -> Option<Typed> {
    let details = input.details.parse(problems);
    if details
        .as_ref()
        .and_then(|details| details.expires_at)
        .is_some_and(|end| end <= now)
    {
        problems.add("expires_at", "The end is in the past.");
    }
    let password = match input.password.as_str() {
        "" => Some(None),
        typed => problems.check("password", Password::new(typed)).map(Some),
    };
    let origins = parse_origins(&input.embed_origins, problems);
    Some(Typed {
        details: details?,
        password: password?,
        origins: origins?,
    })
}

async fn answer(
    state: &AppState,
    admin: &Admin,
    status: StatusCode,
    mut input: NewShareInput,
    problems: Problems,
) -> Result<HttpResponse, PageError> {
    let sent = input.clone();
    let loaded = state.db.run(move |db| Loaded::load(db, &sent)).await?;
    input.connection.clone_from(&loaded.connection);
    let template = CreatePage {
        chrome: Chrome::of(admin, Section::Shares),
        problems,
        connections: connection_choices(&loaded.connections, &input.connection),
        scopes: scope_choices(&input.scope),
        pages: loaded.pages,
        spaces: loaded.spaces,
        password_is_lost: !input.password.is_empty(),
        input,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

struct Loaded {
    connections: Vec<Connection>,
    /// The one chosen, or the only one.
    connection: String,
    pages: PageChoices,
    spaces: Vec<SpaceGroup>,
}

impl Loaded {
    fn load(db: &mut PgConnection, input: &NewShareInput) -> Result<Self, DbError> {
        let connections = connections::list_connections(db)?;
        let connection = match connections.as_slice() {
            [only] => only.id.to_string(),
            _ => input.connection.clone(),
        };
        let pages = match Uuid::try_parse(&connection) {
            Ok(id) => page_choice::find_pages(db, id, &input.query, &input.page)?,
            Err(_none) => PageChoices::none(),
        };
        let mut spaces = Vec::with_capacity(connections.len());
        for connection in &connections {
            spaces.push(space_group(db, connection, &input.space)?);
        }
        Ok(Self {
            connections,
            connection,
            pages,
            spaces,
        })
    }
}

fn space_group(
    db: &mut PgConnection,
    connection: &Connection,
    chosen: &str,
) -> Result<SpaceGroup, DbError> {
    let spaces = listing::list_spaces(db, connection.id)?
        .into_iter()
        .map(|space| {
            let value = format!("{}:{}", connection.id, space.key);
            SelectChoice {
                label: format!("{} ({})", space.name, space.key),
                chosen: value == chosen,
                value,
            }
        });
    Ok(SpaceGroup {
        connection: connection.name.clone(),
        spaces: spaces.collect(),
    })
}

fn connection_choices(connections: &[Connection], chosen: &str) -> Vec<SelectChoice> {
    let choice = |connection: &Connection| SelectChoice {
        value: connection.id.to_string(),
        label: connection.name.clone(),
        chosen: connection.id.to_string() == chosen,
    };
    connections.iter().map(choice).collect()
}

fn scope_choices(chosen: &str) -> Vec<ScopeChoice> {
    let hint = |kind| match kind {
        ScopeKind::Page => "This page alone.",
        ScopeKind::Tree => "The page and every page below it, now and later.",
        ScopeKind::Space => "Every page and blog post of a space.",
        ScopeKind::BlogPost => "This post alone.",
    };
    let choice = |kind: ScopeKind| ScopeChoice {
        value: kind.as_str(),
        label: scope_label(kind),
        hint: hint(kind),
        chosen: kind.as_str() == chosen,
    };
    ScopeKind::ALL.map(choice).into()
}

//! Making a share.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::create_page::answer;
use super::details::{Details, DetailsInput};
use super::embedding::{Embedding, EmbeddingInput};
use super::page_choice::{self, Chosen};
use super::share_path;
use super::{bring, leaks, visible};
use crate::admin::form::{AdminForm, AdminQuery};
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::clock;
use crate::config::EmbedWildcards;
use crate::password::{Password, PasswordHash};
use crate::shares::share::{Creator, ScopeKind, Share};
use crate::shares::store::{self, NewShare};
use crate::shares::unlock_secret::UnlockSecret;
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

/// As typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewShareInput {
    #[serde(flatten)]
    pub(super) details: DetailsInput,
    pub(super) connection: String,
    pub(super) scope: String,
    pub(super) query: String,
    pub(super) page: String,
    pub(super) space: String,
    /// Part of a space's name, to choose it from fewer.
    pub(super) space_query: String,
    /// What was opened of a live connection's tree, and the button that opens another part of it.
    pub(super) place: String,
    below: String,
    pub(super) password: String,
    #[serde(flatten)]
    pub(super) embedding: EmbeddingInput,
    /// The button that was pressed: `create`, `check` to look at what gets out before anybody can open the share, or
    /// `search`.
    step: String,
}

impl NewShareInput {
    /// A page that is known by its id, with what the form proposes for everything else.
    pub fn of_page(connection_id: Uuid, page: &str, scope: ScopeKind) -> Self {
        Self {
            details: DetailsInput::new_share(),
            connection: connection_id.to_string(),
            scope: scope.as_str().to_owned(),
            page: page.to_owned(),
            ..Self::default()
        }
    }

    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.details.name);
        self
    }

    /// Empty for none.
    pub fn with_password(mut self, password: &str) -> Self {
        password.clone_into(&mut self.password);
        self
    }

    /// As typed; empty for no end.
    pub fn ending(mut self, expires_at: &str) -> Self {
        expires_at.clone_into(&mut self.details.expires_at);
        self
    }
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
        input.place.clear();
    }
    if !input.below.is_empty() {
        input.place = std::mem::take(&mut input.below);
        input.step = "search".to_owned();
    }
    if input.step == "search" {
        return answer(&state, &admin, StatusCode::OK, input, Problems::default()).await;
    }
    let is_checked_first = input.step == "check";
    let opens = if is_checked_first {
        Opens::Later
    } else {
        Opens::Now
    };
    let mut problems = Problems::default();
    let Some(share) = make(&state, &admin, &input, opens, &mut problems).await? else {
        return answer(
            &state,
            &admin,
            StatusCode::UNPROCESSABLE_ENTITY,
            input,
            problems,
        )
        .await;
    };
    if is_checked_first {
        leaks::check_now(&state, share.id).await?;
        admin.say_done(
            "The share is made, and nobody can open it yet. See what it would let out.",
        )?;
        return Ok(page::see_other(&leaks::leaks_path(share.id)));
    }
    admin.say_done("The share is ready. Copy its link below.")?;
    Ok(page::see_other(&share_path(share.id, "")))
}

/// Whether visitors can open a new share at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    Now,
    /// When somebody has looked at what it would let out.
    Later,
}

/// Makes the share that a form describes; `None` with at least one problem.
pub async fn make(
    state: &AppState,
    admin: &Admin,
    input: &NewShareInput,
    opens: Opens,
    problems: &mut Problems,
) -> Result<Option<Share>, Failure> {
    let now = clock::now();
    let chosen = resolve_choice(state, admin, input, problems).await?;
    let wildcards = state.settings.embedding.wildcards;
    let name = default_name(chosen.as_ref());
    let typed = parse(input, &name, wildcards, problems, now);
    let wanted = typed
        .as_ref()
        .and_then(|typed| typed.details.limits.restricted_pages);
    if let Some(text) = visible::refusal_of_restricted(admin, wanted) {
        problems.add("restricted_pages", text);
    }
    let (Some(chosen), Some(typed), true) = (chosen, typed, problems.is_empty()) else {
        return Ok(None);
    };
    let password_hash = match typed.password {
        Some(password) => Some(state.hasher.hash(password).await?),
        None => None,
    };
    let secret = UnlockSecret::generate()?;
    let mut new = new_share(
        chosen,
        typed.details,
        typed.embedding,
        password_hash,
        secret,
        admin,
    );
    new.enabled = opens == Opens::Now;
    let inserted = state.db.run(move |db| store::insert_share(db, &new, now));
    let share = inserted.await?;
    state.connections.wake();
    Ok(Some(share))
}

fn new_share(
    chosen: Chosen,
    details: Details,
    embedding: Embedding,
    password_hash: Option<PasswordHash>,
    unlock_secret: UnlockSecret,
    admin: &Admin,
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
        embed_origins: embedding.origins,
        embed_only: embedding.only,
        external_links: details.external_links,
        restricted_pages: details
            .limits
            .restricted_pages
            .unwrap_or(chosen.restricted_pages),
        include_labels: details.limits.include_labels,
        exclude_labels: details.limits.exclude_labels,
        show_comments: details.limits.show_comments,
        unlock_secret,
        created_by: admin.name().to_owned(),
        creator: Creator {
            account: Some(admin.account().id),
            person: admin.person_at(chosen.connection_id).map(str::to_owned),
            stand_in: None,
        },
    }
}

async fn resolve_choice(
    state: &AppState,
    admin: &Admin,
    input: &NewShareInput,
    problems: &mut Problems,
) -> Result<Option<Chosen>, Failure> {
    let Some(kind) = ScopeKind::parse(&input.scope) else {
        problems.add("scope", "Choose what the share shows.");
        return Ok(None);
    };
    let brought = match bring::bring_choice(state, admin, kind, input).await? {
        Ok(brought) => brought,
        Err((field, text)) => {
            problems.add(field, text);
            return Ok(None);
        }
    };
    let mut typed = input.clone();
    if admin.bound_to().is_some() {
        // What the site did not give him just now he shall not meet from the store, not even by its title.
        typed.query = brought.query.unwrap_or_default();
        typed.page = brought.page.unwrap_or_default();
        typed.space = brought.space.unwrap_or_default();
    }
    let resolved = state
        .db
        .run(move |db| {
            page_choice::resolve(
                db,
                &page_choice::Choice {
                    kind,
                    connection: &typed.connection,
                    query: &typed.query,
                    page: &typed.page,
                    space: &typed.space,
                },
            )
        })
        .await?;
    let chosen = match resolved {
        Ok(chosen) => chosen,
        Err((field, text)) => {
            problems.add(field, text);
            return Ok(None);
        }
    };
    let field = match kind {
        ScopeKind::Space => "space",
        ScopeKind::Page | ScopeKind::Tree | ScopeKind::BlogPost => "query",
    };
    let refusal = visible::refusal_of_choice(state, admin, &chosen).await?;
    match refusal {
        None => Ok(Some(chosen)),
        Some(sentence) => {
            problems.add(field, sentence);
            Ok(None)
        }
    }
}

struct Typed {
    details: Details,
    password: Option<Password>,
    embedding: Embedding,
}

/// A share without a name is called like what it shows; while that is not chosen, the name is no problem either.
fn default_name(chosen: Option<&Chosen>) -> String {
    chosen
        .map_or("New share", |chosen| &chosen.title)
        .chars()
        .take(200)
        .collect()
}

fn parse(
    input: &NewShareInput,
    default_name: &str,
    wildcards: EmbedWildcards,
    problems: &mut Problems,
    now: OffsetDateTime,
) -> Option<Typed> {
    let mut details = input.details.clone();
    if details.name.trim().is_empty() {
        default_name.clone_into(&mut details.name);
    }
    let details = details.parse(problems);
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
    let embedding = input.embedding.parse(wildcards, problems);
    Some(Typed {
        details: details?,
        password: password?,
        embedding: embedding?,
    })
}

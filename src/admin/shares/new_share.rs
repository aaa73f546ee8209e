//! A new share as the form of it was typed, and making the share that it describes.

use serde::Deserialize;
use uuid::Uuid;

use super::details::DetailsInput;
use super::inputs::EmbeddingInput;
use crate::admin::gate::SignedIn;
use crate::admin::problems::Problems;
use crate::clock;
use crate::password::Password;
use crate::shares::share::{ScopeKind, Share};
use crate::sharing::error::{Field, FieldError, SharingError};
use crate::sharing::fields::{Purpose, ShareFields};
use crate::sharing::rights::MayShare;
use crate::sharing::root::{self, NamedBy, NamedRoot, PageChoice};
use crate::sharing::share;
use crate::web::error::Failure;
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
    pub(super) below: String,
    pub(super) password: String,
    #[serde(flatten)]
    pub(super) embedding: EmbeddingInput,
    /// The button that was pressed: `create`, `check` to look at what gets out before anybody can open the share, or
    /// `search`.
    pub(super) step: String,
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
    signed_in: &SignedIn,
    input: &NewShareInput,
    opens: Opens,
    problems: &mut Problems,
) -> Result<Option<Share>, Failure> {
    let now = clock::now();
    let root = find_root(state, signed_in, input, problems).await?;
    let mut fields = read(state, input, problems);
    fields.enabled = Some(opens == Opens::Now);
    problems.extend(fields.contradictions(Purpose::Create, now));
    let Some(root) = root.filter(|_| problems.is_empty()) else {
        return Ok(None);
    };
    let made = share::create(&state.sharing, signed_in.actor(), root, fields, now);
    problems.take(made.await)
}

fn read(state: &AppState, input: &NewShareInput, problems: &mut Problems) -> ShareFields {
    let mut fields = input.details.read_new(problems);
    if !input.password.is_empty() {
        let password = problems.check("password", Password::new(&input.password));
        fields.password = password.map(Some);
    }
    let wildcards = state.settings.embedding.wildcards;
    input.embedding.read(wildcards, &mut fields, problems);
    fields
}

async fn find_root(
    state: &AppState,
    signed_in: &SignedIn,
    input: &NewShareInput,
    problems: &mut Problems,
) -> Result<Option<MayShare>, Failure> {
    let Some(kind) = ScopeKind::parse(&input.scope) else {
        problems.add("scope", "Choose what the share shows.");
        return Ok(None);
    };
    let found = if kind == ScopeKind::Space {
        find_space(state, signed_in, input).await
    } else {
        find_page(state, signed_in, kind, input).await
    };
    match found {
        Err(SharingError::Site(error)) => {
            let field = if kind == ScopeKind::Space {
                "space"
            } else {
                "query"
            };
            problems.add(field, error.sentence());
            Ok(None)
        }
        found => problems.take(found),
    }
}

async fn find_space(
    state: &AppState,
    signed_in: &SignedIn,
    input: &NewShareInput,
) -> Result<MayShare, SharingError> {
    let parts = input.space.split_once(':');
    let parts = parts.and_then(|(id, key)| Some((Uuid::try_parse(id).ok()?, key)));
    let Some((connection_id, key)) = parts else {
        return Err(FieldError::new(Field::SpaceKey, "Choose a space.").into());
    };
    let named = NamedRoot {
        connection_id,
        scope: ScopeKind::Space,
        by: NamedBy::SpaceKey(key.to_owned()),
    };
    root::find(&state.sharing, signed_in.actor(), named, clock::now()).await
}

async fn find_page(
    state: &AppState,
    signed_in: &SignedIn,
    scope: ScopeKind,
    input: &NewShareInput,
) -> Result<MayShare, SharingError> {
    let Ok(connection_id) = Uuid::try_parse(&input.connection) else {
        let text = "Choose the connection that the page is in.";
        return Err(FieldError::new(Field::Connection, text).into());
    };
    let choice = PageChoice {
        connection_id,
        scope,
        typed: input.query.clone(),
        marked: input.page.clone(),
    };
    root::find_choice(&state.sharing, signed_in.actor(), choice, clock::now()).await
}

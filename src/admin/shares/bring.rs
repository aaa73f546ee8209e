//! Bringing what was chosen on a live site into the database, so that from there on it is found like any other page.

use uuid::Uuid;

use super::create::NewShareInput;
use super::page_choice::Wrong;
use crate::admin::asker::{asker_of, may_use};
use crate::admin::gate::Admin;
use crate::clock;
use crate::cloud_app::asker::Asker;
use crate::connections::LiveError;
use crate::connections::store::live::find_live;
use crate::shares::share::ScopeKind;
use crate::web::error::Failure;
use crate::web::state::AppState;

/// What the site gave of what a form names. Of an import nothing is brought: it is all here.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// The content id of what the field names, and of the page that is marked in the list.
    pub(super) query: Option<String>,
    pub(super) page: Option<String>,
    pub(super) space: Option<String>,
}

/// What the site does not give is a problem beside the field; so is a connection that the person may not use.
pub(super) async fn bring_choice(
    state: &AppState,
    admin: &Admin,
    kind: ScopeKind,
    input: &NewShareInput,
) -> Result<Result<Brought, Wrong>, Failure> {
    let (field, connection, key) = match (kind, input.space.split_once(':')) {
        (ScopeKind::Space, Some((connection, key))) => ("space", connection, Some(key)),
        (ScopeKind::Space, None) => return Ok(Ok(Brought::default())),
        _ => ("query", input.connection.as_str(), None),
    };
    let Ok(id) = Uuid::try_parse(connection) else {
        return Ok(Ok(Brought::default()));
    };
    if !may_use(admin, id) {
        return Ok(Err((
            field,
            "You may share pages of your own site only.".to_owned(),
        )));
    }
    if state.db.run(move |db| find_live(db, id)).await?.is_none() {
        return Ok(Ok(Brought::default()));
    }
    let asker = asker_of(state, admin, id).await?;
    let brought = match key {
        Some(key) => bring_space(state, id, &asker, key, input).await,
        None => bring_pages(state, id, &asker, input).await,
    };
    match brought {
        Ok(brought) => Ok(Ok(brought)),
        Err(LiveError::Db(error)) => Err(error.into()),
        Err(error) => Ok(Err((field, error.sentence()))),
    }
}

async fn bring_space(
    state: &AppState,
    id: Uuid,
    asker: &Asker,
    key: &str,
    input: &NewShareInput,
) -> Result<Brought, LiveError> {
    let is_there = state.sync.bring_space(id, asker, key, clock::now()).await?;
    Ok(Brought {
        space: is_there.then(|| input.space.clone()),
        ..Brought::default()
    })
}

async fn bring_pages(
    state: &AppState,
    id: Uuid,
    asker: &Asker,
    input: &NewShareInput,
) -> Result<Brought, LiveError> {
    let now = clock::now();
    let sync = &state.sync;
    Ok(Brought {
        query: sync.bring_page(id, asker, &input.query, now).await?,
        page: sync.bring_page(id, asker, &input.page, now).await?,
        space: None,
    })
}

//! Bringing what was chosen on a live site into the database, so that from there on it is found like any other page.

use uuid::Uuid;

use super::create::NewShareInput;
use super::page_choice::Wrong;
use crate::clock;
use crate::pages::live::LiveError;
use crate::pages::live::asker::Asker;
use crate::pages::store::live::find_live;
use crate::shares::share::ScopeKind;
use crate::web::error::Failure;
use crate::web::state::AppState;

/// Nothing to do for an import, and for what names no connection. What the site does not give is a problem beside the
/// field.
pub(super) async fn bring_choice(
    state: &AppState,
    kind: ScopeKind,
    input: &NewShareInput,
) -> Result<Result<(), Wrong>, Failure> {
    let (field, connection, key) = match (kind, input.space.split_once(':')) {
        (ScopeKind::Space, Some((connection, key))) => ("space", connection, Some(key)),
        (ScopeKind::Space, None) => return Ok(Ok(())),
        _ => ("query", input.connection.as_str(), None),
    };
    let Ok(id) = Uuid::try_parse(connection) else {
        return Ok(Ok(()));
    };
    if state.db.run(move |db| find_live(db, id)).await?.is_none() {
        return Ok(Ok(()));
    }
    let brought = match key {
        Some(key) => state
            .live
            .bring_space(id, &Asker::Connection, key, clock::now())
            .await
            .map(|_| ()),
        None => bring_pages(state, id, input).await,
    };
    match brought {
        Ok(()) => Ok(Ok(())),
        Err(LiveError::Db(error)) => Err(error.into()),
        Err(error) => Ok(Err((field, error.sentence()))),
    }
}

/// The page that the field names, and the one that is marked in the list.
async fn bring_pages(state: &AppState, id: Uuid, input: &NewShareInput) -> Result<(), LiveError> {
    let now = clock::now();
    state
        .live
        .bring_page(id, &Asker::Connection, &input.query, now)
        .await?;
    state
        .live
        .bring_page(id, &Asker::Connection, &input.page, now)
        .await?;
    Ok(())
}

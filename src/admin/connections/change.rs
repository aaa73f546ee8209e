//! Renaming and deleting a connection.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{connection_id, show};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::{AdminForm, JustAButton};
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::clock;
use crate::pages::store::connections::{self, Deletion};
use crate::shares::store::StoreError;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

use self::show::SharesView;

const MAX_NAME_CHARS: usize = 200;

#[derive(Deserialize)]
pub struct NameInput {
    #[serde(default)]
    name: String,
}

#[derive(Template)]
#[template(path = "admin/connections/deletion.html")]
struct DeletionPage {
    chrome: Chrome,
    id: String,
    name: String,
    shares: SharesView,
}

/// `POST /admin/connections/{id}`: renames it.
pub async fn rename(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<NameInput>,
) -> Result<HttpResponse, PageError> {
    let id = connection_id(&path)?;
    let name = form.input.name.trim().to_owned();
    let mut problems = Problems::default();
    if !(1..=MAX_NAME_CHARS).contains(&name.chars().count()) {
        problems.add("name", "The name must have 1 to 200 characters.");
    } else {
        let searched = name.clone();
        let taken = state
            .db
            .run(move |db| connections::find_connection_by_name(db, &searched))
            .await?;
        if taken.is_some_and(|other| other != id) {
            problems.add("name", "Another connection has this name.");
        }
    }
    if !problems.is_empty() {
        let typed = Some(form.input.name);
        return show::answer(
            &state,
            &form.admin,
            id,
            StatusCode::UNPROCESSABLE_ENTITY,
            typed,
            problems,
        )
        .await;
    }
    let now = clock::now();
    let renamed = state
        .db
        .run(move |db| connections::rename_connection(db, id, &name, now))
        .await?;
    if !renamed {
        return Err(Failure::NotFound.into());
    }
    form.admin.say_done("The connection is renamed.")?;
    Ok(page::see_other(&format!("/admin/connections/{id}")))
}

/// `GET /admin/connections/{id}/deletion`.
pub async fn ask(
    state: web::Data<AppState>,
    admin: Admin,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let id = connection_id(&path)?;
    let now = clock::now();
    let (connection, shares) = state
        .db
        .run(move |db| {
            Ok::<_, StoreError>((
                connections::find_connection(db, id)?,
                SharesView::load(db, id, now)?,
            ))
        })
        .await?;
    let template = DeletionPage {
        chrome: Chrome::of(&admin, Section::Connections),
        id: id.to_string(),
        name: connection.ok_or(Failure::NotFound)?.name,
        shares,
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &template)?)
}

/// `POST /admin/connections/{id}/deletion`. Shares that show it keep it.
pub async fn delete(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let id = connection_id(&path)?;
    match state
        .db
        .run(move |db| connections::delete_connection(db, id))
        .await?
    {
        Deletion::InUse(_) => {
            form.admin.say_problem(
                "The connection was not deleted, because shares still show its pages.",
            )?;
            Ok(page::see_other(&format!(
                "/admin/connections/{id}/deletion"
            )))
        }
        Deletion::Deleted | Deletion::Missing => {
            // The rows are gone; files that nothing names any more only take room.
            if let Err(error) = state
                .files
                .keep_only(id, &std::collections::HashSet::new())
                .await
            {
                tracing::warn!(%error, "files of a deleted connection were left behind");
            }
            form.admin
                .say_done("The connection and its pages are deleted.")?;
            Ok(page::see_other("/admin/connections"))
        }
    }
}

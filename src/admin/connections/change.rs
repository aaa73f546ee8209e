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
use crate::sharing::connection::{self, ConnectionFields};
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

use self::show::SharesView;

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
    let (actor, right) = (form.admin.actor(), form.admin.right());
    let fields = ConnectionFields {
        name: Some(form.input.name.clone()),
        ..ConnectionFields::default()
    };
    let mut problems = Problems::default();
    let renamed = connection::change(&state.sharing, actor, right, id, fields, clock::now()).await;
    if problems.take(renamed)?.is_none() {
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
    let (actor, right) = (form.admin.actor(), form.admin.right());
    match connection::delete(&state.sharing, actor, right, id, clock::now()).await? {
        Deletion::InUse(_) => {
            form.admin.say_problem(
                "The connection was not deleted, because shares still show its pages.",
            )?;
            Ok(page::see_other(&format!(
                "/admin/connections/{id}/deletion"
            )))
        }
        Deletion::Deleted | Deletion::Missing => {
            form.admin
                .say_done("The connection and its pages are deleted.")?;
            Ok(page::see_other("/admin/connections"))
        }
    }
}

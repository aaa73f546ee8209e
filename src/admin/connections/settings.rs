//! Changing how often a live connection asks its site, and how much.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::connection_id;
use super::live_actions::find;
use super::settings_form::SettingsInput;
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::AdminForm;
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::clock;
use crate::connections::store::live::LiveConnection;
use crate::sharing::connection::{self, ConnectionFields};
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "admin/connections/settings.html")]
struct SettingsPage {
    chrome: Chrome,
    problems: Problems,
    id: Uuid,
    name: String,
    settings: SettingsInput,
}

/// `GET /admin/connections/{id}/settings`.
pub async fn show(
    state: web::Data<AppState>,
    admin: Admin,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let connection = find(&state, connection_id(&path)?).await?;
    let input = SettingsInput::of(connection.settings);
    answer(
        &admin,
        StatusCode::OK,
        &connection,
        input,
        Problems::default(),
    )
}

/// `POST /admin/connections/{id}/settings`.
pub async fn change(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<SettingsInput>,
) -> Result<HttpResponse, PageError> {
    let live = find(&state, connection_id(&path)?).await?;
    let mut problems = Problems::default();
    let Some(settings) = form.input.parse(&mut problems) else {
        let refused = StatusCode::UNPROCESSABLE_ENTITY;
        return answer(&form.admin, refused, &live, form.input, problems);
    };
    let (id, now) = (live.id, clock::now());
    let (actor, right) = (form.admin.actor(), form.admin.right());
    let fields = ConnectionFields {
        settings: Some(settings),
        ..ConnectionFields::default()
    };
    connection::change(&state.sharing, actor, right, id, fields, now).await?;
    form.admin.say_done("The settings are saved.")?;
    Ok(page::see_other(&format!("/admin/connections/{id}")))
}

fn answer(
    admin: &Admin,
    status: StatusCode,
    connection: &LiveConnection,
    settings: SettingsInput,
    problems: Problems,
) -> Result<HttpResponse, PageError> {
    let template = SettingsPage {
        chrome: Chrome::of(admin, Section::Connections),
        problems,
        id: connection.id,
        name: connection.name.clone(),
        settings,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

//! Making a live connection: the form, and the test that follows at once.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::access_form::{self, AccessInput};
use super::live_actions::test_and_say;
use super::settings_form::SettingsInput;
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::AdminForm;
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::clock;
use crate::connections::create::NewConnection;
use crate::connections::credentials::AuthKind;
use crate::name;
use crate::sharing::connection;
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NewInput {
    name: String,
    #[serde(flatten)]
    access: AccessInput,
    #[serde(flatten)]
    settings: SettingsInput,
}

#[derive(Template)]
#[template(path = "admin/connections/new.html")]
struct NewPage {
    chrome: Chrome,
    problems: Problems,
    name: String,
    access: AccessInput,
    settings: SettingsInput,
    /// Where Atlassian sends an admin's browser back to.
    callback_url: String,
    /// The product can be chosen.
    is_new: bool,
    /// Address of the Connect app's descriptor, if one is configured.
    descriptor_url: Option<String>,
    /// A Forge app is configured.
    has_forge_app: bool,
}

/// `GET /admin/connections/new`.
pub async fn show(state: web::Data<AppState>, admin: Admin) -> Result<HttpResponse, PageError> {
    let input = NewInput::default();
    answer(&state, &admin, StatusCode::OK, input, Problems::default())
}

/// `POST /admin/connections/new`.
pub async fn create(
    state: web::Data<AppState>,
    form: AdminForm<NewInput>,
) -> Result<HttpResponse, PageError> {
    let AdminForm { admin, input } = form;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let mut problems = Problems::default();
    let name = problems.check("name", name::parse(&input.name));
    let settings = input.settings.parse(&mut problems);
    let access = input.access.parse(&mut problems);
    let (Some(name), Some(settings), Some(access)) = (name, settings, access) else {
        return answer(&state, &admin, refused, input, problems);
    };
    let auth = access.credentials.kind();
    let new = NewConnection {
        name,
        product: access.product,
        address: input.access.address.clone(),
        credentials: access.credentials,
        settings,
    };
    let now = clock::now();
    let created = connection::create(&state.sharing, admin.actor(), admin.right(), new, now).await;
    let Some(id) = access_form::take(created, &mut problems)? else {
        return answer(&state, &admin, refused, input, problems);
    };
    if auth == AuthKind::AuthorizationCode {
        admin.say_done("The connection is made. Allow it to read the site now.")?;
    } else {
        test_and_say(&state, &admin, id).await?;
    }
    Ok(page::see_other(&format!("/admin/connections/{id}")))
}

fn answer(
    state: &AppState,
    admin: &Admin,
    status: StatusCode,
    input: NewInput,
    mut problems: Problems,
) -> Result<HttpResponse, PageError> {
    input.access.ask_for_secrets_again(&mut problems);
    let template = NewPage {
        chrome: Chrome::of(admin, Section::Connections),
        problems,
        name: input.name,
        access: input.access,
        settings: input.settings,
        callback_url: super::oauth::callback_url(state),
        is_new: true,
        descriptor_url: state
            .settings
            .app
            .connect
            .as_ref()
            .map(|_key| state.settings.base_url.join("/atlassian-connect.json")),
        has_forge_app: state.settings.app.forge.is_some(),
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

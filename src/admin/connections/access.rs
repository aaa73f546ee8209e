//! Changing where a live connection asks, and with what.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::access_form::{self, AccessInput};
use super::live_actions::{find, test_and_say};
use super::{connection_id, oauth};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::AdminForm;
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::clock;
use crate::connections::credentials::AuthKind;
use crate::connections::store::live::LiveConnection;
use crate::sharing::connection::{self, ConnectionFields};
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "admin/connections/access.html")]
struct AccessPage {
    chrome: Chrome,
    problems: Problems,
    id: Uuid,
    name: String,
    access: AccessInput,
    callback_url: String,
    is_new: bool,
}

/// `GET /admin/connections/{id}/access`.
pub async fn show(
    state: web::Data<AppState>,
    admin: Admin,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let connection = find(&state, connection_id(&path)?).await?;
    if connection.auth == AuthKind::App.as_str() {
        // There is nothing to type: the link to this form is not there either.
        return Ok(page::see_other(&format!(
            "/admin/connections/{}",
            connection.id
        )));
    }
    let input = AccessInput {
        kind: connection.product.as_str().to_owned(),
        address: connection.wiki_url.clone(),
        ..AccessInput::default()
    };
    let auth = &connection.auth;
    let account = state
        .connections
        .account_of(&connection)
        .unwrap_or_default();
    let mut input = input.with_account(auth, &account);
    if input.is_cloud() {
        input.cloud_auth.clone_from(auth);
    } else {
        input.data_center_auth.clone_from(auth);
    }
    let problems = Problems::default();
    answer(&state, &admin, StatusCode::OK, &connection, input, problems)
}

/// `POST /admin/connections/{id}/access`.
pub async fn change(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<AccessInput>,
) -> Result<HttpResponse, PageError> {
    let AdminForm { admin, mut input } = form;
    let live = find(&state, connection_id(&path)?).await?;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let mut problems = Problems::default();
    // The product stays what it is.
    live.product.as_str().clone_into(&mut input.kind);
    let Some(access) = input.parse(&mut problems) else {
        return answer(&state, &admin, refused, &live, input, problems);
    };
    let (id, now) = (live.id, clock::now());
    let auth = access.credentials.kind();
    let fields = ConnectionFields {
        access: Some((input.address.clone(), access.credentials)),
        ..ConnectionFields::default()
    };
    let changed = connection::change(
        &state.sharing,
        admin.actor(),
        admin.right(),
        id,
        fields,
        now,
    );
    if access_form::take(changed.await, &mut problems)?.is_none() {
        return answer(&state, &admin, refused, &live, input, problems);
    }
    if auth == AuthKind::AuthorizationCode {
        admin.say_done("The access is changed. Allow the connection to read the site now.")?;
    } else {
        test_and_say(&state, &admin, id).await?;
    }
    Ok(page::see_other(&format!("/admin/connections/{id}")))
}

fn answer(
    state: &AppState,
    admin: &Admin,
    status: StatusCode,
    connection: &LiveConnection,
    access: AccessInput,
    mut problems: Problems,
) -> Result<HttpResponse, PageError> {
    access.ask_for_secrets_again(&mut problems);
    let template = AccessPage {
        chrome: Chrome::of(admin, Section::Connections),
        problems,
        id: connection.id,
        name: connection.name.clone(),
        access,
        callback_url: oauth::callback_url(state),
        is_new: false,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

//! The page that a share is made on: the form with what was typed, and what there is to choose from. What the form
//! sends is read in `create`.

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::PgConnection;
use uuid::Uuid;

use super::details::Choice;
use super::new_share::NewShareInput;
use super::page_choice;
use super::page_choices::PageChoices;
use super::site_browser::{self, PageSearch};
use super::state::scope_label;
use crate::admin::chrome::{Chrome, Section};
use crate::admin::gate::SignedIn;
use crate::admin::problems::Problems;
use crate::connections::store::installations;
use crate::db::DbError;
use crate::pages::model::Connection;
use crate::pages::store::{connections, listing};
use crate::shares::share::ScopeKind;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "admin/shares/create.html")]
struct CreatePage {
    chrome: Chrome,
    input: NewShareInput,
    problems: Problems,
    connections: Vec<Choice>,
    scopes: Vec<ScopeChoice>,
    pages: PageChoices,
    spaces: Vec<SpaceGroup>,
    /// Why the chosen site gave no spaces.
    space_trouble: Option<String>,
    /// The chosen connection is a site with more spaces than a list shows.
    filters_spaces: bool,
}

struct ScopeChoice {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    chosen: bool,
}

struct SpaceGroup {
    connection: String,
    spaces: Vec<Choice>,
}

/// The page with what was typed, but never a password.
pub(super) async fn answer(
    state: &AppState,
    signed_in: &SignedIn,
    status: StatusCode,
    mut input: NewShareInput,
    mut problems: Problems,
) -> Result<HttpResponse, PageError> {
    if !input.password.is_empty() && !problems.has("password") {
        problems.add(
            "password",
            "Please type the password again. It is never written into a page.",
        );
    }
    let sent = input.clone();
    let site = signed_in.bound_to().map(|(site, _)| site);
    let loading = state.db.run(move |db| Loaded::load(db, &sent, site));
    let mut loaded = loading.await?;
    input.connection.clone_from(&loaded.connection);
    let (pages, space_trouble) = loaded.ask(state, signed_in, &input).await?;
    let template = CreatePage {
        chrome: Chrome::of(signed_in, Section::Shares),
        problems,
        connections: connection_choices(&loaded.connections, &input.connection),
        scopes: scope_choices(&input.scope),
        filters_spaces: loaded.site.is_some(),
        pages,
        spaces: loaded.spaces,
        space_trouble,
        input,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

struct Loaded {
    connections: Vec<Connection>,
    /// The one chosen, or the only one.
    connection: String,
    /// Set when that is a live one.
    site: Option<Uuid>,
    spaces: Vec<SpaceGroup>,
}

impl Loaded {
    /// `site` is the only connection of a sharer who is bound to one.
    fn load(
        db: &mut PgConnection,
        input: &NewShareInput,
        site: Option<Uuid>,
    ) -> Result<Self, DbError> {
        let idle: HashSet<Uuid> = installations::list_installations(db)?
            .iter()
            .filter(|found| !found.is_in_use())
            .map(|found| found.connection_id)
            .collect();
        let mut connections = connections::list_connections(db)?;
        connections.retain(|offered| {
            site.is_none_or(|site| site == offered.id) && !idle.contains(&offered.id)
        });
        let connection = match connections.as_slice() {
            [only] => only.id.to_string(),
            _ => input.connection.clone(),
        };
        let chosen = connections
            .iter()
            .find(|other| other.id.to_string() == connection);
        let site = chosen.filter(|chosen| chosen.kind.is_live());
        let mut spaces = Vec::with_capacity(connections.len());
        for connection in connections.iter().filter(|other| !other.kind.is_live()) {
            spaces.push(space_group(db, connection, &input.space)?);
        }
        Ok(Self {
            site: site.map(|site| site.id),
            connections,
            connection,
            spaces,
        })
    }

    /// Asks the chosen connection for pages, and for spaces if it is a site. The second part says why it gave none.
    async fn ask(
        &mut self,
        state: &AppState,
        signed_in: &SignedIn,
        input: &NewShareInput,
    ) -> Result<(PageChoices, Option<String>), Failure> {
        let Ok(connection_id) = Uuid::try_parse(&self.connection) else {
            return Ok((PageChoices::none(), None));
        };
        let search = PageSearch {
            signed_in,
            connection_id,
            query: &input.query,
            place: &input.place,
            chosen: &input.page,
        };
        let pages = page_choice::choices(state, search).await?;
        let Some(site) = self.site else {
            return Ok((pages, None));
        };
        let query = &input.space_query;
        let found = site_browser::find_spaces(state, signed_in, site, query, &input.space);
        let (spaces, trouble) = found.await?;
        let name = self.connections.iter().find(|other| other.id == site);
        self.spaces.insert(
            0,
            SpaceGroup {
                connection: name.map(|site| site.name.clone()).unwrap_or_default(),
                spaces,
            },
        );
        Ok((pages, trouble))
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
            Choice {
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

fn connection_choices(connections: &[Connection], chosen: &str) -> Vec<Choice> {
    let choice = |connection: &Connection| Choice {
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

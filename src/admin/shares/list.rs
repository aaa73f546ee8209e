//! The list of shares: search, filters, order, pages.

pub mod of_sharer;

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::PgConnection;
use serde::Deserialize;
use time::OffsetDateTime;
use url::form_urlencoded;
use uuid::Uuid;

use super::details::Choice;
use super::state::{StateBadge, label, scope_label};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::connections::trouble::Trouble;
use crate::admin::form::AdminQuery;
use crate::admin::gate::SignedIn;
use crate::admin::numbers::{PageLink, page_links};
use crate::clock;
use crate::config::{App, BaseUrl};
use crate::pages::model::Connection;
use crate::pages::store::{connections, leak};
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::share::Share;
use crate::shares::store::StoreError;
use crate::shares::store::listing::{self, ShareFilter, ShareOrder, ShareState};
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

const PER_PAGE: i64 = 25;

/// The query string, as sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListInput {
    query: String,
    state: String,
    connection: String,
    sort: String,
    page: String,
}

#[derive(Template)]
#[template(path = "admin/shares/list.html")]
struct ListPage {
    chrome: Chrome,
    query: String,
    states: Vec<Choice>,
    connections: Vec<Choice>,
    orders: Vec<Choice>,
    shares: Vec<Row>,
    total: i64,
    first: i64,
    last: i64,
    pages: Vec<PageLink>,
    /// Some filter is set.
    filtered: bool,
    /// There is no share at all.
    is_empty: bool,
    has_connections: bool,
    /// Why some that the person may see are not among them.
    trouble: Option<String>,
    in_trouble: Vec<Trouble>,
}

/// A share in the list.
struct Row {
    path: String,
    name: String,
    state: StateBadge,
    public_url: String,
    scope: &'static str,
    connection: String,
    has_password: bool,
    /// Opens only inside its sites.
    embed_only: bool,
    embedding: Option<String>,
    /// Leaks that nobody has marked as seen.
    unseen_leaks: i64,
    created: String,
}

/// `GET /admin`.
pub async fn show(
    state: web::Data<AppState>,
    signed_in: SignedIn,
    AdminQuery(input): AdminQuery<ListInput>,
) -> Result<HttpResponse, PageError> {
    let now = clock::now();
    let found = if signed_in.is_admin() {
        let (asked, ours) = (input.clone(), state.settings.app.clone());
        let found = state.db.run(move |db| Found::load(db, &asked, &ours, now));
        found.await?
    } else {
        of_sharer::find(&state, &signed_in, &input, now).await?
    };
    let template = ListPage {
        chrome: Chrome::of(&signed_in, Section::Shares),
        states: state_choices(&input.state),
        connections: connection_choices(&found.connections, &input.connection),
        orders: order_choices(&input.sort),
        first: if found.shares.is_empty() {
            0
        } else {
            found.offset + 1
        },
        last: found.offset + i64::try_from(found.shares.len()).unwrap_or(0),
        pages: page_links(found.page, found.pages, |number| page_url(&input, number)),
        shares: rows(&found, &state.settings.base_url, now),
        total: found.total,
        filtered: found.filtered,
        is_empty: found.total == 0 && !found.filtered,
        has_connections: !found.connections.is_empty(),
        trouble: found.trouble,
        in_trouble: found.in_trouble,
        query: input.query,
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &template)?)
}

struct Found {
    connections: Vec<Connection>,
    shares: Vec<Share>,
    unseen_leaks: HashMap<Uuid, i64>,
    total: i64,
    page: i64,
    pages: i64,
    offset: i64,
    filtered: bool,
    trouble: Option<String>,
    /// Connections, for admins, who can do something about them.
    in_trouble: Vec<Trouble>,
}

impl Found {
    fn load(
        db: &mut PgConnection,
        input: &ListInput,
        ours: &App,
        now: OffsetDateTime,
    ) -> Result<Self, StoreError> {
        let filter = filter_of(input);
        let total = listing::count_shares(db, &filter, now)?;
        let pages = ((total + PER_PAGE - 1) / PER_PAGE).max(1);
        // A page that is no longer there shows the last one.
        let page = input.page.parse::<i64>().unwrap_or(1).clamp(1, pages);
        let offset = (page - 1) * PER_PAGE;
        let shares = listing::list_shares(db, &filter, order(&input.sort), PER_PAGE, offset, now)?;
        let ids: Vec<Uuid> = shares.iter().map(|share| share.id.uuid()).collect();
        let connections = connections::list_connections(db)?;
        Ok(Self {
            in_trouble: Trouble::list(db, &connections, ours, now)?,
            connections,
            unseen_leaks: leak::count_unseen(db, &ids)?,
            shares,
            total,
            page,
            pages,
            offset,
            filtered: is_filtered(&filter),
            trouble: None,
        })
    }
}

fn filter_of(input: &ListInput) -> ShareFilter {
    ShareFilter {
        query: Some(input.query.trim().to_owned()).filter(|query| !query.is_empty()),
        state: ShareState::parse(&input.state),
        connection_id: Uuid::try_parse(&input.connection).ok(),
        ..ShareFilter::default()
    }
}

fn is_filtered(filter: &ShareFilter) -> bool {
    filter.query.is_some() || filter.state.is_some() || filter.connection_id.is_some()
}

fn rows(found: &Found, base_url: &BaseUrl, now: OffsetDateTime) -> Vec<Row> {
    let names: HashMap<Uuid, &str> = found
        .connections
        .iter()
        .map(|connection| (connection.id, connection.name.as_str()))
        .collect();
    let row = |share: &Share| Row {
        path: super::share_path(share.id, ""),
        name: share.name.clone(),
        state: StateBadge::of(share, now),
        public_url: base_url.join(&format!("/content/{}", share.id)),
        scope: scope_label(share.scope.kind()),
        connection: names
            .get(&share.connection_id)
            .copied()
            .unwrap_or_default()
            .to_owned(),
        has_password: share.password_hash.is_some(),
        embed_only: share.embed_only,
        embedding: embedding_mark(&share.embed_origins),
        unseen_leaks: found
            .unseen_leaks
            .get(&share.id.uuid())
            .copied()
            .unwrap_or(0),
        created: format!(
            "{} {} {}",
            share.created_at.day(),
            share.created_at.month(),
            share.created_at.year()
        ),
    };
    found.shares.iter().map(row).collect()
}

fn embedding_mark(origins: &EmbedOrigins) -> Option<String> {
    match origins {
        EmbedOrigins::None => None,
        EmbedOrigins::Any => Some("Any site may embed".to_owned()),
        EmbedOrigins::Listed(list) if list.len() == 1 => Some("1 site may embed".to_owned()),
        EmbedOrigins::Listed(list) => Some(format!("{} sites may embed", list.len())),
    }
}

const ORDERS: [(&str, &str, ShareOrder); 4] = [
    ("newest", "Newest first", ShareOrder::NewestFirst),
    ("oldest", "Oldest first", ShareOrder::OldestFirst),
    ("name", "By name", ShareOrder::ByName),
    ("end", "Next to end", ShareOrder::ByEnd),
];

fn order(word: &str) -> ShareOrder {
    let named = ORDERS.into_iter().find(|(value, _, _)| *value == word);
    named.map_or(ShareOrder::NewestFirst, |(_, _, order)| order)
}

fn order_choices(chosen: &str) -> Vec<Choice> {
    let chosen = order(chosen);
    let choice = |(value, label, order): (&str, &str, ShareOrder)| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen: order == chosen,
    };
    ORDERS.into_iter().map(choice).collect()
}

fn state_choices(chosen: &str) -> Vec<Choice> {
    let choice = |state: ShareState| Choice {
        value: state.as_str().to_owned(),
        label: label(state).to_owned(),
        chosen: state.as_str() == chosen,
    };
    ShareState::ALL.map(choice).into()
}

fn connection_choices(connections: &[Connection], chosen: &str) -> Vec<Choice> {
    let choice = |connection: &Connection| Choice {
        value: connection.id.to_string(),
        label: connection.name.clone(),
        chosen: connection.id.to_string() == chosen,
    };
    connections.iter().map(choice).collect()
}

/// The address of one page of the list, with the filters kept.
fn page_url(input: &ListInput, number: i64) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let kept = [
        ("query", &input.query),
        ("state", &input.state),
        ("connection", &input.connection),
        ("sort", &input.sort),
    ];
    for (name, value) in kept.into_iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    format!(
        "/admin?{}",
        query.append_pair("page", &number.to_string()).finish()
    )
}

#[cfg(test)]
mod tests {
    use super::{ListInput, page_url};

    #[test]
    fn a_number_keeps_the_filters() {
        let input = ListInput {
            query: "a b&c".to_owned(),
            state: "ended".to_owned(),
            ..ListInput::default()
        };
        assert_eq!(
            page_url(&input, 2),
            "/admin?query=a+b%26c&state=ended&page=2"
        );
    }
}

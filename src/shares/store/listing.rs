//! Lists of shares for the admin pages and the API. One share and its changes are in the file above.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use super::StoreError;
use super::row::ShareRow;
use crate::db::escape_like;
use crate::schema::shared_page;
use crate::shares::share::{Share, ShareId};

/// Which shares to list.
#[derive(Debug, Default, Clone)]
pub struct ShareFilter {
    /// Part of the name, the description or the start of the id, any case.
    pub query: Option<String>,
    pub state: Option<ShareState>,
    pub connection_id: Option<Uuid>,
    /// Only those that a sharer could see.
    pub candidates: Option<Candidates>,
    /// Only those that open with this page.
    pub root: Option<String>,
    pub space_key: Option<String>,
}

/// Shares of an account, and all of a site whose person it is: of these they see what the site lets them view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidates {
    pub account_id: Uuid,
    pub site: Option<Uuid>,
}

/// What an admin can filter by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareState {
    /// Answers now.
    Active,
    Disabled,
    /// Starts later.
    Scheduled,
    /// Its end has passed.
    Ended,
}

impl ShareState {
    pub const ALL: [Self; 4] = [Self::Active, Self::Disabled, Self::Scheduled, Self::Ended];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Scheduled => "scheduled",
            Self::Ended => "ended",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// The order of a list; every order ends in the id, so that pages neither skip nor repeat a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareOrder {
    NewestFirst,
    OldestFirst,
    ByName,
    /// The next to end first; those without an end last.
    ByEnd,
}

type FilteredShares<'a> = shared_page::BoxedQuery<'a, diesel::pg::Pg>;

fn filtered(filter: &ShareFilter, now: OffsetDateTime) -> FilteredShares<'static> {
    let mut query = shared_page::table.into_boxed();
    if let Some(text) = filter
        .query
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        let escaped = escape_like(text);
        let anywhere = format!("%{escaped}%");
        let id_starts = diesel::dsl::sql::<diesel::sql_types::Bool>("shared_page.id::text like ")
            .bind::<diesel::sql_types::Text, _>(format!("{}%", escaped.to_lowercase()));
        query = query.filter(
            shared_page::name
                .ilike(anywhere.clone())
                .or(shared_page::description.ilike(anywhere))
                .or(id_starts),
        );
    }
    if let Some(connection_id) = filter.connection_id {
        query = query.filter(shared_page::connection_id.eq(connection_id));
    }
    if let Some(root) = &filter.root {
        query = query.filter(shared_page::root_content_id.eq(root.clone()));
    }
    if let Some(key) = &filter.space_key {
        query = query.filter(shared_page::space_key.eq(key.clone()));
    }
    if let Some(Candidates { account_id, site }) = filter.candidates {
        let own = shared_page::creator_account
            .eq(account_id)
            .assume_not_null();
        query = match site {
            Some(site) => query.filter(own.or(shared_page::connection_id.eq(site))),
            None => query.filter(own),
        };
    }
    let ended = shared_page::expires_at.le(now);
    let scheduled = shared_page::starts_at.gt(now);
    match filter.state {
        None => query,
        Some(ShareState::Disabled) => query.filter(shared_page::enabled.eq(false)),
        Some(ShareState::Scheduled) => query
            .filter(shared_page::enabled.eq(true))
            .filter(scheduled),
        Some(ShareState::Ended) => query.filter(shared_page::enabled.eq(true)).filter(ended),
        Some(ShareState::Active) => query
            .filter(shared_page::enabled.eq(true))
            .filter(
                shared_page::starts_at
                    .is_null()
                    .or(shared_page::starts_at.le(now)),
            )
            .filter(
                shared_page::expires_at
                    .is_null()
                    .or(shared_page::expires_at.gt(now)),
            ),
    }
}

/// One page of a list, by offset: for the admin pages, which show page numbers.
pub fn list_shares(
    db: &mut PgConnection,
    filter: &ShareFilter,
    order: ShareOrder,
    limit: i64,
    offset: i64,
    now: OffsetDateTime,
) -> Result<Vec<Share>, StoreError> {
    let query = filtered(filter, now);
    let ordered = match order {
        ShareOrder::NewestFirst => query.order((shared_page::created_at.desc(), shared_page::id)),
        ShareOrder::OldestFirst => query.order((shared_page::created_at.asc(), shared_page::id)),
        ShareOrder::ByName => query.order((shared_page::name.asc(), shared_page::id)),
        ShareOrder::ByEnd => {
            query.order((shared_page::expires_at.asc().nulls_last(), shared_page::id))
        }
    };
    let rows = ordered
        .limit(limit)
        .offset(offset)
        .select(ShareRow::as_select())
        .load(db)?;
    rows.into_iter().map(Share::try_from).collect()
}

/// One page of a list, newest first, after the share that a cursor names: for the API.
pub fn list_shares_after(
    db: &mut PgConnection,
    filter: &ShareFilter,
    after: Option<(OffsetDateTime, ShareId)>,
    limit: i64,
    now: OffsetDateTime,
) -> Result<Vec<Share>, StoreError> {
    let mut query = filtered(filter, now);
    if let Some((created_at, id)) = after {
        query = query.filter(
            shared_page::created_at
                .lt(created_at)
                .or(shared_page::created_at
                    .eq(created_at)
                    .and(shared_page::id.gt(id.uuid()))),
        );
    }
    let rows = query
        .order((shared_page::created_at.desc(), shared_page::id))
        .limit(limit)
        .select(ShareRow::as_select())
        .load(db)?;
    rows.into_iter().map(Share::try_from).collect()
}

pub fn count_shares(
    db: &mut PgConnection,
    filter: &ShareFilter,
    now: OffsetDateTime,
) -> Result<i64, StoreError> {
    Ok(filtered(filter, now).count().get_result(db)?)
}

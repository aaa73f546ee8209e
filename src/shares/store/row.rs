//! A row of `shared_page`, and the share it stands for.

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamptz};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::StoreError;
use crate::config::EmbedWildcards;
use crate::password::PasswordHash;
use crate::schema::shared_page;
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::labels::Labels;
use crate::shares::share::{
    Creator, ExternalLinks, PassLifetime, PreviousSecret, RestrictedPages, Scope, ScopeKind, Share,
};
use crate::shares::unlock_secret::UnlockSecret;

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = shared_page, check_for_backend(diesel::pg::Pg))]
pub(super) struct ShareRow {
    id: Uuid,
    connection_id: Uuid,
    name: String,
    description: String,
    scope: String,
    space_key: String,
    root_content_id: Option<String>,
    password_hash: Option<String>,
    epoch: i32,
    enabled: bool,
    starts_at: Option<OffsetDateTime>,
    expires_at: Option<OffsetDateTime>,
    pass_lifetime_seconds: i32,
    embed_origins: Vec<Option<String>>,
    embed_only: bool,
    keep_external_links: bool,
    restricted_pages: String,
    include_labels: Vec<Option<String>>,
    exclude_labels: Vec<Option<String>>,
    show_comments: bool,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
    created_by: String,
    creator_account: Option<Uuid>,
    creator_person: Option<String>,
    stand_in_person: Option<String>,
    unlock_secret: Vec<u8>,
    previous_unlock_secret: Option<Vec<u8>>,
    previous_unlock_secret_expires_at: Option<OffsetDateTime>,
    previous_unlock_secret_used_at: Option<OffsetDateTime>,
    #[diesel(select_expression = withdrawn_from())]
    #[diesel(select_expression_type = SqlLiteral<Nullable<Timestamptz>>)]
    withdrawn_from: Option<OffsetDateTime>,
}

/// A subquery, so that whatever inserts or changes a share returns it whole as well.
fn withdrawn_from() -> SqlLiteral<Nullable<Timestamptz>> {
    sql("(select unavailable_from from connection site where site.id = shared_page.connection_id)")
}

impl TryFrom<ShareRow> for Share {
    type Error = StoreError;

    fn try_from(row: ShareRow) -> Result<Self, StoreError> {
        let id = row.id;
        let corrupt = |problem| StoreError::Corrupt { id, problem };
        let secret = |bytes: &[u8]| {
            UnlockSecret::from_bytes(bytes).map_err(|_length| corrupt("unlock secret"))
        };
        let previous_unlock_secret = match (
            &row.previous_unlock_secret,
            row.previous_unlock_secret_expires_at,
        ) {
            (Some(bytes), Some(expires_at)) => Some(PreviousSecret {
                secret: secret(bytes)?,
                expires_at,
                used_at: row.previous_unlock_secret_used_at,
            }),
            _ => None,
        };
        Ok(Self {
            id: id.into(),
            connection_id: row.connection_id,
            name: row.name,
            description: row.description,
            space_key: row.space_key,
            scope: read_scope(&row.scope, row.root_content_id).ok_or_else(|| corrupt("scope"))?,
            password_hash: row.password_hash.map(PasswordHash::from_stored),
            epoch: row.epoch,
            enabled: row.enabled,
            starts_at: row.starts_at,
            expires_at: row.expires_at,
            pass_lifetime: PassLifetime::from_seconds(row.pass_lifetime_seconds.into())
                .ok_or_else(|| corrupt("pass lifetime"))?,
            embed_origins: read_origins(&row.embed_origins)
                .ok_or_else(|| corrupt("embed origins"))?,
            embed_only: row.embed_only,
            external_links: if row.keep_external_links {
                ExternalLinks::Keep
            } else {
                ExternalLinks::PlainText
            },
            restricted_pages: RestrictedPages::parse(&row.restricted_pages)
                .ok_or_else(|| corrupt("restricted pages"))?,
            include_labels: read_labels(&row.include_labels)
                .ok_or_else(|| corrupt("include labels"))?,
            exclude_labels: read_labels(&row.exclude_labels)
                .ok_or_else(|| corrupt("exclude labels"))?,
            show_comments: row.show_comments,
            unlock_secret: secret(&row.unlock_secret)?,
            previous_unlock_secret,
            created_at: row.created_at,
            updated_at: row.updated_at,
            created_by: row.created_by,
            creator: Creator {
                account: row.creator_account,
                person: row.creator_person,
                stand_in: row.stand_in_person,
            },
            withdrawn_from: row.withdrawn_from,
        })
    }
}

fn read_scope(kind: &str, root: Option<String>) -> Option<Scope> {
    Some(match (ScopeKind::parse(kind)?, root) {
        (ScopeKind::Space, home) => Scope::Space { home },
        (ScopeKind::Page, Some(root)) => Scope::Page { root },
        (ScopeKind::Tree, Some(root)) => Scope::Tree { root },
        (ScopeKind::BlogPost, Some(root)) => Scope::BlogPost { root },
        (_, None) => return None,
    })
}

fn read_origins(stored: &[Option<String>]) -> Option<EmbedOrigins> {
    let origins = stored.iter().flatten().map(String::as_str);
    // What was allowed when it was saved stays as it is.
    EmbedOrigins::parse_with(origins, EmbedWildcards::Allow).ok()
}

fn read_labels(stored: &[Option<String>]) -> Option<Labels> {
    Labels::parse(stored.iter().flatten().map(String::as_str)).ok()
}

//! Live connections: their address, sealed credentials and settings. What the credentials hold is
//! `connections::credentials`' knowledge.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::confluence::Product;
use crate::db::DbError;
use crate::pages::model::ConnectionKind;
use crate::schema::connection;

/// A connection to a site, with everything that is needed to ask it.
#[derive(Debug, Clone)]
pub struct LiveConnection {
    pub id: Uuid,
    pub product: Product,
    pub name: String,
    /// The site's base URL: `https://example.atlassian.net/wiki`, or Data Center's with its context path.
    pub wiki_url: String,
    pub cloud_id: Option<String>,
    /// Which kind of credentials, as a word.
    pub auth: String,
    /// Sealed; `None` while an authorization is still to be given in the browser.
    pub credentials: Option<Vec<u8>>,
    pub settings: LiveSettings,
    pub webhook_generation: i32,
    pub updated_at: OffsetDateTime,
}

/// The word for an installation of our app, which has no credentials of its own.
const APP: &str = "app";

impl LiveConnection {
    /// The other side of an installation of our app.
    pub fn is_app(&self) -> bool {
        self.auth == APP
    }
}

/// What an admin may set of a live connection beside its credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveSettings {
    /// How old a snapshot may be before it is compared with the site: 60 to 86,400 seconds.
    pub refresh_after_seconds: i32,
    /// 100 to 1,000,000.
    pub requests_per_hour: i32,
    /// Larger attachments are not fetched.
    pub file_limit_bytes: i64,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self {
            refresh_after_seconds: 300,
            requests_per_hour: 20_000,
            file_limit_bytes: 256 << 20,
        }
    }
}

/// A live connection to be made.
pub struct NewLiveConnection<'a> {
    pub id: Uuid,
    pub product: Product,
    pub name: &'a str,
    pub wiki_url: &'a str,
    pub cloud_id: Option<&'a str>,
    pub auth: &'a str,
    pub credentials: Option<&'a [u8]>,
    pub settings: LiveSettings,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = connection, check_for_backend(diesel::pg::Pg))]
struct LiveRow {
    id: Uuid,
    kind: String,
    name: String,
    wiki_url: Option<String>,
    cloud_id: Option<String>,
    auth: Option<String>,
    credentials: Option<Vec<u8>>,
    refresh_after_seconds: i32,
    requests_per_hour: i32,
    file_limit_bytes: i64,
    webhook_generation: i32,
    updated_at: OffsetDateTime,
}

impl LiveRow {
    /// `None` for an export.
    fn into_live(self) -> Option<LiveConnection> {
        let product = Product::parse(&self.kind)?;
        Some(LiveConnection {
            id: self.id,
            product,
            name: self.name,
            wiki_url: self.wiki_url?,
            cloud_id: self.cloud_id,
            auth: self.auth?,
            credentials: self.credentials,
            settings: LiveSettings {
                refresh_after_seconds: self.refresh_after_seconds,
                requests_per_hour: self.requests_per_hour,
                file_limit_bytes: self.file_limit_bytes,
            },
            webhook_generation: self.webhook_generation,
            updated_at: self.updated_at,
        })
    }
}

/// `false` when another connection has the name, in any case.
pub fn insert_live(
    db: &mut PgConnection,
    new: &NewLiveConnection<'_>,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let inserted = diesel::insert_into(connection::table)
        .values((
            connection::id.eq(new.id),
            connection::kind.eq(new.product.as_str()),
            connection::name.eq(new.name),
            connection::wiki_url.eq(new.wiki_url),
            connection::cloud_id.eq(new.cloud_id),
            connection::auth.eq(new.auth),
            connection::credentials.eq(new.credentials),
            connection::refresh_after_seconds.eq(new.settings.refresh_after_seconds),
            connection::requests_per_hour.eq(new.settings.requests_per_hour),
            connection::file_limit_bytes.eq(new.settings.file_limit_bytes),
            connection::created_at.eq(now),
            connection::updated_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(db)?;
    Ok(inserted > 0)
}

/// `None` when there is no such connection, or it is an import.
pub fn find_live(db: &mut PgConnection, id: Uuid) -> Result<Option<LiveConnection>, DbError> {
    let row: Option<LiveRow> = connection::table
        .find(id)
        .select(LiveRow::as_select())
        .first(db)
        .optional()?;
    Ok(row.and_then(LiveRow::into_live))
}

/// The same, locked until the transaction ends: for tokens that may be exchanged only once.
pub fn lock_live(db: &mut PgConnection, id: Uuid) -> Result<Option<LiveConnection>, DbError> {
    let row: Option<LiveRow> = connection::table
        .find(id)
        .select(LiveRow::as_select())
        .for_no_key_update()
        .first(db)
        .optional()?;
    Ok(row.and_then(LiveRow::into_live))
}

pub fn list_live(db: &mut PgConnection) -> Result<Vec<LiveConnection>, DbError> {
    let rows: Vec<LiveRow> = connection::table
        .filter(connection::kind.ne(ConnectionKind::SpaceExport.as_str()))
        .order((connection::name, connection::id))
        .select(LiveRow::as_select())
        .load(db)?;
    Ok(rows.into_iter().filter_map(LiveRow::into_live).collect())
}

/// New tokens under the same kind of credentials; nothing an admin typed has changed.
pub fn store_credentials(db: &mut PgConnection, id: Uuid, sealed: &[u8]) -> Result<(), DbError> {
    diesel::update(connection::table.find(id))
        .set(connection::credentials.eq(sealed))
        .execute(db)?;
    Ok(())
}

/// What an admin changed of a site's address and credentials.
pub struct NewAccess<'a> {
    pub wiki_url: &'a str,
    pub cloud_id: Option<&'a str>,
    pub auth: &'a str,
    pub credentials: Option<&'a [u8]>,
}

/// `false` when there is no such connection.
pub fn change_access(
    db: &mut PgConnection,
    id: Uuid,
    access: &NewAccess<'_>,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let changed = diesel::update(connection::table.find(id))
        .filter(connection::kind.ne(ConnectionKind::SpaceExport.as_str()))
        .set((
            connection::wiki_url.eq(access.wiki_url),
            connection::cloud_id.eq(access.cloud_id),
            connection::auth.eq(access.auth),
            connection::credentials.eq(access.credentials),
            connection::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(changed > 0)
}

pub fn change_settings(
    db: &mut PgConnection,
    id: Uuid,
    settings: LiveSettings,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let changed = diesel::update(connection::table.find(id))
        .set((
            connection::refresh_after_seconds.eq(settings.refresh_after_seconds),
            connection::requests_per_hour.eq(settings.requests_per_hour),
            connection::file_limit_bytes.eq(settings.file_limit_bytes),
            connection::updated_at.eq(now),
        ))
        .execute(db)?;
    Ok(changed > 0)
}

/// Makes the webhook's address and secret useless; the new ones follow from the number.
pub fn renew_webhook(db: &mut PgConnection, id: Uuid) -> Result<bool, DbError> {
    let changed = diesel::update(connection::table.find(id))
        .set(connection::webhook_generation.eq(connection::webhook_generation + 1))
        .execute(db)?;
    Ok(changed > 0)
}

//! Every query on shares. The rules live in the files beside this one.

pub mod embed_health;
mod error;
pub mod events;
pub mod frames;
pub mod listing;
mod row;

use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use time::OffsetDateTime;
use uuid::Uuid;

use super::embed_origins::EmbedOrigins;
use super::labels::Labels;
use super::share::{Creator, ExternalLinks, PassLifetime, RestrictedPages, Scope, Share, ShareId};
use super::unlock_secret::UnlockSecret;
use crate::password::PasswordHash;
use crate::schema::{connection, shared_page};
use row::ShareRow;

pub use error::StoreError;

/// A share to be created.
#[derive(Debug)]
pub struct NewShare {
    pub connection_id: Uuid,
    pub name: String,
    pub description: String,
    pub space_key: String,
    pub scope: Scope,
    pub password_hash: Option<PasswordHash>,
    pub enabled: bool,
    pub starts_at: Option<OffsetDateTime>,
    pub expires_at: Option<OffsetDateTime>,
    pub pass_lifetime: PassLifetime,
    pub embed_origins: EmbedOrigins,
    pub embed_only: bool,
    pub external_links: ExternalLinks,
    pub restricted_pages: RestrictedPages,
    pub include_labels: Labels,
    pub exclude_labels: Labels,
    pub show_comments: bool,
    pub unlock_secret: UnlockSecret,
    pub created_by: String,
    pub creator: Creator,
}

/// What of a share may be changed; `None` leaves it as it is.
#[derive(Debug, Default)]
pub struct ShareChange {
    pub name: Option<String>,
    pub description: Option<String>,
    /// `Some(None)` removes the password. Both setting and removing raise the epoch.
    pub password_hash: Option<Option<PasswordHash>>,
    pub enabled: Option<bool>,
    pub starts_at: Option<Option<OffsetDateTime>>,
    pub expires_at: Option<Option<OffsetDateTime>>,
    pub pass_lifetime: Option<PassLifetime>,
    pub embed_origins: Option<EmbedOrigins>,
    /// Switching it on or off raises the epoch.
    pub embed_only: Option<bool>,
    pub external_links: Option<ExternalLinks>,
    pub restricted_pages: Option<RestrictedPages>,
    pub include_labels: Option<Labels>,
    pub exclude_labels: Option<Labels>,
    pub show_comments: Option<bool>,
    /// Who stands in for the creator at the site; `Some(None)` for nobody.
    pub stand_in: Option<Option<String>>,
}

pub fn insert_share(
    db: &mut PgConnection,
    new: &NewShare,
    now: OffsetDateTime,
) -> Result<Share, StoreError> {
    let row = diesel::insert_into(shared_page::table)
        .values((
            shared_page::id.eq(ShareId::random().uuid()),
            shared_page::connection_id.eq(new.connection_id),
            shared_page::name.eq(&new.name),
            shared_page::description.eq(&new.description),
            shared_page::scope.eq(new.scope.kind().as_str()),
            shared_page::space_key.eq(&new.space_key),
            shared_page::root_content_id.eq(new.scope.root()),
            shared_page::password_hash.eq(new.password_hash.as_ref().map(PasswordHash::as_stored)),
            shared_page::enabled.eq(new.enabled),
            shared_page::starts_at.eq(new.starts_at),
            shared_page::expires_at.eq(new.expires_at),
            shared_page::pass_lifetime_seconds.eq(new.pass_lifetime.seconds()),
            shared_page::embed_origins.eq(new.embed_origins.entries()),
            shared_page::embed_only.eq(new.embed_only),
            shared_page::keep_external_links.eq(new.external_links == ExternalLinks::Keep),
            shared_page::restricted_pages.eq(new.restricted_pages.as_str()),
            shared_page::include_labels.eq(new.include_labels.entries()),
            shared_page::exclude_labels.eq(new.exclude_labels.entries()),
            shared_page::show_comments.eq(new.show_comments),
            shared_page::unlock_secret.eq(&new.unlock_secret.as_bytes()[..]),
            shared_page::created_at.eq(now),
            shared_page::updated_at.eq(now),
            shared_page::created_by.eq(&new.created_by),
            shared_page::creator_account.eq(new.creator.account),
            shared_page::creator_person.eq(&new.creator.person),
            shared_page::stand_in_person.eq(&new.creator.stand_in),
        ))
        .returning(ShareRow::as_returning())
        .get_result(db)?;
    row.try_into()
}

pub fn find_share(db: &mut PgConnection, id: ShareId) -> Result<Option<Share>, StoreError> {
    let row = shared_page::table
        .find(id.uuid())
        .select(ShareRow::as_select())
        .first(db)
        .optional()?;
    row.map(Share::try_from).transpose()
}

/// The same, held against every other change until the transaction ends.
pub fn lock_share(db: &mut PgConnection, id: ShareId) -> Result<Option<Share>, StoreError> {
    let row = shared_page::table
        .find(id.uuid())
        .select(ShareRow::as_select())
        .for_no_key_update()
        .first(db)
        .optional()?;
    row.map(Share::try_from).transpose()
}

/// What kind of connection a share's content comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentSource {
    Import,
    /// A site that is asked again and again, by one account.
    Site,
    /// The same by an app, which shows pages as the share's people see them.
    App,
}

impl ContentSource {
    pub fn is_live(self) -> bool {
        self != Self::Import
    }
}

/// A share with what requests must know of its connection.
#[derive(Debug)]
pub struct ConnectedShare {
    pub share: Share,
    /// With the share's own last change all that a cached page depends on.
    pub content_revision: i64,
    pub source: ContentSource,
}

pub fn find_connected_share(
    db: &mut PgConnection,
    id: ShareId,
) -> Result<Option<ConnectedShare>, StoreError> {
    let row = shared_page::table
        .inner_join(connection::table)
        .filter(shared_page::id.eq(id.uuid()))
        .select((
            ShareRow::as_select(),
            connection::content_revision,
            connection::kind,
            connection::auth,
        ))
        .first::<(ShareRow, i64, String, Option<String>)>(db)
        .optional()?;
    row.map(|(row, content_revision, kind, auth)| {
        Ok(ConnectedShare {
            share: row.try_into()?,
            content_revision,
            source: match (kind.as_str(), auth.as_deref()) {
                ("space_export", _) => ContentSource::Import,
                (_, Some("app")) => ContentSource::App,
                _ => ContentSource::Site,
            },
        })
    })
    .transpose()
}

/// Changes a share and returns it as it is now; `None` when it is gone. A changed password, disabling and
/// switching `embed_only` end every pass.
pub fn update_share(
    db: &mut PgConnection,
    id: ShareId,
    change: &ShareChange,
    now: OffsetDateTime,
) -> Result<Option<Share>, StoreError> {
    let ends_passes = change.password_hash.is_some() || change.enabled == Some(false);
    // A form sends the switch as it is: only another position ends passes.
    let switch = change.embed_only.filter(|_| !ends_passes);
    let row = diesel::update(shared_page::table.find(id.uuid()))
        .set((
            change.name.as_ref().map(|name| shared_page::name.eq(name)),
            change
                .description
                .as_ref()
                .map(|text| shared_page::description.eq(text)),
            change.password_hash.as_ref().map(|hash| {
                shared_page::password_hash.eq(hash.as_ref().map(PasswordHash::as_stored))
            }),
            change
                .enabled
                .map(|enabled| shared_page::enabled.eq(enabled)),
            change.starts_at.map(|at| shared_page::starts_at.eq(at)),
            change.expires_at.map(|at| shared_page::expires_at.eq(at)),
            change
                .pass_lifetime
                .map(|lifetime| shared_page::pass_lifetime_seconds.eq(lifetime.seconds())),
            change
                .embed_origins
                .as_ref()
                .map(|origins| shared_page::embed_origins.eq(origins.entries())),
            change
                .embed_only
                .map(|only| shared_page::embed_only.eq(only)),
            change
                .external_links
                .map(|links| shared_page::keep_external_links.eq(links == ExternalLinks::Keep)),
            change
                .restricted_pages
                .map(|pages| shared_page::restricted_pages.eq(pages.as_str())),
            change
                .include_labels
                .as_ref()
                .map(|labels| shared_page::include_labels.eq(labels.entries())),
            change
                .exclude_labels
                .as_ref()
                .map(|labels| shared_page::exclude_labels.eq(labels.entries())),
            change
                .show_comments
                .map(|show| shared_page::show_comments.eq(show)),
            change
                .stand_in
                .as_ref()
                .map(|person| shared_page::stand_in_person.eq(person)),
            ends_passes.then(|| shared_page::epoch.eq(shared_page::epoch + 1)),
            switch.map(|only| {
                let turned = case_when(shared_page::embed_only.ne(only), 1.into_sql::<Integer>())
                    .otherwise(0);
                shared_page::epoch.eq(shared_page::epoch + turned)
            }),
            shared_page::updated_at.eq(now),
        ))
        .returning(ShareRow::as_returning())
        .get_result(db)
        .optional()?;
    row.map(Share::try_from).transpose()
}

/// Stores a hash with today's parameters after a login. Ends no pass: the password is the same. Does nothing when the
/// password was changed meanwhile.
pub fn replace_outdated_hash(
    db: &mut PgConnection,
    id: ShareId,
    outdated: &PasswordHash,
    replacement: &PasswordHash,
) -> Result<(), StoreError> {
    diesel::update(shared_page::table.find(id.uuid()))
        .filter(shared_page::password_hash.eq(outdated.as_stored()))
        .set(shared_page::password_hash.eq(replacement.as_stored()))
        .execute(db)?;
    Ok(())
}

/// Ends every pass of the share.
pub fn sign_everybody_out(
    db: &mut PgConnection,
    id: ShareId,
    now: OffsetDateTime,
) -> Result<Option<Share>, StoreError> {
    let row = diesel::update(shared_page::table.find(id.uuid()))
        .set((
            shared_page::epoch.eq(shared_page::epoch + 1),
            shared_page::updated_at.eq(now),
        ))
        .returning(ShareRow::as_returning())
        .get_result(db)
        .optional()?;
    row.map(Share::try_from).transpose()
}

/// Puts `fresh` in the place of the unlock secret.
///
/// With an overlap the old one is accepted that much longer; without
/// one it is dropped and every pass ends. One statement, so that two rotations at once cannot mix.
pub fn rotate_unlock_secret(
    db: &mut PgConnection,
    id: ShareId,
    fresh: &UnlockSecret,
    overlap: time::Duration,
    now: OffsetDateTime,
) -> Result<Option<Share>, StoreError> {
    let target = shared_page::table.find(id.uuid());
    let common = (
        shared_page::unlock_secret.eq(&fresh.as_bytes()[..]),
        shared_page::previous_unlock_secret_used_at.eq(None::<OffsetDateTime>),
        shared_page::updated_at.eq(now),
    );
    let row = if overlap.is_positive() {
        diesel::update(target)
            .set((
                common,
                shared_page::previous_unlock_secret.eq(shared_page::unlock_secret.nullable()),
                shared_page::previous_unlock_secret_expires_at.eq(now + overlap),
            ))
            .returning(ShareRow::as_returning())
            .get_result(db)
    } else {
        diesel::update(target)
            .set((
                common,
                shared_page::previous_unlock_secret.eq(None::<Vec<u8>>),
                shared_page::previous_unlock_secret_expires_at.eq(None::<OffsetDateTime>),
                shared_page::epoch.eq(shared_page::epoch + 1),
            ))
            .returning(ShareRow::as_returning())
            .get_result(db)
    };
    row.optional()?.map(Share::try_from).transpose()
}

/// Deletes a share with its events; `false` when there was none.
pub fn delete_share(db: &mut PgConnection, id: ShareId) -> Result<bool, StoreError> {
    Ok(diesel::delete(shared_page::table.find(id.uuid())).execute(db)? > 0)
}

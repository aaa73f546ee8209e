//! A share as the API shows it.

use std::collections::HashMap;

use diesel::PgConnection;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::options::OptionsAnswer;
use super::words::ScopeWord;
use crate::config::BaseUrl;
use crate::db::DbError;
use crate::pages::store::listing;
use crate::shares::share::Share;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Share)]
pub struct ShareAnswer {
    pub(super) id: Uuid,
    /// The link for visitors.
    #[schema(format = "uri")]
    url: String,
    name: String,
    description: String,
    connection_id: Uuid,
    scope: ScopeWord,
    /// The page that the share opens with; null for a space without a home page.
    root: Option<RootPage>,
    password_protected: bool,
    /// The secret that client sites sign unlock tokens with, as 64 lower-case hex digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    unlock_secret: String,
    /// Until when tokens of the secret before the last change are accepted, too.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    previous_unlock_secret_expires_at: Option<OffsetDateTime>,
    enabled: bool,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    starts_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    expires_at: Option<OffsetDateTime>,
    /// How long a pass lives after its last use.
    pass_lifetime_seconds: i32,
    /// Sites that may embed the share; `*` alone lets every site.
    embed_origins: Vec<String>,
    /// Whether it opens only by an unlock token and only inside a frame of those sites; its password is not used then.
    embed_only: bool,
    options: OptionsAnswer,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    /// An account's e-mail, or `api:` and the name of a token.
    created_by: String,
}

/// The page that a share opens with.
#[derive(Serialize, ToSchema)]
struct RootPage {
    /// The Confluence id.
    id: String,
    /// Null when the page is gone from the wiki.
    #[schema(required = true)]
    title: Option<String>,
}

/// Shares and the titles of their roots, looked up in one query.
pub(super) fn describe(
    db: &mut PgConnection,
    shares: Vec<Share>,
    base_url: &BaseUrl,
    now: OffsetDateTime,
) -> Result<Vec<ShareAnswer>, DbError> {
    let roots = shares
        .iter()
        .filter_map(|share| Some((share.connection_id, share.scope.root()?)));
    let titles = listing::find_titles(db, &roots.collect::<Vec<_>>())?;
    let answer = |share| answer(share, &titles, base_url, now);
    Ok(shares.into_iter().map(answer).collect())
}

fn answer(
    share: Share,
    titles: &HashMap<(Uuid, String), String>,
    base_url: &BaseUrl,
    now: OffsetDateTime,
) -> ShareAnswer {
    let root = share.scope.root().map(|id| RootPage {
        id: id.to_owned(),
        title: titles.get(&(share.connection_id, id.to_owned())).cloned(),
    });
    let previous_end = share
        .previous_unlock_secret
        .as_ref()
        .map(|previous| previous.expires_at);
    ShareAnswer {
        id: share.id.uuid(),
        url: base_url.join(&format!("/content/{}", share.id)),
        root,
        connection_id: share.connection_id,
        scope: share.scope.kind().into(),
        password_protected: share.password_hash.is_some(),
        unlock_secret: share.unlock_secret.to_hex(),
        previous_unlock_secret_expires_at: previous_end.filter(|end| now < *end),
        enabled: share.enabled,
        starts_at: share.starts_at,
        expires_at: share.expires_at,
        pass_lifetime_seconds: share.pass_lifetime.seconds(),
        embed_origins: share
            .embed_origins
            .entries()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        embed_only: share.embed_only,
        options: OptionsAnswer::from(&share),
        created_at: share.created_at,
        updated_at: share.updated_at,
        created_by: share.created_by,
        name: share.name,
        description: share.description,
    }
}

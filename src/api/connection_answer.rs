//! A connection as the API shows it: where it leads and how it is doing, never what it signs in with.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::credentials::AuthWord;
use super::installation_answer::InstallationAnswer;
use crate::clock;
use crate::confluence::Product;
use crate::connections::credentials::AuthKind;
use crate::connections::store::installations;
use crate::connections::store::live::{LiveConnection, LiveSettings};
use crate::db::DbError;
use crate::pages::model::{Connection, ConnectionKind, Space};
use crate::pages::store::listing;
use crate::sync::status::{self, Status};
use crate::web::error::Failure;
use crate::web::state::AppState;

/// Where a connection's content comes from.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectionKind)]
enum KindWord {
    /// A file that was imported.
    SpaceExport,
    /// A live site of Confluence Cloud.
    Cloud,
    /// A live site of Confluence Data Center.
    DataCenter,
}

impl From<ConnectionKind> for KindWord {
    fn from(kind: ConnectionKind) -> Self {
        match kind {
            ConnectionKind::SpaceExport => Self::SpaceExport,
            ConnectionKind::Live(Product::Cloud) => Self::Cloud,
            ConnectionKind::Live(Product::DataCenter) => Self::DataCenter,
        }
    }
}

/// A live Confluence site, or an imported space export, of which everything from `auth` to `webhook` is null. Only
/// connections that an app has made have an `installation`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Connection)]
pub struct ConnectionAnswer {
    pub(super) id: Uuid,
    kind: KindWord,
    name: String,
    /// Base URL of the wiki, if it is known.
    #[schema(required = true)]
    url: Option<String>,
    /// The spaces whose content is stored here, wholly or in part.
    spaces: Vec<SpaceAnswer>,
    #[schema(required = true)]
    auth: Option<AuthWord>,
    /// Who signs in, as far as it is no secret: an e-mail, a user name, a client id.
    #[schema(required = true)]
    account: Option<String>,
    #[schema(required = true)]
    installation: Option<InstallationAnswer>,
    #[schema(required = true)]
    settings: Option<SettingsAnswer>,
    #[schema(required = true)]
    status: Option<StatusAnswer>,
    /// Shown to tokens with the scope `write` only.
    #[schema(required = true)]
    webhook: Option<WebhookAnswer>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Space)]
pub(super) struct SpaceAnswer {
    pub(super) key: String,
    pub(super) name: String,
    /// The Confluence id of the space's home page.
    #[schema(required = true)]
    pub(super) home_page_id: Option<String>,
}

impl From<Space> for SpaceAnswer {
    fn from(space: Space) -> Self {
        Self {
            key: space.key,
            name: space.name,
            home_page_id: space.home_content_id,
        }
    }
}

/// How the site is asked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectionSettings)]
struct SettingsAnswer {
    /// How old a page may be before it is compared with the site.
    refresh_after_seconds: i32,
    /// The most requests to the site, over all processes.
    requests_per_hour: i32,
    /// Larger files are not fetched.
    file_limit_bytes: i64,
}

impl From<LiveSettings> for SettingsAnswer {
    fn from(settings: LiveSettings) -> Self {
        Self {
            refresh_after_seconds: settings.refresh_after_seconds,
            requests_per_hour: settings.requests_per_hour,
            file_limit_bytes: settings.file_limit_bytes,
        }
    }
}

/// How a live connection is doing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectionStatus)]
struct StatusAnswer {
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    last_success_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    last_failure_at: Option<OffsetDateTime>,
    /// What went wrong then and what to do.
    #[schema(required = true)]
    last_failure: Option<String>,
    /// The site refused the credentials: nothing is sent until they are changed or tested again.
    stopped: bool,
    requests_this_hour: i32,
    pages: PagesAnswer,
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required = true)]
    tested_at: Option<OffsetDateTime>,
}

/// Pages of the site that are known here.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionPages)]
struct PagesAnswer {
    total: i64,
    /// With a stored body, however old.
    fetched: i64,
    /// Whose body is to be fetched.
    due: i64,
    /// Whose last refresh failed; what was stored before is still shown.
    failing: i64,
}

impl StatusAnswer {
    fn new(status: Status, now: OffsetDateTime) -> Self {
        Self {
            requests_this_hour: status.health.requests(now),
            last_success_at: status.health.last_success_at,
            last_failure_at: status.health.last_failure_at,
            last_failure: status.health.last_failure,
            stopped: status.health.stopped,
            pages: PagesAnswer {
                total: status.progress.total,
                fetched: status.progress.with_body,
                due: status.progress.due,
                failing: status.progress.failing,
            },
            tested_at: status.health.tested_at,
        }
    }
}

/// Where the site may send its webhooks, so that changes show at once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectionWebhook)]
struct WebhookAnswer {
    #[schema(format = "uri")]
    url: String,
    /// Data Center asks for it and must sign with it; Cloud has none.
    signing_secret: String,
}

/// Whether the caller may see what webhooks are sent to and signed with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrets {
    Shown,
    Hidden,
}

pub(super) async fn describe(
    state: &AppState,
    connection: Connection,
    secrets: Secrets,
) -> Result<ConnectionAnswer, Failure> {
    let id = connection.id;
    let spaces = state.db.run(move |db| listing::list_spaces(db, id)).await?;
    let mut answer = ConnectionAnswer {
        id,
        kind: connection.kind.into(),
        name: connection.name,
        url: connection.wiki_url,
        spaces: spaces.into_iter().map(SpaceAnswer::from).collect(),
        auth: None,
        account: None,
        installation: None,
        settings: None,
        status: None,
        webhook: None,
        created_at: connection.created_at,
        updated_at: connection.updated_at,
    };
    if connection.kind.is_live() {
        let live = state.connections.find(id).await.map_err(Failure::of_site)?;
        add_live_part(state, &mut answer, &live, secrets).await?;
    }
    Ok(answer)
}

async fn add_live_part(
    state: &AppState,
    answer: &mut ConnectionAnswer,
    live: &LiveConnection,
    secrets: Secrets,
) -> Result<(), Failure> {
    let id = live.id;
    let status = state.db.run(move |db| status::status(db, id)).await?;
    answer.auth = AuthKind::parse(&live.auth).map(AuthWord::from);
    answer.account = state.connections.account_of(live);
    answer.installation = find_installation(state, live.id).await?;
    answer.settings = Some(live.settings.into());
    answer.status = Some(StatusAnswer::new(status, clock::now()));
    if secrets == Secrets::Shown {
        let webhook = state.connections.webhook(live);
        answer.webhook = Some(WebhookAnswer {
            url: state.settings.base_url.join(&webhook.path),
            signing_secret: webhook.signing_secret,
        });
    }
    Ok(())
}

async fn find_installation(
    state: &AppState,
    connection: Uuid,
) -> Result<Option<InstallationAnswer>, Failure> {
    let found = state.db.run(move |db| {
        let Some(installation) = installations::find_installation(db, connection)? else {
            return Ok::<_, DbError>(None);
        };
        let shares_end_at = installations::shares_end(db, connection)?;
        Ok(Some(InstallationAnswer::new(installation, shares_end_at)))
    });
    Ok(found.await?)
}

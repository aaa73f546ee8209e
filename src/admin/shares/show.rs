//! Everything about one share on one page. The forms on it are answered in `change`, `unlock` and `unlock_secret`, which
//! come back here with what was typed when they refuse it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::PgConnection;
use time::OffsetDateTime;

use super::activity::EventView;
use super::details::{Choice, DetailsInput};
use super::embed_health::EmbedHealthView;
use super::history::HistoryView;
use super::inputs::{EmbeddingInput, Sent, StandInInput};
use super::leaks::{LeaksView, LoadedLeaks};
use super::may_view;
use super::snippets::SnippetsView;
use super::state::{StateBadge, scope_label};
use super::token_check::CheckView;
use super::viewer::ViewerPanel;
use crate::accounts::account::Role;
use crate::admin::chrome::{Chrome, Section};
use crate::admin::connections::trouble::Trouble;
use crate::admin::gate::SignedIn;
use crate::admin::problems::Problems;
use crate::admin::times::{Moment, duration_in_words};
use crate::audit::store::read::{Filter, list_events};
use crate::audit::stored_row::StoredRow;
use crate::clock;
use crate::config::{App, BaseUrl};
use crate::guess_limit;
use crate::pages::store::{connections, listing, reach};
use crate::shares::embed_health::EmbedHealth;
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::event::StoredEvent;
use crate::shares::guesses;
use crate::shares::share::{Availability, PreviousSecret, Share, ShareId};
use crate::shares::store::embed_health::embed_health;
use crate::shares::store::{self, ConnectedShare, StoreError};
use crate::sharing::content_scope::content_scope;
use crate::sharing::unlock_secret::record_shown;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

const EVENTS_SHOWN: i64 = 12;

#[derive(Template)]
#[template(path = "admin/shares/show.html")]
struct SharePage {
    chrome: Chrome,
    problems: Problems,
    id: ShareId,
    name: String,
    state: StateBadge,
    enabled: bool,
    is_open: bool,
    scope: &'static str,
    content: Content,
    leaks: LeaksView,
    snapshots: Option<SnapshotsView>,
    /// Where pages look different to different people.
    viewer: Option<ViewerPanel>,
    public_url: String,
    public_path: String,
    has_password: bool,
    secret_hex: String,
    previous: Option<PreviousView>,
    details: DetailsInput,
    lifetimes: Vec<Choice>,
    restricted_choices: Vec<Choice>,
    embedding: EmbeddingInput,
    /// Opens only inside its sites.
    embed_only: bool,
    embeds_any: bool,
    embeds_none: bool,
    snippets: SnippetsView,
    checked: Option<CheckView>,
    health: EmbedHealthView,
    events: Vec<EventView>,
    has_more_events: bool,
    history: Vec<HistoryView>,
    locks: Vec<LockView>,
    created_at: Moment,
    created_by: String,
}

/// Where the content comes from.
struct Content {
    connection: String,
    connection_id: String,
    space_key: String,
    /// The root page with the titles above it; absent when it is gone from the connection, or a space has no home.
    root: Option<String>,
    root_is_missing: bool,
    /// It is there, and the limits of the share, or its place in the wiki, keep it from visitors.
    root_is_left_out: bool,
    /// What is wrong with the connection.
    trouble: Option<Trouble>,
}

/// How old is what a share of a live connection shows.
struct SnapshotsView {
    pages: i64,
    with_body: i64,
    /// Age of the oldest one.
    oldest: Option<String>,
}

/// The secret before the last change.
struct PreviousView {
    remaining: String,
    ends: Moment,
    used: Option<Moment>,
}

/// Somebody who may not guess the password at the moment.
struct LockView {
    who: String,
    until: Moment,
}

/// `GET /admin/shares/{id}`.
pub async fn show(
    state: web::Data<AppState>,
    signed_in: SignedIn,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let share = may_view(&state, &signed_in, &path).await?;
    record_shown(
        &state.sharing,
        signed_in.actor(),
        &[share.share()],
        clock::now(),
    )
    .await?;
    answer(
        &state,
        &signed_in,
        share.id(),
        StatusCode::OK,
        Sent::default(),
    )
    .await
}

/// The page, perhaps with what a form sent.
pub async fn answer(
    state: &AppState,
    signed_in: &SignedIn,
    id: ShareId,
    status: StatusCode,
    sent: Sent,
) -> Result<HttpResponse, PageError> {
    let now = clock::now();
    let stand_in = sent.stand_in.clone();
    let (role, ours) = (signed_in.account().role, state.settings.app.clone());
    let loaded = state
        .db
        .run(move |db| Loaded::load(db, id, stand_in.as_ref(), role, &ours, now))
        .await?
        .ok_or(Failure::NotFound)?;
    let chrome = Chrome::of(signed_in, Section::Shares);
    let template = SharePage::new(chrome, loaded, sent, &state.settings.base_url, now);
    Ok(page::html(status, &Shell::Plain, &template)?)
}

struct Loaded {
    share: Share,
    is_live: bool,
    content: Content,
    leaks: LoadedLeaks,
    viewer: Option<ViewerPanel>,
    health: EmbedHealth,
    events: Vec<StoredEvent>,
    history: Vec<StoredRow>,
    locks: Vec<LockView>,
}

impl Loaded {
    fn load(
        db: &mut PgConnection,
        id: ShareId,
        stand_in: Option<&StandInInput>,
        role: Role,
        ours: &App,
        now: OffsetDateTime,
    ) -> Result<Option<Self>, StoreError> {
        let Some(found) = store::find_connected_share(db, id)? else {
            return Ok(None);
        };
        let share = &found.share;
        Ok(Some(Self {
            is_live: found.source.is_live(),
            content: Content::load(db, &found, ours, now)?,
            leaks: LoadedLeaks::load(db, &found)?,
            viewer: ViewerPanel::load(db, &found, stand_in, role)?,
            health: embed_health(db, share, now)?,
            events: store::events::list_events(db, id, None, EVENTS_SHOWN + 1)?,
            history: list_events(db, &Filter::of_share(id.uuid()), None, EVENTS_SHOWN)?,
            locks: load_locks(db, id, now)?,
            share: found.share,
        }))
    }
}

impl Content {
    fn load(
        db: &mut PgConnection,
        found: &ConnectedShare,
        ours: &App,
        now: OffsetDateTime,
    ) -> Result<Self, StoreError> {
        let share = &found.share;
        let connection = connections::find_connection(db, share.connection_id)?;
        let root = match share.scope.root() {
            Some(root) => match listing::find_summary(db, share.connection_id, root)? {
                Some(page) => {
                    let mut titles = listing::breadcrumb_titles(db, share.connection_id, root)?;
                    titles.push(page.title);
                    Some(titles.join(" / "))
                }
                None => None,
            },
            None => None,
        };
        let root_is_seen = match share.scope.root() {
            Some(root) => reach::is_in_scope(db, &content_scope(share, found.source), root)?,
            None => false,
        };
        let trouble = match &connection {
            Some(connection) => Trouble::find(db, connection, ours, now)?,
            None => None,
        };
        Ok(Self {
            connection: connection
                .map(|connection| connection.name)
                .unwrap_or_default(),
            connection_id: share.connection_id.to_string(),
            space_key: share.space_key.clone(),
            root_is_left_out: root.is_some() && !root_is_seen,
            root_is_missing: root.is_none() && share.scope.root().is_some(),
            root,
            trouble,
        })
    }
}

fn load_locks(
    db: &mut PgConnection,
    id: ShareId,
    now: OffsetDateTime,
) -> Result<Vec<LockView>, StoreError> {
    let addresses = guesses::address_prefix(id);
    let (burst, refill) = guesses::address_limit();
    let by_address = guess_limit::locked(db, &addresses, burst, refill, now)?;
    let (burst, refill) = guesses::share_limit();
    let everybody = guess_limit::locked(db, &guesses::share_bucket(id), burst, refill, now)?;
    let everybody = everybody.into_iter().map(|(_, until)| LockView {
        who: "Everybody".to_owned(),
        until: until.into(),
    });
    let by_address = by_address.into_iter().map(|(bucket, until)| LockView {
        who: bucket
            .strip_prefix(&addresses)
            .unwrap_or(&bucket)
            .to_owned(),
        until: until.into(),
    });
    Ok(everybody.chain(by_address).collect())
}

impl SharePage {
    fn new(
        chrome: Chrome,
        loaded: Loaded,
        sent: Sent,
        base_url: &BaseUrl,
        now: OffsetDateTime,
    ) -> Self {
        let share = loaded.share;
        let public_path = format!("/content/{}", share.id);
        let public_url = base_url.join(&public_path);
        let details = sent.details.unwrap_or_else(|| DetailsInput::of(&share));
        let embedding = sent.embedding;
        let embedding = embedding.unwrap_or_else(|| EmbeddingInput::of(&share));
        let shown = usize::try_from(EVENTS_SHOWN).unwrap_or(usize::MAX);
        Self {
            chrome,
            problems: sent.problems,
            id: share.id,
            state: StateBadge::of(&share, now),
            enabled: share.enabled,
            is_open: share.availability(now) == Availability::Open,
            scope: scope_label(share.scope.kind()),
            content: loaded.content,
            leaks: loaded.leaks.view(now),
            snapshots: loaded
                .is_live
                .then(|| SnapshotsView::of(&loaded.leaks, now)),
            viewer: loaded.viewer,
            snippets: SnippetsView::of(&share, base_url),
            public_url,
            public_path,
            has_password: share.password_hash.is_some(),
            secret_hex: share.unlock_secret.to_hex(),
            previous: previous_view(share.previous_unlock_secret, now),
            lifetimes: details.lifetimes(),
            restricted_choices: details.restricted_choices(),
            details,
            embedding,
            embed_only: share.embed_only,
            embeds_any: share.embed_origins == EmbedOrigins::Any,
            embeds_none: share.embed_origins == EmbedOrigins::None,
            checked: sent.checked,
            health: EmbedHealthView::of(loaded.health),
            has_more_events: loaded.events.len() > shown,
            events: loaded
                .events
                .iter()
                .take(shown)
                .map(EventView::from)
                .collect(),
            history: loaded.history.iter().map(HistoryView::from).collect(),
            locks: loaded.locks,
            created_at: share.created_at.into(),
            created_by: share.created_by,
            name: share.name,
        }
    }
}

impl SnapshotsView {
    fn of(loaded: &LoadedLeaks, now: OffsetDateTime) -> Self {
        let freshness = loaded.freshness();
        Self {
            pages: freshness.pages,
            with_body: freshness.with_body,
            oldest: freshness.oldest_at.map(|at| duration_in_words(now - at)),
        }
    }
}

fn previous_view(previous: Option<PreviousSecret>, now: OffsetDateTime) -> Option<PreviousView> {
    let previous = previous.filter(|previous| now < previous.expires_at)?;
    Some(PreviousView {
        remaining: duration_in_words(previous.expires_at - now),
        ends: previous.expires_at.into(),
        used: previous.used_at.map(Moment::from),
    })
}

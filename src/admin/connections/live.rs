//! The page of a live connection: what it asks, as whom, and how that is going. Its forms are on pages of their own, so
//! that nothing typed is lost while this one keeps up with the work.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::installation::InstallationView;
use super::oauth;
use super::show::SharesView;
use super::test_report::TestView;
use crate::admin::chrome::{Chrome, Section};
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::admin::session;
use crate::admin::times::{Moment, duration_in_words};
use crate::clock;
use crate::confluence::Product;
use crate::connections::LiveError;
use crate::connections::credentials::AuthKind;
use crate::connections::store::health::Health;
use crate::connections::store::live::LiveConnection;
use crate::pages::model::ConnectionKind;
use crate::pages::store::followed::FollowedRoot;
use crate::pages::store::listing;
use crate::shares::store::StoreError;
use crate::sync::status::{self, Status};
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

#[derive(Template)]
#[template(path = "admin/connections/live.html")]
struct LivePage {
    chrome: Chrome,
    problems: Problems,
    id: Uuid,
    /// As it is called.
    name: String,
    /// As typed in the form.
    typed_name: String,
    product: &'static str,
    signs_webhooks: bool,
    address: String,
    auth: &'static str,
    account: Option<String>,
    state: LiveState,
    /// Of connections that our app has made.
    installation: Option<InstallationView>,
    /// Set while somebody has to allow it at Atlassian.
    consent_url: Option<String>,
    callback_url: String,
    test: Option<TestView>,
    tested_at: Option<Moment>,
    work: WorkView,
    parts: Vec<PartView>,
    failing: Vec<(String, String, String)>,
    more_failing: i64,
    webhook_url: String,
    signing_secret: String,
    refresh_after: String,
    file_limit_mib: i64,
    shares: SharesView,
    created_at: Moment,
}

impl LivePage {
    fn can_share(&self) -> bool {
        self.installation.as_ref().is_none_or(|app| app.is_in_use)
    }
}

/// How a connection is doing, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveState {
    pub label: &'static str,
    pub class: &'static str,
}

impl LiveState {
    pub fn of(health: &Health) -> Self {
        let state = |label, class| Self { label, class };
        if health.stopped {
            state("Stopped", "badge badge-danger")
        } else if health.last_failure_at > health.last_success_at {
            state("Failing", "badge badge-wait")
        } else if health.last_success_at.is_none() {
            state("New", "badge badge-off")
        } else {
            state("Working", "badge badge-on")
        }
    }
}

/// What was fetched, what is under way, and what it costs.
struct WorkView {
    with_body: String,
    total: String,
    /// In hundredths.
    percent: i64,
    is_under_way: bool,
    last_success: Option<Moment>,
    /// With a sentence. Only while nothing succeeded after it.
    last_failure: Option<(Moment, String)>,
    stopped: bool,
    used: String,
    budget: String,
    /// What the site said of its own limit.
    site_limit: Option<String>,
    /// Why nothing is sent at the moment.
    pause: Option<String>,
}

/// A part of the site that shares show.
struct PartView {
    what: String,
    listed_at: Option<Moment>,
    /// How long ago that was; empty if never.
    age: String,
    failure: Option<String>,
}

/// What the pace of a connection said last, as far as it is told to admins.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    limit: Option<u64>,
    remaining: Option<u64>,
    near_limit: bool,
    paused_until: Option<String>,
    pause_reason: Option<String>,
    circuit_open_until: Option<String>,
}

/// The page, perhaps with a name that was refused.
pub(super) async fn answer(
    state: &AppState,
    admin: &Admin,
    connection: LiveConnection,
    created_at: OffsetDateTime,
    status: StatusCode,
    typed_name: Option<String>,
    problems: Problems,
) -> Result<HttpResponse, PageError> {
    let (id, now) = (connection.id, clock::now());
    let doing = state.db.run(move |db| status::status(db, id)).await?;
    let roots = doing.roots.clone();
    let ours = state.settings.app.clone();
    let (parts, shares, installation) = state
        .db
        .run(move |db| {
            let named: Vec<(Uuid, &str)> = roots
                .iter()
                .map(|root| (id, root.root_content_id.as_str()))
                .collect();
            let titles = listing::find_titles(db, &named)?;
            let parts = roots.iter().map(|root| PartView::of(root, &titles, now));
            let shares = SharesView::load(db, id, now)?;
            let installation = InstallationView::load(db, id, &ours, now)?;
            Ok::<_, StoreError>((parts.collect(), shares, installation))
        })
        .await?;
    let webhook = state.connections.webhook(&connection);
    let failing = i64::try_from(doing.failing.len()).unwrap_or(i64::MAX);
    let template = LivePage {
        chrome: Chrome::of(admin, Section::Connections),
        problems,
        id,
        typed_name: typed_name.unwrap_or_else(|| connection.name.clone()),
        product: connection.product.title(),
        signs_webhooks: connection.product.signs_webhooks(),
        auth: auth(&connection.auth),
        account: state.connections.account_of(&connection),
        state: installation
            .as_ref()
            .and_then(|installation| installation.instead)
            .unwrap_or_else(|| LiveState::of(&doing.health)),
        installation,
        consent_url: consent_url(state, admin, &connection)?,
        callback_url: oauth::callback_url(state),
        test: doing.health.test_report.as_ref().map(TestView::read),
        tested_at: doing.health.tested_at.map(Moment::from),
        work: WorkView::of(&doing, &connection, now),
        parts,
        more_failing: doing.progress.failing - failing,
        failing: doing.failing,
        webhook_url: state.settings.base_url.join(&webhook.path),
        signing_secret: webhook.signing_secret,
        refresh_after: duration_in_words(time::Duration::seconds(
            connection.settings.refresh_after_seconds.into(),
        )),
        file_limit_mib: connection.settings.file_limit_bytes >> 20,
        shares,
        created_at: created_at.into(),
        address: connection.wiki_url,
        name: connection.name,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

fn consent_url(
    state: &AppState,
    admin: &Admin,
    connection: &LiveConnection,
) -> Result<Option<String>, Failure> {
    if connection.auth != AuthKind::AuthorizationCode.as_str() {
        return Ok(None);
    }
    let token = session::ask_for_consent(admin.cookie(), connection.id)?;
    let callback = oauth::callback_url(state);
    match state
        .connections
        .consent_url(connection, &callback, token.field_value())
    {
        Ok(url) => Ok(Some(url.into())),
        // The key has changed: the test says so.
        Err(LiveError::Seal(_)) => Ok(None),
        Err(error) => Err(super::live_actions::refuse(error)),
    }
}

pub(super) fn product(kind: ConnectionKind) -> &'static str {
    kind.product().map_or("Export", Product::title)
}

fn auth(word: &str) -> &'static str {
    match AuthKind::parse(word) {
        Some(AuthKind::ApiToken) => "API token",
        Some(AuthKind::ScopedToken) => "API token with scopes",
        Some(AuthKind::ClientCredentials) => "Service account (OAuth 2.0)",
        Some(AuthKind::AuthorizationCode) => "App (OAuth 2.0, allowed by a person)",
        Some(AuthKind::PersonalAccessToken) => "Personal access token",
        Some(AuthKind::Basic) => "User name and password",
        Some(AuthKind::App) => "App inside Confluence",
        None => "Unknown",
    }
}

impl WorkView {
    fn of(status: &Status, connection: &LiveConnection, now: OffsetDateTime) -> Self {
        let (health, progress) = (&status.health, &status.progress);
        let told: Told = health
            .limits
            .clone()
            .and_then(|limits| serde_json::from_value(limits).ok())
            .unwrap_or_default();
        let has_failed = health.last_failure_at > health.last_success_at;
        let failure = health.last_failure_at.zip(health.last_failure.clone());
        Self {
            with_body: grouped(progress.with_body),
            total: grouped(progress.total),
            percent: (progress.with_body * 100)
                .checked_div(progress.total)
                .unwrap_or(0),
            is_under_way: !health.stopped && progress.due > progress.failing,
            last_success: health.last_success_at.map(Moment::from),
            last_failure: failure
                .filter(|_| has_failed || health.stopped)
                .map(|(at, sentence)| (at.into(), sentence)),
            stopped: health.stopped,
            used: grouped(health.requests(now).into()),
            budget: grouped(connection.settings.requests_per_hour.into()),
            pause: told.pause(now),
            site_limit: told.limit(),
        }
    }
}

impl Told {
    fn limit(&self) -> Option<String> {
        let near = if self.near_limit {
            " It says that this is close to its limit."
        } else {
            ""
        };
        match (self.remaining, self.limit) {
            (Some(remaining), Some(limit)) => Some(format!("{remaining} of {limit} left.{near}")),
            (None, Some(limit)) => Some(format!("{limit} in all.{near}")),
            _ if self.near_limit => Some("It says that this is close to its limit.".to_owned()),
            _ => None,
        }
    }

    fn pause(&self, now: OffsetDateTime) -> Option<String> {
        let until = |written: &Option<String>| {
            let at = OffsetDateTime::parse(written.as_deref()?, &Rfc3339).ok()?;
            (at > now).then(|| Moment::from(at).label)
        };
        if let Some(end) = until(&self.circuit_open_until) {
            return Some(format!(
                "The site failed several times in a row, so it is not asked before {end}."
            ));
        }
        let end = until(&self.paused_until)?;
        let reason = self
            .pause_reason
            .as_deref()
            .unwrap_or("the site asked for it");
        Some(format!("Nothing is sent before {end}: {reason}."))
    }
}

impl PartView {
    fn of(
        root: &FollowedRoot,
        titles: &HashMap<(Uuid, String), String>,
        now: OffsetDateTime,
    ) -> Self {
        let key = (root.connection_id, root.root_content_id.clone());
        let title = titles
            .get(&key)
            .map_or(root.root_content_id.as_str(), String::as_str);
        Self {
            what: match root.scope.as_str() {
                "space" => format!("Space {}", root.space_key),
                "tree" => format!("“{title}” and the pages below it"),
                "blog_post" => format!("Blog post “{title}”"),
                _ => format!("“{title}”"),
            },
            listed_at: root.listed_at.map(Moment::from),
            age: root
                .listed_at
                .map(|at| duration_in_words(now - at))
                .unwrap_or_default(),
            failure: root.failure.clone(),
        }
    }
}

/// `12,345`.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{LiveState, Told, grouped};
    use crate::connections::store::health::Health;

    #[test]
    fn long_numbers_are_grouped() {
        let numbers = [0, 412, 1000, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "412", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_failure_counts_until_something_succeeds() {
        let failed = Health {
            last_failure_at: Some(datetime!(2026-06-03 14:05 UTC)),
            ..Health::default()
        };
        let mended = Health {
            last_success_at: Some(datetime!(2026-06-03 14:06 UTC)),
            ..failed.clone()
        };
        let labels =
            [&Health::default(), &failed, &mended].map(|health| LiveState::of(health).label);
        assert_eq!(labels, ["New", "Failing", "Working"]);
    }

    #[test]
    fn a_pause_is_told_until_it_is_over() {
        let told = Told {
            paused_until: Some("2026-06-03T14:05:00Z".to_owned()),
            ..Told::default()
        };
        assert!(told.pause(datetime!(2026-06-03 14:04 UTC)).is_some());
        assert_eq!(told.pause(datetime!(2026-06-03 14:06 UTC)), None);
    }
}

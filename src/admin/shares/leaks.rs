//! What a share lets out: the report, checking anew, marking as seen, and publishing a share that was checked first.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use diesel::PgConnection;
use serde::Deserialize;
use time::OffsetDateTime;

use super::{may_change, share_path};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::{JustAButton, SignedInForm};
use crate::admin::gate::SignedIn;
use crate::admin::times::Moment;
use crate::clock;
use crate::pages::leak_report::{Category, Leak, LeakReport, ids_in_scope};
use crate::pages::store::freshness::{self, Freshness};
use crate::pages::store::leak::{self, StoredReport};
use crate::shares::share::ShareId;
use crate::shares::store::{self, ConnectedShare, StoreError};
use crate::sharing::content_scope::content_scope;
use crate::sharing::leaks;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// So many leaks of a category are named on the page.
const LEAKS_SHOWN: usize = 200;
/// A check that takes longer has broken off.
const CHECK_TAKES: time::Duration = time::Duration::minutes(10);

#[derive(Template)]
#[template(path = "admin/shares/leaks.html")]
struct LeaksPage {
    chrome: Chrome,
    id: ShareId,
    name: String,
    enabled: bool,
    leaks: LeaksView,
    groups: Vec<Group>,
    left_out: u32,
}

/// A share's report at a glance.
pub struct LeaksView {
    /// When it was made; `None` before the first one.
    pub made_at: Option<Moment>,
    /// Tells the report from others, for marking what was seen.
    pub stamp: String,
    pub is_running: bool,
    /// The content has changed since.
    pub is_outdated: bool,
    pub pages: u32,
    pub total: usize,
    pub unseen: usize,
    /// Number and words of each category that has any.
    pub counts: Vec<(usize, &'static str)>,
    /// Set while pages are still to be fetched from the site.
    pub fetching: Option<Fetching>,
}

/// How far the first fetch of a share's pages is.
pub struct Fetching {
    pub with_body: i64,
    /// `None` until the list of the pages is there.
    pub pages: Option<i64>,
}

/// Leaks of one category.
struct Group {
    title: &'static str,
    meaning: &'static str,
    total: usize,
    leaks: Vec<LeakView>,
}

struct LeakView {
    what: String,
    is_new: bool,
    /// Path and title.
    pages: Vec<(String, String)>,
    other_pages: u32,
}

#[derive(Deserialize)]
pub struct ReportInput {
    #[serde(default)]
    stamp: String,
}

/// What both pages that show a report read of it.
pub struct LoadedLeaks {
    stored: Option<StoredReport>,
    content_revision: i64,
    freshness: Freshness,
    is_listed: bool,
}

impl LoadedLeaks {
    pub fn load(db: &mut PgConnection, found: &ConnectedShare) -> Result<Self, StoreError> {
        let share = &found.share;
        let ids = ids_in_scope(db, &content_scope(share, found.source))?;
        Ok(Self {
            stored: leak::find(db, share.id.uuid())?,
            content_revision: found.content_revision,
            freshness: freshness::of_pages(db, share.connection_id, &ids)?,
            is_listed: freshness::is_listed(db, share.id.uuid())?,
        })
    }

    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    fn report(&self) -> Option<&LeakReport> {
        self.stored.as_ref()?.report.as_ref()
    }

    fn is_seen(&self, leak: &Leak) -> bool {
        let stored = self.stored.as_ref();
        stored.is_some_and(|stored| stored.seen.contains(&leak.key))
    }

    pub fn view(&self, now: OffsetDateTime) -> LeaksView {
        let leaks = self.report().map_or(&[][..], |report| &report.leaks);
        let stored = self.stored.as_ref();
        let is_whole = |stored: &&StoredReport| stored.report.is_some();
        let count = |category| {
            leaks
                .iter()
                .filter(|leak| leak.category == category)
                .count()
        };
        let counts = Category::ALL.map(|category| (count(category), words(category).0));
        LeaksView {
            made_at: stored.filter(is_whole).map(|stored| stored.made_at.into()),
            stamp: stored
                .map(|stored| stamp(stored.made_at))
                .unwrap_or_default(),
            is_running: stored.is_some_and(|stored| {
                stored.content_revision.is_none() && now < stored.made_at + CHECK_TAKES
            }),
            is_outdated: stored.is_some_and(|stored| {
                let revision = stored.content_revision;
                revision.is_some_and(|revision| revision != self.content_revision)
            }),
            pages: self.report().map_or(0, |report| report.pages),
            total: leaks.len(),
            unseen: leaks.iter().filter(|leak| !self.is_seen(leak)).count(),
            counts: counts.into_iter().filter(|(count, _)| *count > 0).collect(),
            fetching: self.fetching(),
        }
    }

    fn fetching(&self) -> Option<Fetching> {
        let Freshness {
            pages, with_body, ..
        } = self.freshness;
        (!self.is_listed || with_body < pages).then_some(Fetching {
            with_body,
            pages: Some(pages).filter(|_| self.is_listed),
        })
    }

    fn groups(&self, id: ShareId) -> Vec<Group> {
        let leaks = self.report().map_or(&[][..], |report| &report.leaks);
        let group = |category| {
            let (title, meaning) = words(category);
            let of_it: Vec<&Leak> = leaks
                .iter()
                .filter(|leak| leak.category == category)
                .collect();
            // New ones must not hide behind those that are known.
            let (seen, new): (Vec<&Leak>, Vec<&Leak>) =
                of_it.iter().partition(|leak| self.is_seen(leak));
            let views = |leaks: Vec<&Leak>, is_new| {
                let view = move |leak: &Leak| LeakView::of(leak, id, is_new);
                leaks.into_iter().map(view).collect::<Vec<_>>()
            };
            let mut shown = views(new, true);
            shown.extend(views(seen, false));
            shown.truncate(LEAKS_SHOWN);
            Group {
                title,
                meaning,
                total: of_it.len(),
                leaks: shown,
            }
        };
        let groups = Category::ALL.into_iter().map(group);
        groups.filter(|group| group.total > 0).collect()
    }
}

impl Group {
    fn others(&self) -> usize {
        self.total - self.leaks.len()
    }

    fn new_ones(&self) -> usize {
        self.leaks.iter().filter(|leak| leak.is_new).count()
    }
}

impl LeakView {
    fn of(leak: &Leak, id: ShareId, is_new: bool) -> Self {
        let link = |page: &crate::pages::leak_report::LeakPage| {
            (
                format!("/content/{id}/{}", page.content_id),
                page.title.clone(),
            )
        };
        let named = u32::try_from(leak.pages.len()).unwrap_or(u32::MAX);
        Self {
            what: leak.what.clone(),
            is_new,
            pages: leak.pages.iter().map(link).collect(),
            other_pages: leak.page_count.saturating_sub(named),
        }
    }
}

/// Title and meaning of a category.
fn words(category: Category) -> (&'static str, &'static str) {
    match category {
        Category::RestrictedPages => (
            "Restricted pages",
            "In the wiki only some people may see them; this share shows them to all its visitors.",
        ),
        Category::PulledContent => (
            "Content of other pages",
            "Includes, excerpts and reports show it here, also when its own page is not shared.",
        ),
        Category::People => ("People", "Names and mail addresses that visitors can read."),
        Category::OutsideLinks => (
            "Links that leave the share",
            "Visitors see their text: titles of pages that are not shared, and names of other web sites.",
        ),
        Category::Files => (
            "Files",
            "Visitors can open and keep them, also those that no page mentions.",
        ),
        Category::Placeholders => (
            "Macros that cannot be shown",
            "Visitors see a quiet placeholder in their place.",
        ),
        Category::Altered => (
            "Shown otherwise than in the wiki",
            "The text is there as far as it could be read; the layout may differ.",
        ),
    }
}

/// Microseconds, as exact as the database keeps moments.
fn stamp(made_at: OffsetDateTime) -> String {
    (made_at.unix_timestamp_nanos() / 1000).to_string()
}

fn read_stamp(written: &str) -> Option<OffsetDateTime> {
    let nanos = written.parse::<i128>().ok()?.checked_mul(1000)?;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
}

/// `GET /admin/shares/{id}/leaks`.
pub async fn show(
    state: web::Data<AppState>,
    signed_in: SignedIn,
    path: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let id = may_change(&state, &signed_in, &path).await?.id();
    let loaded = state
        .db
        .run(move |db| {
            let Some(found) = store::find_connected_share(db, id)? else {
                return Ok(None);
            };
            let leaks = LoadedLeaks::load(db, &found)?;
            Ok::<_, StoreError>(Some((found.share, leaks)))
        })
        .await?;
    let (share, loaded) = loaded.ok_or(Failure::NotFound)?;
    let template = LeaksPage {
        chrome: Chrome::of(&signed_in, Section::Shares),
        id,
        leaks: loaded.view(clock::now()),
        groups: loaded.groups(id),
        left_out: loaded.report().map_or(0, |report| report.left_out),
        name: share.name,
        enabled: share.enabled,
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &template)?)
}

/// `POST /admin/shares/{id}/leaks/check`.
pub async fn check(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<JustAButton>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    leaks::check(&state.sharing, form.signed_in.actor(), &share, clock::now()).await?;
    Ok(page::see_other(&leaks_path(share.id())))
}

/// `POST /admin/shares/{id}/leaks/seen`.
pub async fn acknowledge(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<ReportInput>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    let (id, actor, now) = (share.id(), form.signed_in.actor(), clock::now());
    let is_newest = match read_stamp(&form.input.stamp) {
        Some(made_at) => leaks::acknowledge(&state.sharing, actor, share, made_at, now).await?,
        None => false,
    };
    if is_newest {
        form.signed_in.say_done("All of it is marked as seen.")?;
    } else {
        form.signed_in.say_problem(
            "The share was checked again meanwhile, so nothing was marked. Look at the new report below.",
        )?;
    }
    Ok(page::see_other(&leaks_path(id)))
}

/// `POST /admin/shares/{id}/leaks/publish`: marks the report as seen and enables the share.
pub async fn publish(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: SignedInForm<ReportInput>,
) -> Result<HttpResponse, PageError> {
    let share = may_change(&state, &form.signed_in, &path).await?;
    let (id, actor, now) = (share.id(), form.signed_in.actor(), clock::now());
    let is_published = match read_stamp(&form.input.stamp) {
        Some(made_at) => leaks::publish(&state.sharing, actor, share, made_at, now).await?,
        None => false,
    };
    if !is_published {
        form.signed_in.say_problem(
            "The share was checked again meanwhile, so it is not published. Look at the new report below.",
        )?;
        return Ok(page::see_other(&leaks_path(id)));
    }
    form.signed_in
        .say_done("The share is published. Copy its link below.")?;
    Ok(page::see_other(&share_path(id, "")))
}

/// The page of a share's leaks.
pub fn leaks_path(id: ShareId) -> String {
    format!("/admin/shares/{id}/leaks")
}

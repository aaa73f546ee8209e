//! Moving shares from an installation of our app to another one at the same site: the comparison, one button, and the way
//! back.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::connection_id;
use super::live_actions::find;
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::{AdminForm, AdminQuery};
use crate::admin::gate::Admin;
use crate::clock;
use crate::cloud_app::rebind::{ComparedPage, ComparedShare, Comparison, Stays, Verdict};
use crate::sharing::error::SharingError;
use crate::sharing::installation::{self, Agreement};
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// So many pages of a kind are named; all of them count.
const PAGES_NAMED: usize = 500;

#[derive(Deserialize)]
pub struct Wanted {
    /// The connection that is to take the shares.
    to: Uuid,
}

#[derive(Deserialize)]
pub struct MoveInput {
    to: Uuid,
    /// Of the comparison that the admin has seen.
    #[serde(default)]
    digest: String,
    /// With a field for each share that is ticked, by its id.
    #[serde(flatten)]
    more: HashMap<String, String>,
}

#[derive(Deserialize)]
pub struct BackInput {
    /// Where the shares came from.
    from: Uuid,
}

#[derive(Template)]
#[template(path = "admin/connections/rebind.html")]
struct RebindPage {
    chrome: Chrome,
    id: Uuid,
    name: String,
    to: Uuid,
    to_name: String,
    digest: String,
    same: usize,
    renamed: PageList,
    missing: PageList,
    /// Shares that are moved without a question.
    sure: usize,
    /// Shares that are moved if they are ticked.
    doubtful: usize,
    shares: Vec<ShareRow>,
}

/// Pages that became something else, or nothing.
#[derive(Default)]
struct PageList {
    total: usize,
    named: Vec<PageRow>,
}

struct PageRow {
    id: String,
    old: String,
    /// Empty where there is none.
    new: String,
}

struct ShareRow {
    id: String,
    name: String,
    /// Titles of the page that it opens with, before and now; the second is empty if it is the same.
    root: Option<(String, String)>,
    is_doubtful: bool,
    missing: usize,
    stays: Option<&'static str>,
}

impl From<&ComparedShare> for ShareRow {
    fn from(found: &ComparedShare) -> Self {
        let root = found.root.as_ref();
        Self {
            id: found.share.id.to_string(),
            name: found.share.name.clone(),
            root: root.map(|page| (page.old.title.clone(), title_now(page))),
            is_doubtful: found.is_doubtful(),
            missing: found.missing,
            stays: found.stays.map(Stays::sentence),
        }
    }
}

/// `GET /admin/connections/{connection}/rebinding?to=…`: asks the site, and shows what it has of the shares' pages.
pub async fn show(
    state: web::Data<AppState>,
    admin: Admin,
    path: web::Path<String>,
    query: AdminQuery<Wanted>,
) -> Result<HttpResponse, PageError> {
    let from = find(&state, connection_id(&path)?).await?;
    let to = find(&state, query.0.to).await?;
    let compared = state.cloud_app.compare(from.id, to.id, clock::now()).await;
    let comparison = match compared {
        Ok(comparison) => comparison,
        Err(error) => return explain(&admin, from.id, error),
    };
    let shares: Vec<ShareRow> = comparison.shares.iter().map(ShareRow::from).collect();
    let template = RebindPage {
        chrome: Chrome::of(&admin, Section::Connections),
        id: from.id,
        name: from.name,
        to: to.id,
        to_name: to.name,
        digest: comparison.digest(),
        same: count(&comparison, |verdict| *verdict == Verdict::Same),
        renamed: list(&comparison, |verdict| {
            matches!(verdict, Verdict::Renamed { .. })
        }),
        missing: list(&comparison, |verdict| *verdict == Verdict::Missing),
        sure: shares
            .iter()
            .filter(|share| share.stays.is_none() && !share.is_doubtful)
            .count(),
        doubtful: shares.iter().filter(|share| share.is_doubtful).count(),
        shares,
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &template)?)
}

/// `POST /admin/connections/{connection}/rebinding`: moves what the comparison said can be moved.
pub async fn move_shares(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<MoveInput>,
) -> Result<HttpResponse, PageError> {
    let AdminForm { admin, input } = form;
    let from = find(&state, connection_id(&path)?).await?.id;
    let ticked = input.more.keys().filter_map(|field| field.parse().ok());
    let ticked: Vec<Uuid> = ticked.collect();
    let agreed = Agreement {
        from,
        to: input.to,
        digest: &input.digest,
        confirmed: &ticked,
    };
    let (actor, right) = (admin.actor(), admin.right());
    let moved = installation::move_shares(&state.sharing, actor, right, agreed, clock::now()).await;
    let again = format!("/admin/connections/{from}/rebinding?to={}", input.to);
    match moved {
        Ok(Some(0)) => {
            admin.say_problem(
                "No share was moved. Tick those that open with the same page as before.",
            )?;
            Ok(page::see_other(&again))
        }
        Ok(Some(moved)) => {
            let shares = shares_are(moved);
            admin.say_done(format!(
                "{shares} moved. Readers go on where they were; the pages are being compared with the site."
            ))?;
            Ok(page::see_other(&format!("/admin/connections/{}", input.to)))
        }
        Ok(None) => {
            admin.say_problem(
                "The site or the shares have changed since you compared, so nothing was moved. Look at the table again.",
            )?;
            Ok(page::see_other(&again))
        }
        Err(error) => explain(&admin, from, error),
    }
}

/// `POST /admin/connections/{connection}/rebinding/undo`: moves the shares back to where they came from.
pub async fn undo(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<BackInput>,
) -> Result<HttpResponse, PageError> {
    let AdminForm { admin, input } = form;
    let id = connection_id(&path)?;
    let from = find(&state, input.from).await?.id;
    let (actor, right) = (admin.actor(), admin.right());
    let moved =
        installation::move_back(&state.sharing, actor, right, (from, id), clock::now()).await?;
    let shares = shares_are(moved);
    admin.say_done(format!(
        "{shares} back. What they show is what was stored before they were moved."
    ))?;
    Ok(page::see_other(&format!("/admin/connections/{from}")))
}

fn shares_are(number: usize) -> String {
    match number {
        1 => "1 share is".to_owned(),
        number => format!("{number} shares are"),
    }
}

/// Back to the connection's page, with what is wrong.
fn explain(
    admin: &Admin,
    from: Uuid,
    error: impl Into<SharingError>,
) -> Result<HttpResponse, PageError> {
    let sentence = match error.into() {
        SharingError::Conflict(sentence) => sentence,
        SharingError::Site(error) => {
            format!("The site could not be compared. {}", error.sentence())
        }
        error => return Err(error.into()),
    };
    admin.say_problem(sentence)?;
    Ok(page::see_other(&format!("/admin/connections/{from}")))
}

fn count(comparison: &Comparison, is_meant: impl Fn(&Verdict) -> bool) -> usize {
    let pages = comparison.pages.iter();
    pages.filter(|page| is_meant(&page.verdict)).count()
}

fn list(comparison: &Comparison, is_meant: impl Fn(&Verdict) -> bool) -> PageList {
    let pages = comparison.pages.iter();
    let named = pages
        .filter(|page| is_meant(&page.verdict))
        .map(|page| PageRow {
            id: page.old.content_id.clone(),
            old: page.old.title.clone(),
            new: title_now(page),
        });
    PageList {
        named: named.take(PAGES_NAMED).collect(),
        total: count(comparison, is_meant),
    }
}

/// Empty for what is not renamed.
fn title_now(page: &ComparedPage) -> String {
    match &page.verdict {
        Verdict::Renamed { title, space_key } if *space_key != page.old.space_key => {
            format!("{title} (space {space_key})")
        }
        Verdict::Renamed { title, .. } => title.clone(),
        Verdict::Same | Verdict::Missing => String::new(),
    }
}

impl PageList {
    /// Those that are not named.
    fn others(&self) -> usize {
        self.total - self.named.len()
    }
}

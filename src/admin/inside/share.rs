//! The dialog in which one page is shared: the shares that there are of it, and a short form for another one.
//!
//! Everything else about a share is on its usual page, which opens in the same frame.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::frame::bridge_of;
use super::lists::{Opened, Row, site_of};
use super::view::{View, ViewName};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::{AdminQuery, SignedInForm};
use crate::admin::gate::SignedIn;
use crate::admin::problems::Problems;
use crate::admin::shares::list::of_sharer;
use crate::admin::shares::new_share::{NewShareInput, Opens, make};
use crate::clock;
use crate::confluence::model::ContentKind;
use crate::connections::LiveError;
use crate::name;
use crate::shares::share::{ScopeKind, Share};
use crate::shares::store::listing::ShareFilter;
use crate::sharing::asker::asker_of;
use crate::web::error::{Failure, PageError};
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

/// No letters or digits that look alike; 20 of these 56 are 116 bits.
const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH: usize = 20;

/// As typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ShareInput {
    page: String,
    space: String,
    name: String,
    /// `page` or `tree`.
    scope: String,
    password: String,
    expires_at: String,
}

#[derive(Template)]
#[template(path = "admin/inside/share.html")]
struct SharePage {
    chrome: Chrome,
    site: Uuid,
    bridge: Option<&'static str>,
    problems: Problems,
    input: ShareInput,
    /// As Confluence shows it to the person; `None` when it does not.
    page: Option<ThisPage>,
    /// Why Confluence does not.
    trouble: Option<String>,
    shares: Vec<Row>,
    shares_trouble: Option<String>,
    made: Option<Made>,
}

struct ThisPage {
    title: String,
    is_blog_post: bool,
}

/// A share that was made just now. Its password is told once: of it only a hash is kept.
struct Made {
    id: String,
    path: String,
    public_url: String,
    password: Option<String>,
}

/// `GET /admin/inside/share?page=…&space=…`.
pub async fn show(
    state: web::Data<AppState>,
    request: HttpRequest,
    signed_in: SignedIn,
    AdminQuery(opened): AdminQuery<Opened>,
) -> Result<HttpResponse, PageError> {
    let input = ShareInput {
        page: opened.page,
        space: opened.space,
        scope: ScopeKind::Page.as_str().to_owned(),
        password: propose_password(),
        ..ShareInput::default()
    };
    let sent = Sent {
        input,
        problems: Problems::default(),
        made: None,
    };
    answer(&state, &request, &signed_in, StatusCode::OK, sent).await
}

/// `POST /admin/inside/share`. Answers with the page itself: a password is shown once and must not lie in a cookie.
pub async fn create(
    state: web::Data<AppState>,
    request: HttpRequest,
    form: SignedInForm<ShareInput>,
) -> Result<HttpResponse, PageError> {
    let SignedInForm { signed_in, input } = form;
    let site = site_of(&signed_in)?;
    let scope = match input.scope.as_str() {
        "tree" => ScopeKind::Tree,
        _ => ScopeKind::Page,
    };
    let new = NewShareInput::of_page(site, &input.page, scope)
        .named(&input.name)
        .with_password(&input.password)
        .ending(&input.expires_at);
    let mut problems = Problems::default();
    let share = make(&state, &signed_in, &new, Opens::Now, &mut problems).await?;
    let (status, made, input) = match share {
        None => (StatusCode::UNPROCESSABLE_ENTITY, None, input),
        Some(share) => {
            let made = Made::of(&state, &share, &input.password);
            let again = ShareInput {
                page: input.page,
                space: input.space,
                scope: ScopeKind::Page.as_str().to_owned(),
                password: propose_password(),
                ..ShareInput::default()
            };
            (StatusCode::OK, Some(made), again)
        }
    };
    let sent = Sent {
        input,
        problems,
        made,
    };
    answer(&state, &request, &signed_in, status, sent).await
}

struct Sent {
    input: ShareInput,
    problems: Problems,
    made: Option<Made>,
}

impl Made {
    fn of(state: &AppState, share: &Share, password: &str) -> Self {
        let row = Row::of(share, &state.settings.base_url, share.created_at);
        Self {
            id: row.id,
            path: row.path,
            public_url: row.public_url,
            password: Some(password.to_owned()).filter(|_| share.password_hash.is_some()),
        }
    }
}

async fn answer(
    state: &AppState,
    request: &HttpRequest,
    signed_in: &SignedIn,
    status: StatusCode,
    sent: Sent,
) -> Result<HttpResponse, PageError> {
    let site = site_of(signed_in)?;
    let mut input = sent.input;
    let (id, space) = (Some(input.page.as_str()), Some(input.space.as_str()));
    View::new(ViewName::Share, id, space).ok_or(Failure::NotFound)?;
    let (this, trouble) = match find(state, signed_in, site, &input.page).await {
        Ok(Some(this)) => (Some(this), None),
        Ok(None) => {
            let hidden = "Confluence does not show you this page, so you cannot share it.";
            (None, Some(hidden.to_owned()))
        }
        Err(LiveOrFailure::Failed(failure)) => return Err(failure.into()),
        Err(LiveOrFailure::Live(error)) => (None, Some(error.sentence())),
    };
    if let Some(this) = this.as_ref().filter(|_| input.name.is_empty()) {
        input.name = name::shortened(&this.title);
    }
    let now = clock::now();
    let filter = ShareFilter {
        connection_id: Some(site),
        root: Some(input.page.clone()),
        ..ShareFilter::default()
    };
    let seen = of_sharer::list_visible(state, signed_in, filter, "", now).await?;
    let new = sent.made.as_ref().map(|made| made.id.as_str());
    let rows = seen
        .shares
        .iter()
        .map(|share| Row::of(share, &state.settings.base_url, now));
    let template = SharePage {
        chrome: Chrome::of(signed_in, Section::Shares),
        site,
        bridge: bridge_of(request),
        problems: sent.problems,
        page: this,
        trouble,
        shares: rows.filter(|row| Some(row.id.as_str()) != new).collect(),
        shares_trouble: seen.trouble,
        made: sent.made,
        input,
    };
    Ok(page::html(status, &Shell::Plain, &template)?)
}

enum LiveOrFailure {
    Live(LiveError),
    Failed(Failure),
}

/// The page as the person sees it.
async fn find(
    state: &AppState,
    signed_in: &SignedIn,
    site: Uuid,
    page: &str,
) -> Result<Option<ThisPage>, LiveOrFailure> {
    let asker = asker_of(&state.sharing, signed_in.actor(), site, clock::now())
        .await
        .map_err(|error| LiveOrFailure::Failed(error.into()))?;
    let found = state
        .sync
        .find_page(site, &asker, page, clock::now())
        .await
        .map_err(|error| match error {
            LiveError::Db(error) => LiveOrFailure::Failed(error.into()),
            error => LiveOrFailure::Live(error),
        })?;
    Ok(found.map(|page| ThisPage {
        title: page.title,
        is_blog_post: page.kind == ContentKind::BlogPost,
    }))
}

fn propose_password() -> String {
    let letter = || {
        let at = rand::random_range(0..LETTERS.len());
        char::from(LETTERS.get(at).copied().unwrap_or(b'x'))
    };
    std::iter::repeat_with(letter).take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{LENGTH, LETTERS, propose_password};

    #[test]
    fn proposed_passwords_are_long_plain_and_never_the_same() {
        let proposed: HashSet<String> = (0..100).map(|_| propose_password()).collect();
        assert_eq!(proposed.len(), 100);
        for password in &proposed {
            assert_eq!(password.len(), LENGTH);
            assert!(password.bytes().all(|byte| LETTERS.contains(&byte)));
        }
    }
}

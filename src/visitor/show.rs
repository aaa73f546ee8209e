//! `GET /content/{share}` and `GET /content/{share}/{page}`: a page of the share. The hot path: with a pass and a page
//! in memory there is no query, no template and no copy.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template as _;
use diesel::PgConnection;
use serde::Deserialize;

use super::frames::record_shown;
use super::gate::{Gate, Unlocked};
use super::page_cache::{self, FinishedPage, PageCache, PageKey, Surroundings};
use super::page_view::{Surrounding, content_page};
use super::paths::base_path;
use super::signed_files;
use crate::clock;
use crate::content::ExternalLinks;
use crate::db::DbError;
use crate::pages::addresses::Addresses;
use crate::pages::model::PageKind;
use crate::pages::reader::{OpenedPage, Reader};
use crate::pages::scope::ContentScope;
use crate::shares::access::Destination;
use crate::shares::share::{self, ScopeKind, Share};
use crate::sync::reading::FirstFetch;
use crate::web::error::{Failure, NEXT_TRY_SECONDS, PageError};
use crate::web::headers::{COMPRESSED_SHARE_VARY, harden};
use crate::web::page;
use crate::web::state::AppState;

/// The page a share opens with.
pub async fn show_root(
    state: web::Data<AppState>,
    pages: web::Data<PageCache>,
    gate: Gate,
) -> Result<HttpResponse, PageError> {
    gate.answer(async |unlocked| show(&state, &pages, unlocked, "").await)
        .await
}

/// By name, because addresses with a key have one segment more.
#[derive(Deserialize)]
pub struct PagePath {
    page: String,
}

/// One page by its Confluence id.
pub async fn show_page(
    state: web::Data<AppState>,
    pages: web::Data<PageCache>,
    gate: Gate,
    path: web::Path<PagePath>,
) -> Result<HttpResponse, PageError> {
    let PagePath { page: content_id } = path.into_inner();
    let is_id = !content_id.is_empty()
        && content_id.len() <= 20
        && content_id.bytes().all(|b| b.is_ascii_digit());
    gate.answer(async |unlocked| {
        if !is_id {
            return Err(unlocked.fail(Failure::NotFound));
        }
        show(&state, &pages, unlocked, &content_id).await
    })
    .await
}

/// The address of a share or of a page with a slash at its end: the same without. Whether there is such a share is not
/// looked at here, so that the redirect tells nothing of it.
pub async fn drop_slash(request: HttpRequest) -> HttpResponse {
    let query = request.uri().query().map(|query| format!("?{query}"));
    let path = request.path().trim_end_matches('/');
    page::permanent_redirect(&format!("{path}{}", query.unwrap_or_default()))
}

/// Everything else below a share.
pub async fn show_nothing(gate: Gate) -> Result<HttpResponse, PageError> {
    gate.answer(async |unlocked| Err(unlocked.fail(Failure::NotFound)))
        .await
}

async fn show(
    state: &web::Data<AppState>,
    pages: &PageCache,
    unlocked: &Unlocked,
    content_id: &str,
) -> Result<HttpResponse, PageError> {
    let (visit, share) = (unlocked.visit(), unlocked.share());
    let destination = visit.destination;
    let with_pass = unlocked.pass().is_some();
    let (sign_file, files_until) = if destination == Destination::Frame && with_pass {
        let (sign, until) = signed_files::signer(visit);
        (Some(sign), Some(until))
    } else {
        (None, None)
    };
    let addresses = Addresses {
        base_path: base_path(share.id),
        sign_file,
    };
    let key = PageKey {
        share: share.id,
        share_changed_at: share.updated_at.unix_timestamp_nanos(),
        content_revision: unlocked.content_revision(),
        content_id: content_id.to_owned(),
        surroundings: Surroundings {
            destination,
            with_pass,
            files_until,
        },
    };
    let page = || {
        let making = make(state, unlocked, addresses.clone(), key.clone());
        pages.find_or_make(key.clone(), making)
    };
    let mut made = page().await;
    if unlocked.is_live() {
        if matches!(made, Ok(None) | Err(Failure::NotFetched(_))) {
            made = match fetch_first(state, unlocked, content_id, &made).await {
                Ok(()) => page().await,
                Err(failure) => Err(failure),
            };
        } else if let Some(shown) = shown_page(share, content_id) {
            state.sync.looked_at(share.connection_id, shown, clock::now);
        }
    }
    match made {
        Ok(Some(finished)) => {
            record_shown(visit);
            Ok(answer(unlocked, &finished))
        }
        Ok(None) => Err(unlocked.fail(Failure::NotFound)),
        Err(failure) => Err(unlocked.fail(failure)),
    }
}

/// The page that an address means; `None` for a space that begins with no page of its own.
fn shown_page<'a>(share: &'a Share, content_id: &'a str) -> Option<&'a str> {
    match content_id {
        "" => share.scope.root(),
        named => Some(named),
    }
}

/// What is not stored is fetched while its reader waits: a page whose place is known, or a share's root. Any other page
/// is not in the share, as far as anybody knows.
async fn fetch_first(
    state: &web::Data<AppState>,
    unlocked: &Unlocked,
    content_id: &str,
    made: &Result<Option<Arc<FinishedPage>>, Failure>,
) -> Result<(), Failure> {
    let share = unlocked.share();
    let shown = shown_page(share, content_id);
    let root = share.scope.root();
    let first = match (made, shown) {
        (Err(_), Some(content_id)) => FirstFetch::Listed { content_id },
        (Ok(None), Some(content_id)) if root == Some(content_id) => FirstFetch::Root {
            content_id,
            kind: match share.scope.kind() {
                ScopeKind::BlogPost => PageKind::BlogPost,
                _ => PageKind::Page,
            },
        },
        // A space's first listing is on its way.
        (Ok(None), None) => return Err(Failure::NotFetched(NEXT_TRY_SECONDS)),
        _ => return Err(Failure::NotFound),
    };
    let fetched = state
        .sync
        .fetch_first(&unlocked.scope(), first, clock::now)
        .await;
    fetched.map_err(Failure::for_reader)
}

fn answer(unlocked: &Unlocked, finished: &FinishedPage) -> HttpResponse {
    if unlocked.key().is_some() {
        return answer_by_key(unlocked, finished);
    }
    let request = &unlocked.visit().request;
    let chosen = finished.choose(request);
    let unchanged = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| {
            known
                .split(',')
                .any(|tag| tag.trim().trim_start_matches("W/") == chosen.etag)
        });
    let mut response = if unchanged {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
    if let Ok(etag) = HeaderValue::from_str(&chosen.etag) {
        response.insert_header((header::ETAG, etag));
    }
    let mut response = if unchanged {
        response.finish()
    } else {
        response.content_type("text/html; charset=utf-8");
        if let Some(encoding) = chosen.encoding {
            response.insert_header((header::CONTENT_ENCODING, encoding));
        }
        response.body(chosen.bytes)
    };
    harden(&mut response, &finished.shell);
    response.headers_mut().insert(
        header::VARY,
        HeaderValue::from_static(COMPRESSED_SHARE_VARY),
    );
    response
}

/// The page of a visitor without cookies: the same bytes as everybody's, but its addresses go on by the key.
fn answer_by_key(unlocked: &Unlocked, finished: &FinishedPage) -> HttpResponse {
    let clean = format!("=\"{}", base_path(unlocked.share().id));
    let with_key = format!("=\"{}", unlocked.base_path());
    // Finished pages are made of strings.
    let html = String::from_utf8_lossy(&finished.plain).replace(&clean, &with_key);
    let mut response = HttpResponse::Ok();
    response.content_type("text/html; charset=utf-8");
    let mut response = match page_cache::compress_now(&unlocked.visit().request, &html) {
        Some(gzip) => response
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .body(gzip),
        None => response.body(html),
    };
    harden(&mut response, &finished.shell);
    response
}

/// Reads, renders and compresses a page. `None` when it is not in the share.
async fn make(
    state: &web::Data<AppState>,
    unlocked: &Unlocked,
    addresses: Addresses,
    key: PageKey,
) -> Result<Option<FinishedPage>, Failure> {
    let share = unlocked.share();
    let scope = unlocked.scope();
    let external_links = external_links(share);
    let show_comments = share.show_comments;
    let here = here(&addresses, &key.content_id);
    let surrounding = Surrounding::of(unlocked, &addresses.base_path, here);
    let shell = unlocked.visit().shell();
    let html = state
        .db
        .run(move |db| {
            let Some(opened) = open(db, &scope, &addresses, external_links, &key.content_id)?
            else {
                return Ok(None);
            };
            if opened.page.is_missing_body() {
                return Err(Failure::NotFetched(NEXT_TRY_SECONDS));
            }
            let reader = reader(&scope, &addresses, external_links, &[]);
            let comments = if show_comments {
                reader.comments(db, &opened.page)?
            } else {
                Vec::new()
            };
            let view = content_page(&reader, &surrounding, &opened, &comments);
            view.render().map(Some).map_err(internal)
        })
        .await?;
    let Some(html) = html else { return Ok(None) };
    // Compressing needs no connection.
    let finished = web::block(move || FinishedPage::finish(html, shell)).await;
    finished.map_err(internal)?.map(Some).map_err(internal)
}

/// The address of the page in a tab; a share's start has no id in it.
fn here(addresses: &Addresses, content_id: &str) -> String {
    match content_id {
        "" => addresses.base_path.clone(),
        content_id => addresses.page(content_id),
    }
}

fn internal(error: impl std::fmt::Display) -> Failure {
    Failure::Internal(error.to_string())
}

fn open(
    db: &mut PgConnection,
    scope: &ContentScope,
    addresses: &Addresses,
    external_links: ExternalLinks,
    content_id: &str,
) -> Result<Option<OpenedPage>, DbError> {
    let wiki_hosts = crate::pages::store::connections::wiki_hosts(db, scope.connection_id)?;
    let reader = reader(scope, addresses, external_links, &wiki_hosts);
    let content_id = match content_id {
        "" => reader.start_page(db)?,
        content_id => Some(content_id.to_owned()),
    };
    match content_id {
        Some(content_id) => reader.open(db, &content_id),
        None => Ok(None),
    }
}

fn reader<'a>(
    scope: &'a ContentScope,
    addresses: &'a Addresses,
    external_links: ExternalLinks,
    wiki_hosts: &'a [String],
) -> Reader<'a> {
    Reader {
        scope,
        addresses,
        external_links,
        wiki_hosts,
    }
}

fn external_links(share: &Share) -> ExternalLinks {
    match share.external_links {
        share::ExternalLinks::Keep => ExternalLinks::Keep,
        share::ExternalLinks::PlainText => ExternalLinks::PlainText,
    }
}

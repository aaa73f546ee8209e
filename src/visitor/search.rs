//! `GET /content/{share}/search?q=…`: full-text search in what the share shows.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::gate::{Gate, Unlocked};
use super::page_view::Surrounding;
use super::paths::without_key;
use super::query::Query;
use super::views::search::{Found, Hit, HitKind, Outcome, SearchPage, Segment};
use crate::pages::addresses::Addresses;
use crate::pages::media_type;
use crate::pages::model::PageSummary;
use crate::pages::scope::ContentScope;
use crate::pages::store::search::{HIT_END, HIT_START, SearchHit, search};
use crate::pages::store::{attachments, listing, reach};
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

const HITS_PER_SCREEN: i64 = 20;
/// Deeper than anybody turns pages, and a bound for the database.
const MAX_SCREEN: i64 = 500;

#[derive(Deserialize)]
pub struct SearchQuery {
    #[serde(default)]
    q: String,
    /// Counted from 1; what is no number means the first screen.
    #[serde(default)]
    page: String,
}

/// The search page, with or without a question.
pub async fn show_search(
    state: web::Data<AppState>,
    request: HttpRequest,
    gate: Gate,
) -> Result<HttpResponse, PageError> {
    gate.answer(async |unlocked| search_share(&state, &request, unlocked).await)
        .await
}

async fn search_share(
    state: &web::Data<AppState>,
    request: &HttpRequest,
    unlocked: &Unlocked,
) -> Result<HttpResponse, PageError> {
    // A query that cannot be read is no question.
    let asked = web::Query::<SearchQuery>::from_query(request.query_string());
    let (question, screen) = asked.map_or((String::new(), 1), |asked| {
        (
            asked.q.trim().chars().take(200).collect(),
            asked.page.parse().unwrap_or(1).clamp(1, MAX_SCREEN),
        )
    });
    let base_path = unlocked.base_path();
    let outcome = if question.is_empty() {
        Outcome::NotAsked
    } else {
        let hits = ask(state, unlocked, &base_path, question.clone(), screen).await;
        outcome(
            hits.map_err(|failure| unlocked.fail(failure))?,
            &base_path,
            &question,
            screen,
        )
    };
    let here = Query::take_apart(request.query_string()).clean(without_key(request.path()));
    let surrounding = Surrounding::of(unlocked, &base_path, here);
    let view = SearchPage {
        context: surrounding.context,
        frame: surrounding.frame,
        share: surrounding.header,
        query: question,
        outcome,
    };
    let answer = page::html(StatusCode::OK, &unlocked.visit().shell(), &view);
    answer.map_err(|failure| unlocked.fail(failure))
}

async fn ask(
    state: &web::Data<AppState>,
    unlocked: &Unlocked,
    base_path: &str,
    question: String,
    screen: i64,
) -> Result<(Vec<Hit>, i64), Failure> {
    let scope = unlocked.scope();
    let addresses = Addresses::below(base_path);
    state
        .db
        .run(move |db| {
            let found = search(
                db,
                &scope,
                &question,
                HITS_PER_SCREEN,
                (screen - 1) * HITS_PER_SCREEN,
            )?;
            let total = found.first().map_or(0, |hit| hit.total);
            let mut hits = Vec::with_capacity(found.len());
            for hit in found {
                hits.push(view_hit(db, &scope, &addresses, hit)?);
            }
            Ok((hits, total))
        })
        .await
}

fn view_hit(
    db: &mut diesel::PgConnection,
    scope: &ContentScope,
    addresses: &Addresses,
    hit: SearchHit,
) -> Result<Hit, Failure> {
    let page = listing::find_summary(db, scope.connection_id, &hit.content_id)?;
    let mut breadcrumbs = match &page {
        Some(page) => titles(reach::ancestors(db, scope, page)?),
        None => Vec::new(),
    };
    let file = match &hit.attachment_id {
        Some(id) => attachments::find_attachment(db, scope.connection_id, id)?,
        None => None,
    };
    let (kind, url) = match &file {
        Some(file) => {
            breadcrumbs.extend(page.map(|page| page.title));
            (
                HitKind::File(media_type::label(&file.file_name, &file.media_type)),
                addresses.file(file),
            )
        }
        None if hit.is_blog_post => (HitKind::BlogPost, addresses.page(&hit.content_id)),
        None => (HitKind::Page, addresses.page(&hit.content_id)),
    };
    Ok(Hit {
        kind,
        url,
        title: segments(&hit.title),
        breadcrumbs,
        excerpt: segments(&hit.excerpt),
    })
}

fn titles(pages: Vec<PageSummary>) -> Vec<String> {
    pages.into_iter().map(|page| page.title).collect()
}

fn outcome(
    (hits, total): (Vec<Hit>, i64),
    base_path: &str,
    question: &str,
    screen: i64,
) -> Outcome {
    if hits.is_empty() {
        return Outcome::Nothing;
    }
    let encoded = utf8_percent_encode(question, NON_ALPHANUMERIC);
    let url = |screen: i64| format!("{base_path}/search?q={encoded}&page={screen}");
    let first = (screen - 1) * HITS_PER_SCREEN + 1;
    let last = first + i64::try_from(hits.len()).unwrap_or(0) - 1;
    Outcome::Found(Found {
        total: total.unsigned_abs(),
        first: first.unsigned_abs(),
        last: last.unsigned_abs(),
        hits,
        previous_url: (screen > 1).then(|| url(screen - 1)),
        next_url: (last < total && screen < MAX_SCREEN).then(|| url(screen + 1)),
    })
}

/// Cuts a marked text at its marks.
fn segments(marked: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut hit = false;
    for (position, part) in marked.split([HIT_START, HIT_END]).enumerate() {
        if position > 0 {
            hit = !hit;
        }
        if !part.is_empty() {
            segments.push(Segment {
                text: part.to_owned(),
                hit,
            });
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::{Segment, segments};

    #[test]
    fn a_marked_text_is_cut_at_its_marks() {
        let segment = |text: &str, hit| Segment {
            text: text.to_owned(),
            hit,
        };
        assert_eq!(
            segments("the \u{1}tide\u{2} table"),
            [
                segment("the ", false),
                segment("tide", true),
                segment(" table", false)
            ]
        );
        assert_eq!(segments("\u{1}tide\u{2}"), [segment("tide", true)]);
        assert_eq!(segments(""), []);
    }
}

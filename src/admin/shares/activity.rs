//! What happened at a share's door, in words for its admin.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::embed_health::browser_name;
use super::{may_view, share_path};
use crate::admin::chrome::{Chrome, Section};
use crate::admin::form::AdminQuery;
use crate::admin::gate::SignedIn;
use crate::admin::times::{Moment, duration_in_words};
use crate::shares::event::{BrowserFamily, StoredEvent};
use crate::shares::store::events::list_events;
use crate::web::error::PageError;
use crate::web::headers::Shell;
use crate::web::page;
use crate::web::state::AppState;

const PER_PAGE: i64 = 100;

/// An event as the tables show it.
pub struct EventView {
    pub at: Moment,
    pub what: &'static str,
    /// For the mark before it.
    pub class: &'static str,
    /// The refusal code of the token rule.
    pub code: Option<String>,
    /// What the code means, and what else is known.
    pub notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "admin/shares/activity.html")]
struct ActivityPage {
    chrome: Chrome,
    name: String,
    back: String,
    events: Vec<EventView>,
    older: Option<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct Before {
    before: String,
}

/// `GET /admin/shares/{id}/activity?before=…`.
pub async fn show(
    state: web::Data<AppState>,
    signed_in: SignedIn,
    path: web::Path<String>,
    AdminQuery(asked): AdminQuery<Before>,
) -> Result<HttpResponse, PageError> {
    let share = may_view(&state, &signed_in, &path).await?;
    let (id, share) = (share.id(), share.share());
    let before = asked.before.parse::<i64>().ok();
    let events = state
        .db
        .run(move |db| list_events(db, id, before, PER_PAGE))
        .await?;
    let full = i64::try_from(events.len()).is_ok_and(|count| count == PER_PAGE);
    let last = events.last().map(|event| event.id);
    let template = ActivityPage {
        chrome: Chrome::of(&signed_in, Section::Shares),
        name: share.name.clone(),
        back: share_path(id, "activity"),
        older: last
            .filter(|_| full)
            .map(|last| format!("/admin/shares/{id}/activity?before={last}")),
        events: events.iter().map(EventView::from).collect(),
    };
    Ok(page::html(StatusCode::OK, &Shell::Plain, &template)?)
}

impl From<&StoredEvent> for EventView {
    fn from(event: &StoredEvent) -> Self {
        let (what, class) = in_words(&event.kind);
        let notes = [
            event
                .code
                .as_deref()
                .map(|code| code_note(&event.kind, code)),
            clock_note(event.clock_difference_seconds),
            key_note(event.signing_key.as_deref()),
            place_note(event),
        ];
        Self {
            at: event.at.into(),
            what,
            class,
            code: event.code.clone().filter(|_| event.kind != "frame_blocked"),
            notes: notes.into_iter().flatten().collect(),
        }
    }
}

fn in_words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "password_accepted" => ("Opened with the password", "mark-ok"),
        "token_accepted" => ("Opened with an unlock token", "mark-ok"),
        "cookie_kept" => ("The framed browser kept our cookie", "mark-ok"),
        "cookieless_pass" => ("Went on without cookies", "mark-ok"),
        "framed_view" => ("Shown in a frame", "mark-ok"),
        "password_refused" => ("Wrong password", "mark-no"),
        "password_throttled" => ("Too many passwords tried", "mark-no"),
        "cookie_refused" => ("The framed browser refused our cookie", "mark-warn"),
        "frame_blocked" => ("Not shown in a frame", "mark-no"),
        "policy_report" => ("A page broke its own security policy", "mark-warn"),
        _ => ("Unlock token refused", "mark-no"),
    }
}

fn code_note(kind: &str, code: &str) -> String {
    let note = match (kind, code) {
        ("policy_report", _) => "Often an extension of the reader's browser.",
        ("frame_blocked", "outer_frame") => {
            "The site is listed, but stands in a frame itself, of a site that is not."
        }
        ("frame_blocked", _) => "The site is not listed.",
        _ => explain_code(code),
    };
    note.to_owned()
}

/// Events from before this was recorded tell nothing.
fn place_note(event: &StoredEvent) -> Option<String> {
    let browser = BrowserFamily::parse(event.browser.as_deref()?)?;
    let browser = match browser {
        BrowserFamily::Other => "another browser",
        known => browser_name(known),
    };
    Some(match (event.framed, &event.embed_origin) {
        (false, _) => format!("In {browser}."),
        (true, Some(site)) => format!("In a frame of {site}, in {browser}."),
        (true, None) => format!("In a frame of an unknown site, in {browser}."),
    })
}

fn explain_code(code: &str) -> &'static str {
    match code {
        "malformed" => "The text is not a token: three parts of base64url, joined by dots.",
        "bad_alg" => "The header does not say HS256, or asks for something that is not supported.",
        "bad_signature" => "It was not signed with this share's unlock secret.",
        "wrong_share" => "It was made for another share: iss is not this share's id.",
        "bad_claims" => "nbf or exp is missing, is not a whole number, or exp is not after nbf.",
        "window_too_long" => "nbf and exp are more than 60 seconds apart.",
        "not_yet_valid" => "It came before its nbf.",
        "expired" => "It came at or after its exp.",
        "share_unavailable" => "The share was disabled, had not started or had ended.",
        _ => "It was refused.",
    }
}

/// Whether to blame a clock is the admin's judgement: a token may also have been kept too long.
fn clock_note(difference: Option<i64>) -> Option<String> {
    let seconds = difference.filter(|seconds| *seconds != 0)?;
    let size = duration_in_words(time::Duration::seconds(seconds.saturating_abs()));
    let direction = if seconds > 0 { "ahead of" } else { "behind" };
    Some(format!(
        "If it was fresh, the client's clock is about {size} {direction} ours."
    ))
}

fn key_note(key: Option<&str>) -> Option<String> {
    let note = match key? {
        "current_hex_text" => {
            "Signed with the hex text of the secret; better sign with its 32 decoded bytes."
        }
        "previous" => "Signed with the previous secret.",
        "previous_hex_text" => "Signed with the hex text of the previous secret.",
        _ => return None,
    };
    Some(note.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{clock_note, explain_code};
    use crate::shares::unlock_token::RefusalCode;

    #[test]
    fn a_clock_difference_says_how_far_and_which_way() {
        assert_eq!(clock_note(Some(0)), None);
        assert_eq!(
            clock_note(Some(-75)).unwrap(),
            "If it was fresh, the client's clock is about 1 minute 15 seconds behind ours."
        );
        assert!(clock_note(Some(i64::MIN)).is_some());
    }

    #[test]
    fn every_refusal_code_has_words_of_its_own() {
        let codes = [
            RefusalCode::Malformed,
            RefusalCode::BadAlg,
            RefusalCode::BadSignature,
            RefusalCode::WrongShare,
            RefusalCode::BadClaims,
            RefusalCode::WindowTooLong,
            RefusalCode::NotYetValid,
            RefusalCode::Expired,
            RefusalCode::ShareUnavailable,
        ];
        for code in codes {
            assert_ne!(explain_code(code.as_str()), explain_code("?"), "{code}");
        }
    }
}

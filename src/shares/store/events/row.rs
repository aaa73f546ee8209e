//! A row of `share_event` on its way to the database.

use diesel::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::schema::share_event;
use crate::shares::event::{Embedder, Event, NewEvent};
use crate::shares::unlock_token::SigningKey;

#[derive(Insertable)]
#[diesel(table_name = share_event)]
pub(super) struct EventInsert {
    pub(super) share_id: Uuid,
    pub(super) at: OffsetDateTime,
    pub(super) kind: &'static str,
    pub(super) code: Option<&'static str>,
    pub(super) token_not_before: Option<i64>,
    pub(super) token_expires: Option<i64>,
    pub(super) clock_difference_seconds: Option<i64>,
    pub(super) signing_key: Option<&'static str>,
    pub(super) framed: bool,
    pub(super) embed_origin: Option<String>,
    pub(super) browser: &'static str,
}

impl From<&NewEvent> for EventInsert {
    fn from(new: &NewEvent) -> Self {
        let embedder = &new.visitor.embedder;
        let mut row = Self {
            share_id: new.share.uuid(),
            at: new.at,
            kind: kind(&new.event),
            code: None,
            token_not_before: None,
            token_expires: None,
            clock_difference_seconds: None,
            signing_key: None,
            framed: *embedder != Embedder::Nobody,
            embed_origin: embedder.site().map(|site| site.as_str().to_owned()),
            browser: new.visitor.browser.as_str(),
        };
        match &new.event {
            Event::TokenAccepted(token) => {
                row.token_not_before = Some(token.not_before);
                row.token_expires = Some(token.expires);
                row.signing_key = Some(token.signed_with.as_str());
            }
            Event::TokenRefused(token) => {
                row.code = Some(token.code.as_str());
                row.token_not_before = token.not_before;
                row.token_expires = token.expires;
                row.clock_difference_seconds = token.clock_difference_seconds;
                row.signing_key = token.signed_with.map(SigningKey::as_str);
            }
            Event::FrameBlocked(noticed) => row.code = Some(noticed.as_str()),
            Event::PolicyReport { directive } => row.code = Some(directive),
            Event::PasswordAccepted
            | Event::PasswordRefused
            | Event::PasswordThrottled
            | Event::CookieKept
            | Event::CookieRefused
            | Event::CookielessPass
            | Event::FramedView => {}
        }
        row
    }
}

fn kind(event: &Event) -> &'static str {
    match event {
        Event::PasswordAccepted => "password_accepted",
        Event::PasswordRefused => "password_refused",
        Event::PasswordThrottled => "password_throttled",
        Event::TokenAccepted(_) => "token_accepted",
        Event::TokenRefused(_) => "token_refused",
        Event::CookieKept => "cookie_kept",
        Event::CookieRefused => "cookie_refused",
        Event::CookielessPass => "cookieless_pass",
        Event::FramedView => "framed_view",
        Event::FrameBlocked(_) => "frame_blocked",
        Event::PolicyReport { .. } => "policy_report",
    }
}

//! What is kept of visitors inside frames: keys of those without cookies, and tickets that were used.

use diesel::prelude::*;
use time::{Duration, OffsetDateTime};

use super::StoreError;
use crate::db::DbError;
use crate::schema::{cookieless_pass, used_ticket};
use crate::shares::cookieless::{IDLE, LONGEST, MOST_PER_SHARE, NewCookielessPass};
use crate::shares::pass::{Pass, PassContext, WayIn};
use crate::shares::share::ShareId;
use crate::shares::ticket::{NONCE_BYTES, Ticket};

/// How far the stored time of the last use may lag: a page view must not always write.
const USE_STEP: Duration = Duration::MINUTE;

/// Whether this is the first use of the ticket: the insert decides, whichever node and however many at once.
pub fn use_ticket(db: &mut PgConnection, ticket: &Ticket) -> Result<bool, DbError> {
    use_nonce(db, &ticket.nonce, ticket.expires_at())
}

/// The same of anything else that is good once, and until `expires_at`.
pub fn use_nonce(
    db: &mut PgConnection,
    nonce: &[u8; NONCE_BYTES],
    expires_at: OffsetDateTime,
) -> Result<bool, DbError> {
    let inserted = diesel::insert_into(used_ticket::table)
        .values((
            used_ticket::nonce.eq(nonce.as_slice()),
            used_ticket::expires_at.eq(expires_at),
        ))
        .on_conflict_do_nothing()
        .execute(db)?;
    Ok(inserted == 1)
}

/// Keeps a key that is given out, and forgets those of the share that are too many.
pub fn keep_pass(db: &mut PgConnection, new: &NewCookielessPass) -> Result<(), DbError> {
    let share = new.pass.share.uuid();
    diesel::insert_into(cookieless_pass::table)
        .values((
            cookieless_pass::key_sha256.eq(new.key_digest.as_slice()),
            cookieless_pass::share_id.eq(share),
            cookieless_pass::epoch.eq(new.pass.epoch),
            cookieless_pass::way_in.eq(way_in_word(new.pass.way_in)),
            cookieless_pass::user_agent_sha256.eq(new.user_agent_digest.as_slice()),
            cookieless_pass::began_at.eq(moment(new.pass.began)),
            cookieless_pass::last_used_at.eq(new.at),
            cookieless_pass::expires_at.eq(new.at + LONGEST),
        ))
        .execute(db)?;
    let too_many = cookieless_pass::table
        .filter(cookieless_pass::share_id.eq(share))
        .order(cookieless_pass::last_used_at.desc())
        .offset(MOST_PER_SHARE)
        .select(cookieless_pass::key_sha256)
        .load::<Vec<u8>>(db)?;
    if !too_many.is_empty() {
        diesel::delete(cookieless_pass::table)
            .filter(cookieless_pass::key_sha256.eq_any(too_many))
            .execute(db)?;
    }
    Ok(())
}

type PassRow = (i32, String, OffsetDateTime, OffsetDateTime, OffsetDateTime);

/// The pass behind a key, if the key is of this share and browser, was used within `idle` and is not over. Its use is
/// noted.
pub fn find_pass(
    db: &mut PgConnection,
    key_digest: &[u8; 32],
    share: ShareId,
    user_agent_digest: &[u8; 32],
    idle: Duration,
    now: OffsetDateTime,
) -> Result<Option<Pass>, DbError> {
    let row: Option<PassRow> = cookieless_pass::table
        .find(key_digest.as_slice())
        .filter(cookieless_pass::share_id.eq(share.uuid()))
        .filter(cookieless_pass::user_agent_sha256.eq(user_agent_digest.as_slice()))
        .filter(cookieless_pass::last_used_at.gt(now - idle))
        .filter(cookieless_pass::expires_at.gt(now))
        .select((
            cookieless_pass::epoch,
            cookieless_pass::way_in,
            cookieless_pass::began_at,
            cookieless_pass::last_used_at,
            cookieless_pass::expires_at,
        ))
        .first(db)
        .optional()?;
    let Some((epoch, way_in, began_at, last_used_at, expires_at)) = row else {
        return Ok(None);
    };
    if now - last_used_at > USE_STEP.min(idle / 4) {
        diesel::update(cookieless_pass::table.find(key_digest.as_slice()))
            .filter(cookieless_pass::last_used_at.lt(now))
            .set(cookieless_pass::last_used_at.eq(now))
            .execute(db)?;
    }
    Ok(Some(Pass {
        share,
        epoch,
        began: began_at.unix_timestamp(),
        issued: now.unix_timestamp(),
        expires: expires_at.min(now + idle).unix_timestamp(),
        way_in: if way_in == "password" {
            WayIn::Password
        } else {
            WayIn::Token
        },
        context: PassContext::Framed,
    }))
}

/// Ends a key: its visitor signs out.
pub fn end_pass(db: &mut PgConnection, key_digest: &[u8; 32]) -> Result<(), DbError> {
    diesel::delete(cookieless_pass::table.find(key_digest.as_slice())).execute(db)?;
    Ok(())
}

/// Removes what says nothing any more.
pub fn forget_old(db: &mut PgConnection, now: OffsetDateTime) -> Result<(), StoreError> {
    diesel::delete(used_ticket::table.filter(used_ticket::expires_at.le(now))).execute(db)?;
    let over = cookieless_pass::expires_at
        .le(now)
        .or(cookieless_pass::last_used_at.le(now - IDLE));
    diesel::delete(cookieless_pass::table.filter(over)).execute(db)?;
    Ok(())
}

fn way_in_word(way_in: WayIn) -> &'static str {
    match way_in {
        WayIn::Password => "password",
        WayIn::Token => "token",
    }
}

fn moment(unix_seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(unix_seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

//! Leak reports of shares: which is due and taken by this node, what was found, what an admin has seen of it. What
//! they say is `pages::leak`'s subject.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::db::DbError;
use crate::pages::leak::{LeakPage, LeakReport};
use crate::schema::leak_report;

/// No content has this revision: a check was begun and is not finished.
const UNDER_WAY: i64 = -1;

/// What is known of a share's leaks.
#[derive(Debug)]
pub struct StoredReport {
    /// When the last check began.
    pub made_at: OffsetDateTime,
    /// Of the content that was looked at; `None` while a check is under way, or after one that broke off.
    pub content_revision: Option<i64>,
    /// Of the last check that was finished.
    pub report: Option<LeakReport>,
    /// Keys of the leaks that an admin has marked as seen.
    pub seen: HashSet<String>,
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = SqlUuid)]
    share_id: Uuid,
}

/// Takes a share whose report is due: one without any, or whose content or limits have changed.
///
/// At most every ten minutes; every quarter of a minute while its pages are still being fetched, and before it is
/// published.
pub fn take_due(db: &mut PgConnection, now: OffsetDateTime) -> Result<Option<Uuid>, DbError> {
    // The condition on the update looks at the row as it is after another node may have taken it.
    let taken: Option<Taken> = diesel::sql_query(
        "with due as (
           select share.id
             from shared_page share join connection on connection.id = share.connection_id
               left join leak_report report on report.share_id = share.id
             where coalesce(share.expires_at > $1, true)
               and (report.share_id is null
                 or (report.content_revision <> connection.content_revision or share.updated_at > report.made_at)
                   and report.made_at <= $1 - case
                     when not share.enabled or coalesce((report.report ->> 'waiting')::int > 0, true)
                       or (report.report ->> 'pages')::int = 0
                       then interval '15 seconds' else interval '10 minutes' end)
             order by report.made_at nulls first, share.id
             limit 1 for update of share skip locked)
         insert into leak_report (share_id, made_at, content_revision, report)
           select id, $1, $2, '{}' from due
           on conflict (share_id) do update set made_at = excluded.made_at, content_revision = excluded.content_revision
             where leak_report.made_at <= $1 - interval '15 seconds'
           returning share_id",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(UNDER_WAY)
    .get_result(db)
    .optional()?;
    Ok(taken.map(|taken| taken.share_id))
}

/// Takes a share whatever is known of it: an admin asks.
pub fn take(db: &mut PgConnection, share_id: Uuid, now: OffsetDateTime) -> Result<(), DbError> {
    let begun = (
        leak_report::made_at.eq(now),
        leak_report::content_revision.eq(UNDER_WAY),
    );
    diesel::insert_into(leak_report::table)
        .values((
            leak_report::share_id.eq(share_id),
            begun,
            leak_report::report.eq(serde_json::json!({})),
        ))
        .on_conflict(leak_report::share_id)
        .do_update()
        .set(begun)
        .execute(db)?;
    Ok(())
}

/// Keeps what a check found, unless another one was begun after it.
pub fn finish(
    db: &mut PgConnection,
    share_id: Uuid,
    begun_at: OffsetDateTime,
    content_revision: i64,
    report: &LeakReport,
) -> Result<(), DbError> {
    let report = serde_json::to_value(report).unwrap_or_default();
    diesel::update(leak_report::table.find(share_id))
        .filter(leak_report::made_at.eq(begun_at))
        .set((
            leak_report::content_revision.eq(content_revision),
            leak_report::report.eq(report),
        ))
        .execute(db)?;
    Ok(())
}

pub fn find(db: &mut PgConnection, share_id: Uuid) -> Result<Option<StoredReport>, DbError> {
    let row: Option<(OffsetDateTime, i64, serde_json::Value, serde_json::Value)> =
        leak_report::table
            .find(share_id)
            .select((
                leak_report::made_at,
                leak_report::content_revision,
                leak_report::report,
                leak_report::seen,
            ))
            .first(db)
            .optional()?;
    Ok(
        row.map(|(made_at, content_revision, report, seen)| StoredReport {
            made_at,
            content_revision: Some(content_revision).filter(|revision| *revision != UNDER_WAY),
            // One that was begun and never finished, and one of an older release that no longer fits, are none.
            report: serde_json::from_value(report).ok(),
            seen: serde_json::from_value(seen).unwrap_or_default(),
        }),
    )
}

/// Marks every leak of the report of that moment as seen; `false` when there is a newer one.
pub fn mark_seen(
    db: &mut PgConnection,
    share_id: Uuid,
    made_at: OffsetDateTime,
) -> Result<bool, DbError> {
    let marked = diesel::sql_query(
        "update leak_report set seen = (
             select coalesce(jsonb_agg(leak -> 'key'), '[]') from jsonb_array_elements(report -> 'leaks') leak)
           where share_id = $1 and made_at = $2 and content_revision <> $3",
    )
    .bind::<SqlUuid, _>(share_id)
    .bind::<Timestamptz, _>(made_at)
    .bind::<BigInt, _>(UNDER_WAY)
    .execute(db)?;
    Ok(marked > 0)
}

#[derive(QueryableByName)]
struct Unseen {
    #[diesel(sql_type = SqlUuid)]
    share_id: Uuid,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many leaks of these shares nobody has marked as seen; shares without any are left out.
pub fn count_unseen(
    db: &mut PgConnection,
    share_ids: &[Uuid],
) -> Result<HashMap<Uuid, i64>, DbError> {
    let rows: Vec<Unseen> = diesel::sql_query(
        "select share_id, count(*) as count
           from leak_report, jsonb_array_elements(report -> 'leaks') leak
           where share_id = any($1) and not seen @> jsonb_build_array(leak -> 'key')
           group by share_id",
    )
    .bind::<Array<SqlUuid>, _>(share_ids)
    .load(db)?;
    Ok(rows
        .into_iter()
        .map(|row| (row.share_id, row.count))
        .collect())
}

#[derive(QueryableByName)]
struct RestrictedPage {
    #[diesel(sql_type = Text)]
    content_id: String,
    #[diesel(sql_type = Text)]
    title: String,
}

/// Those of the pages that have a view restriction of their own in the wiki.
pub fn restricted_pages(
    db: &mut PgConnection,
    connection_id: Uuid,
    ids: &[String],
) -> Result<Vec<LeakPage>, DbError> {
    let rows: Vec<RestrictedPage> = diesel::sql_query(
        "select content_id, title from page_snapshot
           where connection_id = $1 and content_id = any($2) and view_restricted
           order by title, content_id",
    )
    .bind::<SqlUuid, _>(connection_id)
    .bind::<Array<Text>, _>(ids)
    .load(db)?;
    let pages = rows.into_iter().map(|row| LeakPage {
        content_id: row.content_id,
        title: row.title,
    });
    Ok(pages.collect())
}

/// A file and a page where visitors get it.
#[derive(Debug, QueryableByName)]
pub struct ReachableFile {
    #[diesel(sql_type = Text)]
    pub attachment_id: String,
    #[diesel(sql_type = Text)]
    pub file_name: String,
    #[diesel(sql_type = Text)]
    pub content_id: String,
    /// The page's.
    #[diesel(sql_type = Text)]
    pub title: String,
}

/// Files of the pages, and files of other pages that they show.
pub fn files(
    db: &mut PgConnection,
    connection_id: Uuid,
    ids: &[String],
) -> Result<Vec<ReachableFile>, DbError> {
    Ok(diesel::sql_query(
        "select file.attachment_id, file.file_name, page.content_id, page.title
           from (select attachment_id, content_id from attachment_snapshot
                   where connection_id = $1 and content_id = any($2)
                 union
                 select attachment_id, content_id from shown_file
                   where connection_id = $1 and content_id = any($2)) there
             join attachment_snapshot file on file.connection_id = $1 and file.attachment_id = there.attachment_id
             join page_snapshot page on page.connection_id = $1 and page.content_id = there.content_id
           order by file.file_name, file.attachment_id, page.title",
    )
    .bind::<SqlUuid, _>(connection_id)
    .bind::<Array<Text>, _>(ids)
    .load(db)?)
}

//! Pages as Confluence renders them for the people of a share: what was seen, and for whom. Which pages are to be looked
//! at is `seen_wanted`'s subject.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use time::OffsetDateTime;
use uuid::Uuid;

use super::outline::FOLDER_BODY;
use super::walk;
use crate::content::BodyFormat;
use crate::db::DbError;
use crate::pages::eyes::{Look, SeenAs};
use crate::pages::model::Page;
use crate::pages::scope::{ContentScope, Eyes};
use crate::schema::seen_page;

/// A person as the table names them.
pub(super) fn name(person: Option<&str>) -> &str {
    person.unwrap_or_default()
}

fn key<'a>(
    connection_id: Uuid,
    content_id: &'a str,
    eyes: &'a Eyes,
) -> (Uuid, &'a str, &'a str, &'a str) {
    (
        connection_id,
        content_id,
        name(eyes.maker.as_deref()),
        name(eyes.stand_in.as_deref()),
    )
}

/// The page as these eyes see it; without a body where they have not looked yet. That it is not withheld was found out
/// by the walk.
pub(super) fn through(
    db: &mut PgConnection,
    page: Page,
    scope: &ContentScope,
) -> Result<Page, DbError> {
    let Some(eyes) = &scope.eyes else {
        return Ok(page);
    };
    if page.body == FOLDER_BODY {
        return Ok(page);
    }
    let seen: Option<(i32, Option<String>)> = seen_page::table
        .find(key(scope.connection_id, &page.summary.content_id, eyes))
        .filter(seen_page::withheld.eq(false))
        .select((seen_page::version, seen_page::body))
        .first(db)
        .optional()?;
    Ok(match seen {
        None | Some((0, _)) => Page {
            version: 0,
            body: String::new(),
            storage: None,
            ..page
        },
        Some((_, None)) => page,
        Some((version, Some(body))) => {
            // A view of another version would be made good from a text that it does not fit.
            let is_beside = version == page.version && page.format == BodyFormat::Storage;
            let storage = is_beside.then_some(page.body);
            Page {
                body,
                format: BodyFormat::ExportView,
                storage,
                ..page
            }
        }
    })
}

/// Of a page that was looked at.
#[derive(Debug, Clone, Copy)]
pub struct Versions {
    pub seen: i32,
    /// Stored when the look began: a site that went back to an older version is believed.
    pub instead_of: i32,
}

/// Keeps what was seen, unless something newer was seen meanwhile. `true` when that changes anything that readers see.
pub fn store(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    eyes: &Eyes,
    versions: Versions,
    look: &Look,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let version = versions.seen;
    let key = key(connection_id, content_id, eyes);
    let before: Option<(i32, Option<String>, bool)> = seen_page::table
        .find(key)
        .select((seen_page::version, seen_page::body, seen_page::withheld))
        .for_update()
        .first(db)
        .optional()?;
    if before
        .as_ref()
        .is_some_and(|(known, ..)| *known > version.max(versions.instead_of))
    {
        return Ok(false);
    }
    let body = look.body.as_ref().map(|body| body.replace('\0', ""));
    let changed = before.as_ref() != Some(&(version, body.clone(), look.withheld));
    let row = (
        seen_page::version.eq(version),
        seen_page::body.eq(body),
        seen_page::eyes.eq(look.seen_as.as_str()),
        seen_page::withheld.eq(look.withheld),
        seen_page::reason.eq(&look.reason),
        seen_page::fetched_at.eq(now),
    );
    let (connection_id, content_id, maker, stand_in) = key;
    diesel::insert_into(seen_page::table)
        .values((
            seen_page::connection_id.eq(connection_id),
            seen_page::content_id.eq(content_id),
            seen_page::maker.eq(maker),
            seen_page::stand_in.eq(stand_in),
            row.clone(),
        ))
        .on_conflict((
            seen_page::connection_id,
            seen_page::content_id,
            seen_page::maker,
            seen_page::stand_in,
        ))
        .do_update()
        .set(row)
        .execute(db)?;
    Ok(changed)
}

/// Whether these eyes have looked at the page, whatever they saw.
pub fn have_looked(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    eyes: &Eyes,
) -> Result<bool, DbError> {
    let row = seen_page::table
        .find(key(connection_id, content_id, eyes))
        .filter(seen_page::version.gt(0));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(db)?)
}

/// How many pages of a share are seen in which way, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCount {
    /// `None` for pages that are still to be looked at.
    pub seen_as: Option<SeenAs>,
    pub withheld: bool,
    pub reason: Option<String>,
    pub pages: i64,
    pub last_at: OffsetDateTime,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = Bool)]
    is_seen: bool,
    #[diesel(sql_type = Text)]
    eyes: String,
    #[diesel(sql_type = Bool)]
    withheld: bool,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = BigInt)]
    pages: i64,
    #[diesel(sql_type = Timestamptz)]
    last_at: OffsetDateTime,
}

/// The pages that the share reaches, those that are withheld included, counted by how they are seen; most first.
pub fn count(db: &mut PgConnection, scope: &ContentScope) -> Result<Vec<SeenCount>, DbError> {
    let Some(eyes) = &scope.eyes else {
        return Ok(Vec::new());
    };
    let everything = ContentScope {
        eyes: None,
        ..scope.clone()
    };
    let sql = format!(
        "{} select seen.version > 0 as is_seen, seen.eyes, seen.withheld, seen.reason, count(*) as pages,
             max(seen.fetched_at) as last_at
           from reached join seen_page seen using (content_id)
           where seen.connection_id = $1 and seen.maker = $10 and seen.stand_in = $11
           group by 1, 2, 3, 4 order by count(*) desc, 2, 4",
        walk::reached()
    );
    let rows: Vec<CountRow> = walk::query(sql, &everything)
        .bind::<Text, _>(name(eyes.maker.as_deref()))
        .bind::<Text, _>(name(eyes.stand_in.as_deref()))
        .load(db)?;
    let counts = rows.into_iter().map(|row| SeenCount {
        seen_as: SeenAs::parse(&row.eyes).filter(|_| row.is_seen),
        withheld: row.withheld,
        reason: row.reason,
        pages: row.pages,
        last_at: row.last_at,
    });
    Ok(counts.collect())
}

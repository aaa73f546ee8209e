//! Pages as Confluence renders them for a share's viewers. Which of these renderings are wanted is `wanted_renderings`'s
//! subject.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use time::OffsetDateTime;
use uuid::Uuid;

use super::outline::FOLDER_BODY;
use super::walk;
use crate::content::BodyFormat;
use crate::db::DbError;
use crate::pages::model::Page;
use crate::pages::scope::{ContentScope, Viewers};
use crate::pages::viewer::{Viewer, ViewerRendering};
use crate::schema::viewer_rendering;

/// A person as the table names them.
pub(super) fn name(person: Option<&str>) -> &str {
    person.unwrap_or_default()
}

fn key<'a>(
    connection_id: Uuid,
    content_id: &'a str,
    viewers: &'a Viewers,
) -> (Uuid, &'a str, &'a str, &'a str) {
    (
        connection_id,
        content_id,
        name(viewers.creator.as_deref()),
        name(viewers.stand_in.as_deref()),
    )
}

/// The page as these viewers see it; without a body where it was not rendered for them yet. That it is not withheld was found out
/// by the walk.
pub(super) fn through(
    db: &mut PgConnection,
    page: Page,
    scope: &ContentScope,
) -> Result<Page, DbError> {
    let Some(viewers) = &scope.viewers else {
        return Ok(page);
    };
    if page.body == FOLDER_BODY {
        return Ok(page);
    }
    let rendered: Option<(i32, Option<String>)> = viewer_rendering::table
        .find(key(scope.connection_id, &page.summary.content_id, viewers))
        .filter(viewer_rendering::withheld.eq(false))
        .select((viewer_rendering::version, viewer_rendering::body))
        .first(db)
        .optional()?;
    Ok(match rendered {
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

/// Of a page that was rendered.
#[derive(Debug, Clone, Copy)]
pub struct Versions {
    pub rendered: i32,
    /// Stored when the rendering began: a site that went back to an older version is believed.
    pub instead_of: i32,
}

/// Keeps a rendering, unless one of a newer version came meanwhile. `true` when that changes anything that readers see.
pub fn store(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    viewers: &Viewers,
    versions: Versions,
    rendering: &ViewerRendering,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let version = versions.rendered;
    let key = key(connection_id, content_id, viewers);
    let before: Option<(i32, Option<String>, bool)> = viewer_rendering::table
        .find(key)
        .select((
            viewer_rendering::version,
            viewer_rendering::body,
            viewer_rendering::withheld,
        ))
        .for_update()
        .first(db)
        .optional()?;
    if before
        .as_ref()
        .is_some_and(|(known, ..)| *known > version.max(versions.instead_of))
    {
        return Ok(false);
    }
    let body = rendering.body.as_ref().map(|body| body.replace('\0', ""));
    let changed = before.as_ref() != Some(&(version, body.clone(), rendering.withheld));
    let row = (
        viewer_rendering::version.eq(version),
        viewer_rendering::body.eq(body),
        viewer_rendering::viewer.eq(rendering.viewer.as_str()),
        viewer_rendering::withheld.eq(rendering.withheld),
        viewer_rendering::reason.eq(&rendering.reason),
        viewer_rendering::fetched_at.eq(now),
    );
    let (connection_id, content_id, creator, stand_in) = key;
    diesel::insert_into(viewer_rendering::table)
        .values((
            viewer_rendering::connection_id.eq(connection_id),
            viewer_rendering::content_id.eq(content_id),
            viewer_rendering::creator.eq(creator),
            viewer_rendering::stand_in.eq(stand_in),
            row.clone(),
        ))
        .on_conflict((
            viewer_rendering::connection_id,
            viewer_rendering::content_id,
            viewer_rendering::creator,
            viewer_rendering::stand_in,
        ))
        .do_update()
        .set(row)
        .execute(db)?;
    Ok(changed)
}

/// Whether the page was rendered for these viewers, whatever came of it.
pub fn is_rendered(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    viewers: &Viewers,
) -> Result<bool, DbError> {
    let row = viewer_rendering::table
        .find(key(connection_id, content_id, viewers))
        .filter(viewer_rendering::version.gt(0));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(db)?)
}

/// How many pages of a share are rendered in which way, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderingCount {
    /// `None` for pages that are still to be rendered.
    pub viewer: Option<Viewer>,
    pub withheld: bool,
    pub reason: Option<String>,
    pub pages: i64,
    pub last_at: OffsetDateTime,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = Bool)]
    is_rendered: bool,
    #[diesel(sql_type = Text)]
    viewer: String,
    #[diesel(sql_type = Bool)]
    withheld: bool,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = BigInt)]
    pages: i64,
    #[diesel(sql_type = Timestamptz)]
    last_at: OffsetDateTime,
}

/// The pages that the share reaches, those that are withheld included, counted by how they are rendered; most first.
pub fn count(db: &mut PgConnection, scope: &ContentScope) -> Result<Vec<RenderingCount>, DbError> {
    let Some(viewers) = &scope.viewers else {
        return Ok(Vec::new());
    };
    let everything = ContentScope {
        viewers: None,
        ..scope.clone()
    };
    let sql = format!(
        "{} select rendering.version > 0 as is_rendered, rendering.viewer, rendering.withheld, rendering.reason, count(*) as pages,
             max(rendering.fetched_at) as last_at
           from reached join viewer_rendering rendering using (content_id)
           where rendering.connection_id = $1 and rendering.creator = $10 and rendering.stand_in = $11
           group by 1, 2, 3, 4 order by count(*) desc, 2, 4",
        walk::reached()
    );
    let rows: Vec<CountRow> = walk::query(sql, &everything)
        .bind::<Text, _>(name(viewers.creator.as_deref()))
        .bind::<Text, _>(name(viewers.stand_in.as_deref()))
        .load(db)?;
    let counts = rows.into_iter().map(|row| RenderingCount {
        viewer: Viewer::parse(&row.viewer).filter(|_| row.is_rendered),
        withheld: row.withheld,
        reason: row.reason,
        pages: row.pages,
        last_at: row.last_at,
    });
    Ok(counts.collect())
}

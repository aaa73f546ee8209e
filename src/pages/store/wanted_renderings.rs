//! Which pages are to be rendered for which viewers: those that shares of an app's connection reach.
//!
//! A row of `viewer_rendering` of version 0 says that a rendering is wanted; the page is made due with it, so that one
//! refresh serves all viewers.

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::OffsetDateTime;
use uuid::Uuid;

use super::outline::{ANOTHER_VERSION, FOLDER_BODY};
use super::viewer_renderings::name;
use super::walk;
use crate::db::DbError;
use crate::pages::scope::{ContentScope, PageLimits, Reach, RestrictedPages, Viewers};
use crate::pages::viewer::WantedRendering;

/// Of a share that still counts: it is followed as long as it has not ended, enabled or not.
const COUNTS: &str = "coalesce(share.expires_at > $2, true)";

/// A share of an app's connection, as far as it decides what is rendered for whom.
#[derive(Debug, QueryableByName)]
pub struct RenderedShare {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: OffsetDateTime,
    /// When what it shows was last listed.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub listed_at: Option<OffsetDateTime>,
    #[diesel(sql_type = SqlUuid)]
    pub connection_id: Uuid,
    #[diesel(sql_type = Text)]
    scope: String,
    #[diesel(sql_type = Text)]
    space_key: String,
    #[diesel(sql_type = Nullable<Text>)]
    root_content_id: Option<String>,
    #[diesel(sql_type = Text)]
    restricted_pages: String,
    #[diesel(sql_type = Array<Text>)]
    include_labels: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    exclude_labels: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    creator_person: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    stand_in_person: Option<String>,
}

impl RenderedShare {
    /// In whose names its pages are rendered.
    pub fn people(&self) -> Vec<String> {
        let people = self.creator_person.iter().chain(&self.stand_in_person);
        people.cloned().collect()
    }

    fn viewers(&self) -> Viewers {
        Viewers {
            creator: self.creator_person.clone(),
            stand_in: self.stand_in_person.clone(),
        }
    }

    /// Without viewers: what is withheld has to be rendered again, too.
    fn reach(&self) -> ContentScope {
        let root = self.root_content_id.clone();
        let reach = match (self.scope.as_str(), root) {
            ("space", home) => Reach::Space { home },
            ("tree", Some(root)) => Reach::Tree { root },
            // The database sees to it that all but a space have a root.
            (_, root) => Reach::One {
                root: root.unwrap_or_default(),
            },
        };
        ContentScope {
            connection_id: self.connection_id,
            space_key: self.space_key.clone(),
            reach,
            limits: PageLimits {
                restricted_pages: match self.restricted_pages.as_str() {
                    "all" => RestrictedPages::All,
                    "root" => RestrictedPages::Root,
                    _ => RestrictedPages::None,
                },
                include_labels: self.include_labels.clone(),
                exclude_labels: self.exclude_labels.clone(),
            },
            viewers: None,
        }
    }
}

/// The shares whose pages are rendered for viewers, of one connection or of all: those of apps.
pub fn rendered_shares(
    db: &mut PgConnection,
    connection_id: Option<Uuid>,
    now: OffsetDateTime,
) -> Result<Vec<RenderedShare>, DbError> {
    Ok(diesel::sql_query(format!(
        "select share.id, share.updated_at, root.listed_at, share.connection_id, share.scope, share.space_key,
             share.root_content_id, share.restricted_pages, share.include_labels, share.exclude_labels,
             share.creator_person, share.stand_in_person
           from shared_page share
             join connection on connection.id = share.connection_id and connection.auth = 'app'
             left join followed_root root
               on root.connection_id = share.connection_id and root.scope = share.scope
                 and root.space_key = share.space_key
                 and root.root_content_id = case when share.scope = 'space' then '' else share.root_content_id end
           where share.connection_id = coalesce($1, share.connection_id) and {COUNTS}"
    ))
    .bind::<Nullable<SqlUuid>, _>(connection_id)
    .bind::<Timestamptz, _>(now)
    .load(db)?)
}

/// Wants a rendering of every page that the share reaches.
pub fn want_all(
    db: &mut PgConnection,
    share: &RenderedShare,
    now: OffsetDateTime,
) -> Result<usize, DbError> {
    let which = format!(
        "page.content_id in (select content_id from reached) and page.body <> '{FOLDER_BODY}'"
    );
    want(db, &share.reach(), &share.viewers(), &which, "", now)
}

/// The same of one page, which somebody wants to read.
pub fn want_one(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    viewers: &Viewers,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    let scope = ContentScope {
        connection_id,
        space_key: String::new(),
        reach: Reach::One {
            root: content_id.to_owned(),
        },
        limits: PageLimits::NONE,
        viewers: None,
    };
    want(
        db,
        &scope,
        viewers,
        "page.content_id = $13",
        content_id,
        now,
    )?;
    Ok(())
}

/// What the creator saw beside another stand-in is shown until the page was rendered anew, so that a change of the stand-in
/// takes no page away. Pages that were fetched before are due again.
fn want(
    db: &mut PgConnection,
    scope: &ContentScope,
    viewers: &Viewers,
    which: &str,
    named: &str,
    now: OffsetDateTime,
) -> Result<usize, DbError> {
    let sql = format!(
        "{}, wanted as (
           insert into viewer_rendering (connection_id, content_id, creator, stand_in, version, body, viewer, withheld, reason, fetched_at)
             select page.connection_id, page.content_id, $10, $11, coalesce(known.version, 0), known.body,
                 coalesce(known.viewer, 'none'), coalesce(known.withheld, false), known.reason, coalesce(known.fetched_at, $12)
               from page_snapshot page
                 left join lateral (
                   select * from viewer_rendering rendering
                     where rendering.connection_id = $1 and rendering.content_id = page.content_id and rendering.creator = $10
                       and rendering.creator <> '' and rendering.viewer = 'creator' and rendering.version > 0
                     order by rendering.fetched_at desc limit 1) known on true
               where page.connection_id = $1 and {which}
             on conflict do nothing
             returning content_id)
         update page_snapshot set listed_version = {ANOTHER_VERSION}, retry_at = null
           where connection_id = $1 and fetched_at is not null and content_id in (select content_id from wanted)",
        walk::reached()
    );
    Ok(walk::query(sql, scope)
        .bind::<Text, _>(name(viewers.creator.as_deref()))
        .bind::<Text, _>(name(viewers.stand_in.as_deref()))
        .bind::<Timestamptz, _>(now)
        .bind::<Text, _>(named)
        .execute(db)?)
}

#[derive(QueryableByName)]
struct WantedRow {
    #[diesel(sql_type = Text)]
    creator: String,
    #[diesel(sql_type = Text)]
    stand_in: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_rendered: bool,
}

/// The renderings that are wanted of a page, for shares that still count.
pub fn of_page(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    now: OffsetDateTime,
) -> Result<Vec<WantedRendering>, DbError> {
    let rows: Vec<WantedRow> = diesel::sql_query(format!(
        "select creator, stand_in, version > 0 as is_rendered from viewer_rendering rendering
           where connection_id = $1 and content_id = $3 and exists (
             select from shared_page share
               where share.connection_id = $1 and {COUNTS}
                 and coalesce(share.creator_person, '') = rendering.creator
                 and coalesce(share.stand_in_person, '') = rendering.stand_in)
           order by creator, stand_in"
    ))
    .bind::<SqlUuid, _>(connection_id)
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(content_id)
    .load(db)?;
    let person = |name: String| Some(name).filter(|name| !name.is_empty());
    let wanted = rows.into_iter().map(|row| WantedRendering {
        viewers: Viewers {
            creator: person(row.creator),
            stand_in: person(row.stand_in),
        },
        is_rendered: row.is_rendered,
    });
    Ok(wanted.collect())
}

/// Forgets what was rendered for shares that are gone, and makes pages due that were last rendered before `stale_before`.
///
/// Rights may have changed although the page did not. What is withheld or restricted is rendered again within two hours.
pub fn clean_up(
    db: &mut PgConnection,
    stale_before: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::sql_query(format!(
        "delete from viewer_rendering rendering where not exists (
           select from shared_page share
             where share.connection_id = rendering.connection_id and {COUNTS}
               and coalesce(share.creator_person, '') = rendering.creator
               and coalesce(share.stand_in_person, '') = rendering.stand_in)"
    ))
    .bind::<Timestamptz, _>(stale_before)
    .bind::<Timestamptz, _>(now)
    .execute(db)?;
    diesel::sql_query(format!(
        "update page_snapshot page set listed_version = {ANOTHER_VERSION}
           where gone_at is null and fetched_at is not null and exists (
             select from viewer_rendering rendering
               where rendering.connection_id = page.connection_id and rendering.content_id = page.content_id
                 and rendering.version > 0
                 and rendering.fetched_at < case when rendering.withheld or page.view_restricted then $1 + interval '23 hours' else $1 end)"
    ))
    .bind::<Timestamptz, _>(stale_before)
    .execute(db)?;
    Ok(())
}

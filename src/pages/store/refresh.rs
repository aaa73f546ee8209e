//! Bodies of live pages: which are due, who takes them, what came of it. Which pages there are is `outline`'s subject.
//!
//! A body is only ever replaced by a fetched one.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::format_word;
use super::outline::FOLDER_BODY;
use super::viewer_renderings;
use crate::content::BodyFormat;
use crate::db::DbError;
use crate::pages::model::PageKind;
use crate::pages::scope::Viewers;
use crate::schema::page_snapshot;

/// Which pages have a body that is to be fetched without being asked for: no folders, and restricted pages only for
/// shares that show such pages.
///
/// Compared whole, for that costs no look into long bodies.
pub(super) fn is_wanted() -> String {
    format!(
        "page.body <> '{FOLDER_BODY}' and (not page.view_restricted or exists (
           select from shared_page share
             where share.connection_id = page.connection_id
               and (share.restricted_pages = 'all'
                 or share.restricted_pages = 'root' and share.root_content_id = page.content_id)))"
    )
}

/// How long a node may take for one page before another one tries.
const TAKEN: Duration = Duration::minutes(2);

/// A page whose refresh this node has taken.
#[derive(Debug, Clone, QueryableByName)]
pub struct TakenPage {
    #[diesel(sql_type = Text)]
    pub content_id: String,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Integer)]
    pub version: i32,
    #[diesel(sql_type = Nullable<Integer>)]
    pub listed_version: Option<i32>,
    #[diesel(sql_type = Bool)]
    pub has_storage: bool,
    #[diesel(sql_type = Bool)]
    pub has_export_view: bool,
    #[diesel(sql_type = Bool)]
    pub view_restricted: bool,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub fetched_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub files_listed_at: Option<OffsetDateTime>,
    #[diesel(sql_type = Integer)]
    pub failures: i32,
}

impl TakenPage {
    pub fn kind(&self) -> PageKind {
        // The database allows only the two words.
        PageKind::parse(&self.kind).unwrap_or(PageKind::Page)
    }
}

const TAKE: &str = "
    update page_snapshot set taken_until = $3
      where (connection_id, content_id) in (
        select connection_id, content_id from page_snapshot page
          where connection_id = $1 and gone_at is null and coalesce(taken_until <= $2, true) and";

const TAKEN_COLUMNS: &str = "
          for update skip locked)
      returning content_id, kind, title, version, listed_version,
        coalesce(storage_body, case when body_format = 'storage' then body end, '') <> '' as has_storage,
        body_format = 'export_view' as has_export_view, view_restricted,
        fetched_at, files_listed_at, failures";

/// Takes some pages whose bodies are due, those of which there is none first.
pub fn take_due_pages(
    db: &mut PgConnection,
    connection_id: Uuid,
    limit: i64,
    now: OffsetDateTime,
) -> Result<Vec<TakenPage>, DbError> {
    let wanted = is_wanted();
    let query = format!(
        "{TAKE} (fetched_at is null or listed_version is distinct from version) and coalesce(retry_at <= $2, true) and {wanted}
          order by version > 0, position limit $4 {TAKEN_COLUMNS}"
    );
    Ok(diesel::sql_query(query)
        .bind::<SqlUuid, _>(connection_id)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now + TAKEN)
        .bind::<BigInt, _>(limit)
        .load(db)?)
}

/// Takes one page that somebody looks at: when its body was never fetched, or was last compared before `stale_before`.
/// `None` when it is fresh, or another node has taken it.
pub fn take_page(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    stale_before: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Option<TakenPage>, DbError> {
    let query = format!(
        "{TAKE} content_id = $4 and body <> $6
          and (fetched_at is null or fetched_at <= $5 or files_listed_at is null) and coalesce(retry_at <= $2, true) {TAKEN_COLUMNS}"
    );
    Ok(diesel::sql_query(query)
        .bind::<SqlUuid, _>(connection_id)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now + TAKEN)
        .bind::<Text, _>(content_id)
        .bind::<Timestamptz, _>(stale_before)
        .bind::<Text, _>(FOLDER_BODY)
        .get_result(db)
        .optional()?)
}

/// A fetched body with what belongs to it.
#[derive(Debug)]
pub struct FetchedBody<'a> {
    pub title: Option<&'a str>,
    pub version: i32,
    pub body: &'a str,
    pub format: BodyFormat,
    /// Beside an export view.
    pub storage: Option<&'a str>,
    pub author_name: Option<&'a str>,
    pub modified_at: Option<OffsetDateTime>,
    pub labels: Option<&'a [String]>,
    pub view_restricted: Option<bool>,
    /// `None` leaves what is known.
    pub comments: Option<&'a serde_json::Value>,
    /// Nothing more has to be fetched of this version; otherwise it stays due.
    pub is_whole: bool,
    /// The version that was stored when the fetch began: a site that went back to an older one is believed.
    pub instead_of: i32,
}

/// Puts a fetched body in the place of the old one. `true` when that changes anything that readers see.
///
/// A version that was stored since the fetch began is left alone if it is newer: two nodes may fetch at the same time.
pub fn store_body(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    fetched: &FetchedBody<'_>,
    now: OffsetDateTime,
) -> Result<bool, DbError> {
    let before: Option<BodyRow> = page_snapshot::table
        .find((connection_id, content_id))
        .select(BodyRow::as_select())
        .for_update()
        .first(db)
        .optional()?;
    let Some(before) =
        before.filter(|before| before.version <= fetched.version.max(fetched.instead_of))
    else {
        return Ok(false);
    };
    let labels = fetched
        .labels
        .map(|labels| labels.iter().cloned().map(Some).collect::<Vec<_>>());
    let changed = before.differs_from(fetched, labels.as_deref());
    diesel::update(page_snapshot::table.find((connection_id, content_id)))
        .set((
            fetched.title.map(|title| page_snapshot::title.eq(title)),
            page_snapshot::body.eq(fetched.body),
            page_snapshot::body_format.eq(format_word(fetched.format)),
            page_snapshot::storage_body.eq(fetched.storage),
            page_snapshot::version.eq(fetched.version),
            page_snapshot::listed_version.eq(fetched.version),
            fetched
                .author_name
                .map(|name| page_snapshot::author_name.eq(name)),
            fetched
                .modified_at
                .map(|at| page_snapshot::modified_at.eq(at)),
            labels.map(|labels| page_snapshot::labels.eq(labels)),
            fetched
                .view_restricted
                .map(|restricted| page_snapshot::view_restricted.eq(restricted)),
            fetched
                .comments
                .map(|comments| page_snapshot::comments.eq(comments)),
            page_snapshot::fetched_at.eq(fetched.is_whole.then_some(now)),
            page_snapshot::taken_until.eq(None::<OffsetDateTime>),
            fetched.is_whole.then_some(page_snapshot::failures.eq(0)),
            page_snapshot::failure.eq(None::<String>),
            page_snapshot::retry_at.eq(None::<OffsetDateTime>),
        ))
        .execute(db)?;
    Ok(changed)
}

/// What readers see of a page, as it was stored before.
#[derive(Queryable, Selectable)]
#[diesel(table_name = page_snapshot, check_for_backend(diesel::pg::Pg))]
struct BodyRow {
    body: String,
    body_format: String,
    version: i32,
    view_restricted: bool,
    labels: Vec<Option<String>>,
    title: String,
    comments: Option<serde_json::Value>,
}

impl BodyRow {
    fn differs_from(&self, fetched: &FetchedBody<'_>, labels: Option<&[Option<String>]>) -> bool {
        self.body != fetched.body
            || self.body_format != format_word(fetched.format)
            || self.version != fetched.version
            || fetched
                .view_restricted
                .is_some_and(|restricted| restricted != self.view_restricted)
            || fetched.title.is_some_and(|title| title != self.title)
            || labels.is_some_and(|labels| labels != self.labels)
            || fetched
                .comments
                .is_some_and(|comments| self.comments.as_ref() != Some(comments))
    }
}

/// The body could not be fetched; what is stored stays, and the next try waits.
pub fn fail_page(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    sentence: &str,
    retry_at: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(page_snapshot::table.find((connection_id, content_id)))
        .set((
            page_snapshot::failures.eq(page_snapshot::failures + 1),
            page_snapshot::failure.eq(sentence),
            page_snapshot::retry_at.eq(retry_at),
            page_snapshot::taken_until.eq(None::<OffsetDateTime>),
        ))
        .execute(db)?;
    Ok(())
}

/// Gives a taken page back: the site as a whole could not be asked.
pub fn release_page(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<(), DbError> {
    diesel::update(page_snapshot::table.find((connection_id, content_id)))
        .set(page_snapshot::taken_until.eq(None::<OffsetDateTime>))
        .execute(db)?;
    Ok(())
}

/// Pages that failed may be tried again at once.
pub fn forget_waits(db: &mut PgConnection, connection_id: Uuid) -> Result<(), DbError> {
    diesel::update(page_snapshot::table)
        .filter(page_snapshot::connection_id.eq(connection_id))
        .filter(page_snapshot::retry_at.is_not_null())
        .set(page_snapshot::retry_at.eq(None::<OffsetDateTime>))
        .execute(db)?;
    Ok(())
}

/// The stored storage format of a page, if there is one.
pub fn find_storage(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<Option<String>, DbError> {
    let row: Option<(Option<String>, String, String)> = page_snapshot::table
        .find((connection_id, content_id))
        .select((
            page_snapshot::storage_body,
            page_snapshot::body_format,
            page_snapshot::body,
        ))
        .first(db)
        .optional()?;
    Ok(row.and_then(|(storage, format, body)| {
        storage.or_else(|| {
            (format == format_word(BodyFormat::Storage) && !body.is_empty()).then_some(body)
        })
    }))
}

/// The space a stored page is in.
pub fn space_of(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<Option<String>, DbError> {
    Ok(page_snapshot::table
        .find((connection_id, content_id))
        .select(page_snapshot::space_key)
        .first(db)
        .optional()?)
}

pub fn record_files_listed(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    diesel::update(page_snapshot::table.find((connection_id, content_id)))
        .set(page_snapshot::files_listed_at.eq(now))
        .execute(db)?;
    Ok(())
}

/// Whether anything is stored of a page, seen or not.
pub fn is_known(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<bool, DbError> {
    let page = page_snapshot::table.find((connection_id, content_id));
    Ok(diesel::select(diesel::dsl::exists(page)).get_result(db)?)
}

/// Whether a page's body was ever fetched whole.
pub fn is_fetched(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
) -> Result<bool, DbError> {
    let page = page_snapshot::table
        .find((connection_id, content_id))
        .filter(page_snapshot::fetched_at.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(page)).get_result(db)?)
}

/// How a page's body is doing, for a reader who waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyState {
    There,
    Coming,
    /// With a sentence.
    Failed(String),
    NoPage,
}

/// `viewers`: those of whoever waits, where pages are rendered for viewers.
pub fn body_state(
    db: &mut PgConnection,
    connection_id: Uuid,
    content_id: &str,
    viewers: Option<&Viewers>,
) -> Result<BodyState, DbError> {
    let row: Option<(i32, Option<String>)> = page_snapshot::table
        .find((connection_id, content_id))
        .filter(page_snapshot::gone_at.is_null())
        .select((page_snapshot::version, page_snapshot::failure))
        .first(db)
        .optional()?;
    let Some((version, failure)) = row else {
        return Ok(BodyState::NoPage);
    };
    let is_seen = match viewers {
        Some(viewers) => viewer_renderings::is_rendered(db, connection_id, content_id, viewers)?,
        None => true,
    };
    Ok(match (version > 0 && is_seen, failure) {
        (true, _) => BodyState::There,
        (false, None) => BodyState::Coming,
        (false, Some(sentence)) => BodyState::Failed(sentence),
    })
}

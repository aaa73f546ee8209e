//! Every query on snapshots, by subject. What may be seen is decided in `reach`, in SQL, on each request.

pub mod attachments;
pub mod changes;
pub mod comments;
pub mod connections;
pub mod followed;
pub mod freshness;
pub mod leak;
pub mod listing;
pub mod outline;
pub mod people;
pub mod reach;
pub mod refresh;
pub mod search;
pub mod viewer_renderings;
mod walk;
pub mod wanted_renderings;
pub mod write;

use diesel::prelude::*;
use time::OffsetDateTime;

use super::model::{Page, PageKind, PageSummary};
use crate::content::BodyFormat;
use crate::schema::page_snapshot;

/// Columns of a [`PageSummary`], in its order.
#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = page_snapshot, check_for_backend(diesel::pg::Pg))]
pub(super) struct SummaryRow {
    pub(super) content_id: String,
    pub(super) kind: String,
    pub(super) space_key: String,
    pub(super) title: String,
    pub(super) parent_content_id: Option<String>,
    pub(super) view_restricted: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = page_snapshot, check_for_backend(diesel::pg::Pg))]
pub(super) struct PageRow {
    #[diesel(embed)]
    summary: SummaryRow,
    body: String,
    body_format: String,
    version: i32,
    author_name: Option<String>,
    created_at: Option<OffsetDateTime>,
    modified_at: Option<OffsetDateTime>,
    labels: Vec<Option<String>>,
    storage_body: Option<String>,
}

impl From<SummaryRow> for PageSummary {
    fn from(row: SummaryRow) -> Self {
        Self {
            content_id: row.content_id,
            // The database allows only the two words.
            kind: PageKind::parse(&row.kind).unwrap_or(PageKind::Page),
            space_key: row.space_key,
            title: row.title,
            parent_content_id: row.parent_content_id,
            view_restricted: row.view_restricted,
        }
    }
}

impl From<PageRow> for Page {
    fn from(row: PageRow) -> Self {
        Self {
            summary: row.summary.into(),
            body: row.body,
            format: parse_format(&row.body_format),
            version: row.version,
            author_name: row.author_name,
            created_at: row.created_at,
            modified_at: row.modified_at,
            labels: row.labels.into_iter().flatten().collect(),
            storage: row.storage_body,
        }
    }
}

/// The word in the database.
pub(super) fn format_word(format: BodyFormat) -> &'static str {
    match format {
        BodyFormat::Storage => "storage",
        BodyFormat::WikiMarkup => "wiki_markup",
        BodyFormat::ExportView => "export_view",
    }
}

fn parse_format(word: &str) -> BodyFormat {
    match word {
        "wiki_markup" => BodyFormat::WikiMarkup,
        "export_view" => BodyFormat::ExportView,
        _ => BodyFormat::Storage,
    }
}

//! From what an admin pastes to a page of the connection: a Confluence address in any of its forms, an id, or
//! `SPACE:Title`.

use diesel::PgConnection;
use uuid::Uuid;

use super::model::PageSummary;
use super::store::listing;
use crate::content::wiki_url::{WikiTarget, recognise_anywhere};
use crate::db::DbError;

/// `None` when the text names no page of this connection.
pub fn resolve(
    db: &mut PgConnection,
    connection_id: Uuid,
    pasted: &str,
) -> Result<Option<PageSummary>, DbError> {
    let text = pasted.trim();
    if text.is_empty() || text.len() > 4000 || text.contains('\0') {
        return Ok(None);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return listing::find_summary(db, connection_id, text);
    }
    if text.starts_with("http://") || text.starts_with("https://") || text.starts_with('/') {
        return match recognise_anywhere(text) {
            Some(WikiTarget::PageById(id)) => listing::find_summary(db, connection_id, &id),
            // An address can hold an encoded NUL, which no text in the database can.
            Some(WikiTarget::PageByTitle { space_key, title })
                if !space_key.contains('\0') && !title.contains('\0') =>
            {
                listing::find_by_title(db, connection_id, Some(&space_key), &title)
            }
            _ => Ok(None),
        };
    }
    let Some((space_key, title)) = text.split_once(':') else {
        return Ok(None);
    };
    listing::find_by_title(db, connection_id, Some(space_key.trim()), title)
}

//! Names of the people that pages mention.

use diesel::prelude::*;
use uuid::Uuid;

use crate::db::DbError;
use crate::schema::wiki_user;

/// The display name of a person, by user key or user name.
pub fn find_user_name(
    db: &mut PgConnection,
    connection_id: Uuid,
    key: &str,
) -> Result<Option<String>, DbError> {
    Ok(wiki_user::table
        .filter(wiki_user::connection_id.eq(connection_id))
        .filter(wiki_user::user_key.eq(key).or(wiki_user::username.eq(key)))
        .select(wiki_user::display_name)
        .first(db)
        .optional()?)
}

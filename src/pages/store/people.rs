//! Names of the people that pages mention.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid as SqlUuid};
use uuid::Uuid;

use crate::confluence::model::Person;
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

/// Display names by user key, for many at once.
pub fn find_names(
    db: &mut PgConnection,
    connection_id: Uuid,
    keys: &[String],
) -> Result<HashMap<String, String>, DbError> {
    let rows: Vec<(String, String)> = wiki_user::table
        .filter(wiki_user::connection_id.eq(connection_id))
        .filter(wiki_user::user_key.eq_any(keys))
        .select((wiki_user::user_key, wiki_user::display_name))
        .load(db)?;
    Ok(rows.into_iter().collect())
}

/// Somebody else in whose name pages of the connection's shares are rendered.
pub fn find_other(
    db: &mut PgConnection,
    connection_id: Uuid,
    than: &str,
) -> Result<Option<String>, DbError> {
    #[derive(QueryableByName)]
    struct Other {
        #[diesel(sql_type = Text)]
        person: String,
    }
    let other: Option<Other> = diesel::sql_query(
        "select person from shared_page share, unnest(array[creator_person, stand_in_person]) person
           where share.connection_id = $1 and person <> $2
           order by share.updated_at desc limit 1",
    )
    .bind::<SqlUuid, _>(connection_id)
    .bind::<Text, _>(than)
    .get_result(db)
    .optional()?;
    Ok(other.map(|other| other.person))
}

/// Keeps names that a live site told.
pub fn store_names(
    db: &mut PgConnection,
    connection_id: Uuid,
    people: &[Person],
) -> Result<(), DbError> {
    for person in people {
        let name = person.display_name.replace('\0', "");
        diesel::insert_into(wiki_user::table)
            .values((
                wiki_user::connection_id.eq(connection_id),
                wiki_user::user_key.eq(&person.id),
                wiki_user::username.eq(person.username.as_deref().unwrap_or_default()),
                wiki_user::display_name.eq(&name),
            ))
            .on_conflict((wiki_user::connection_id, wiki_user::user_key))
            .do_update()
            .set(wiki_user::display_name.eq(&name))
            .execute(db)?;
    }
    Ok(())
}

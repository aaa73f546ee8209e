//! What people of a site are called.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Connections, LiveError};
use crate::confluence::Client;
use crate::pages::store::people;

impl Connections {
    /// Display names by id: stored ones from the database, the others from the site.
    pub async fn names_of(
        &self,
        connection_id: Uuid,
        client: &Client,
        ids: Vec<String>,
    ) -> Result<HashMap<String, String>, LiveError> {
        let asked = ids.clone();
        let mut names = self
            .db
            .run(move |db| people::find_names(db, connection_id, &asked))
            .await?;
        let unknown: Vec<String> = ids
            .into_iter()
            .filter(|id| !names.contains_key(id))
            .collect();
        if unknown.is_empty() {
            return Ok(names);
        }
        let found = match client.people(&unknown).await {
            Ok(found) => found,
            Err(error) if error.is_transient() => return Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "names of authors are not told");
                return Ok(names);
            }
        };
        names.extend(
            found
                .iter()
                .map(|person| (person.id.clone(), person.display_name.clone())),
        );
        self.db
            .run(move |db| people::store_names(db, connection_id, &found))
            .await?;
        Ok(names)
    }
}

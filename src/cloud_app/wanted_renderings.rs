//! Which viewer renderings are wanted: of what the shares of an app's connection show, and of what a reader waits for. How
//! they are had is `viewer_rendering`'s subject.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, MutexGuard, PoisonError};

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{CloudApp, ShareState};
use crate::connections::LiveError;
use crate::pages::scope::ContentScope;
use crate::pages::store::wanted_renderings;

impl CloudApp {
    /// Wants renderings of what shares of an app's connection show, or all of them, when they or their pages have changed.
    pub async fn want_renderings(
        self: &Arc<Self>,
        connection_id: Option<Uuid>,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let shares = self
            .db
            .run(move |db| wanted_renderings::rendered_shares(db, connection_id, now))
            .await?;
        if connection_id.is_none() {
            let ids: HashSet<Uuid> = shares.iter().map(|share| share.id).collect();
            self.wanted_of().retain(|id, _| ids.contains(id));
        }
        for share in shares {
            let (id, state) = (share.id, (share.updated_at, share.listed_at));
            let (connection_id, people) = (share.connection_id, share.people());
            if self.wanted_of().get(&id) == Some(&state) {
                continue;
            }
            self.db
                .run(move |db| wanted_renderings::want_all(db, &share, now))
                .await?;
            self.wanted_of().insert(id, state);
            self.learn_names(connection_id, people, now).await;
        }
        Ok(())
    }

    /// What the people of a share are called, for the admin; a site that does not tell is asked the next time.
    async fn learn_names(
        self: &Arc<Self>,
        connection_id: Uuid,
        people: Vec<String>,
        now: OffsetDateTime,
    ) {
        if people.is_empty() {
            return;
        }
        let learned = match self.connections.access(connection_id, now).await {
            Ok(access) => {
                self.connections
                    .names_of(connection_id, &access.client, people)
                    .await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = learned {
            tracing::debug!(connection = %connection_id, %error, "names of a share's people are not told");
        }
    }

    fn wanted_of(&self) -> MutexGuard<'_, HashMap<Uuid, ShareState>> {
        self.wanted_of
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Wants a rendering of a page that a reader of this scope waits for.
    pub async fn want_rendering(
        &self,
        scope: &ContentScope,
        content_id: &str,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let Some(viewers) = scope.viewers.clone() else {
            return Ok(());
        };
        let (connection_id, id) = (scope.connection_id, content_id.to_owned());
        let wanted = move |db: &mut PgConnection| {
            wanted_renderings::want_one(db, connection_id, &id, &viewers, now)
        };
        Ok(self.db.run(wanted).await?)
    }
}

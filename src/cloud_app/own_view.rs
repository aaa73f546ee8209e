//! What somebody sees at a site who asks in their own name. The answers are kept for a short while, for each person apart.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};
use time::OffsetDateTime;
use uuid::Uuid;

use super::CloudApp;
use super::asker::Asker;
use crate::confluence::{ConfluenceError, Problem};
use crate::connections::{LiveError, is_not_found};

/// Requests of one person at once.
const AT_ONCE: usize = 4;

impl CloudApp {
    /// Which of the pages there are for the one who asks.
    pub async fn sees(
        self: &Arc<Self>,
        connection_id: Uuid,
        asker: &Asker,
        who: Uuid,
        content_ids: &[String],
        now: OffsetDateTime,
    ) -> Result<HashMap<String, bool>, LiveError> {
        let mut cached = HashMap::new();
        let mut open = Vec::new();
        for id in content_ids {
            match self.own_views.get(&(connection_id, who, id.clone())) {
                Some(seen) => drop(cached.insert(id.clone(), seen)),
                None => open.push(id.clone()),
            }
        }
        if open.is_empty() {
            return Ok(cached);
        }
        let access = self.access_as(connection_id, asker, now).await?;
        let client = &access.client;
        let asked: Vec<(String, bool)> = futures_util::stream::iter(open)
            .map(|id| async move {
                let seen = is_there(client.find_by_id(&id).await.map(|page| page.is_some()))?;
                Ok::<_, LiveError>((id, seen))
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        for (id, seen) in asked {
            self.own_views
                .insert((connection_id, who, id.clone()), seen);
            cached.insert(id, seen);
        }
        Ok(cached)
    }

    /// Whether there is this space for the one who asks.
    pub async fn sees_space(
        self: &Arc<Self>,
        connection_id: Uuid,
        asker: &Asker,
        who: Uuid,
        key: &str,
        now: OffsetDateTime,
    ) -> Result<bool, LiveError> {
        let view = (connection_id, who, format!("space {key}"));
        if let Some(seen) = self.own_views.get(&view) {
            return Ok(seen);
        }
        let access = self.access_as(connection_id, asker, now).await?;
        let seen = is_there(access.client.space(key).await.map(|_space| true))?;
        self.own_views.insert(view, seen);
        Ok(seen)
    }
}

/// A refusal of this one thing is an answer.
fn is_there(asked: Result<bool, ConfluenceError>) -> Result<bool, LiveError> {
    match asked {
        Err(error)
            if is_not_found(&error) || matches!(error.problem, Problem::Forbidden { .. }) =>
        {
            Ok(false)
        }
        other => Ok(other?),
    }
}

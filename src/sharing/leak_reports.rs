//! When a share's leak report is made: as soon as somebody asks, and after its content has changed. The bridge between
//! shares and the reports of `pages`, which do not know each other.

use std::time::Duration;

use time::OffsetDateTime;

use super::content_scope::content_scope;
use crate::content::ExternalLinks;
use crate::db::Db;
use crate::pages::leak_report::{self, Subject};
use crate::pages::store::leak;
use crate::shares::share::{self, Share, ShareId};
use crate::shares::store::{self, ContentSource, StoreError};

/// How long nobody looks for reports that are due.
const REST: Duration = Duration::from_secs(10);

/// Runs until the process ends. Each share is looked at by one node at a time.
pub async fn keep_leak_reports(db: Db, clock: fn() -> OffsetDateTime) {
    loop {
        match check_due(&db, clock()).await {
            Ok(Checked::One) => continue,
            Ok(Checked::Nothing) => {}
            Err(error) => tracing::warn!(%error, "a leak report was not made"),
        }
        tokio::time::sleep(REST).await;
    }
}

enum Checked {
    One,
    Nothing,
}

async fn check_due(db: &Db, now: OffsetDateTime) -> Result<Checked, StoreError> {
    let due = db.run(move |db| leak::take_due(db, now)).await?;
    let Some(share_id) = due else {
        return Ok(Checked::Nothing);
    };
    check_taken(db, share_id.into(), now).await?;
    Ok(Checked::One)
}

/// Makes a share's report anew; nothing when there is no such share.
pub async fn check_share(db: &Db, id: ShareId, now: OffsetDateTime) -> Result<(), StoreError> {
    let is_there = db
        .run(move |db| {
            let is_there = store::find_share(db, id)?.is_some();
            if is_there {
                leak::take(db, id.uuid(), now)?;
            }
            Ok::<_, StoreError>(is_there)
        })
        .await?;
    if is_there {
        check_taken(db, id, now).await?;
    }
    Ok(())
}

async fn check_taken(db: &Db, id: ShareId, begun_at: OffsetDateTime) -> Result<(), StoreError> {
    let found = db
        .run(move |db| store::find_connected_share(db, id))
        .await?;
    // Deleted meanwhile.
    let Some(found) = found else {
        return Ok(());
    };
    let report = leak_report::make_report(db, subject(&found.share, found.source)).await?;
    let revision = found.content_revision;
    db.run(move |db| leak::finish(db, id.uuid(), begun_at, revision, &report))
        .await?;
    Ok(())
}

fn subject(share: &Share, source: ContentSource) -> Subject {
    Subject {
        scope: content_scope(share, source),
        base_path: format!("/content/{}", share.id),
        external_links: match share.external_links {
            share::ExternalLinks::Keep => ExternalLinks::Keep,
            share::ExternalLinks::PlainText => ExternalLinks::PlainText,
        },
    }
}

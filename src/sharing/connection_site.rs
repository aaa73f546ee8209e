//! What is done with the site behind a live connection: testing it, having what is stored compared with it, taking an admin's
//! consent, and giving its webhooks another address.

use diesel::PgConnection;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::actor::Actor;
use super::connection_facts::ConnectionFacts;
use super::error::SharingError;
use super::facts::field;
use super::rights::MayAdminister;
use super::{Changed, Sharing};
use crate::audit;
use crate::audit::event::EventKind;
use crate::confluence::TestReport;
use crate::connections::consent::store_consent;
use crate::connections::{change, test as testing};
use crate::sync;

/// Makes every call that the portal needs, once; a site that was left alone since it refused the credentials is asked
/// again.
pub async fn test(
    sharing: &Sharing,
    actor: &Actor,
    right: MayAdminister,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<TestReport, SharingError> {
    let report = sharing.connections.ask_for_test(id, now).await?;
    let (actor, kept) = (actor.recorded(sharing.audit_addresses), report.clone());
    let keeping = sharing
        .db
        .run(move |db| record_test(db, &actor, right, id, &kept, now));
    keeping.await?;
    sharing.connections.wake();
    Ok(report)
}

/// Keeps the report of a test that was made. Without a [`Sharing`], for commands.
pub fn record_test(
    db: &mut PgConnection,
    actor: &audit::actor::Actor,
    _right: MayAdminister,
    id: Uuid,
    report: &TestReport,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    super::change(db, actor, now, |db| {
        let connection = ConnectionFacts::read(db, id)?;
        testing::record_test(db, id, report, now)?;
        let changes = vec![field("passed", Value::Null, json!(report.is_good()))];
        Ok(Changed {
            answer: (),
            events: vec![connection.event(EventKind::ConnectionTested, changes)],
        })
    })
}

/// Has one page, or everything, compared with the site, whatever its age.
pub async fn refresh(
    sharing: &Sharing,
    actor: &Actor,
    right: MayAdminister,
    id: Uuid,
    page: Option<String>,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let actor = actor.recorded(sharing.audit_addresses);
    let making = sharing
        .db
        .run(move |db| make_due(db, &actor, right, id, page.as_deref(), now));
    making.await?;
    sharing.connections.wake();
    Ok(())
}

/// The same without a [`Sharing`], for commands: a portal that runs does it.
pub fn make_due(
    db: &mut PgConnection,
    actor: &audit::actor::Actor,
    _right: MayAdminister,
    id: Uuid,
    page: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    super::change(db, actor, now, |db| {
        let connection = live(db, id)?;
        let changes = match page {
            Some(page) => {
                sync::refresh::refresh_page(db, id, page, now)?;
                vec![field("pageId", Value::Null, json!(page))]
            }
            None => {
                sync::refresh::refresh_all(db, id, now)?;
                Vec::new()
            }
        };
        Ok(Changed {
            answer: (),
            events: vec![connection.event(EventKind::ConnectionRefreshed, changes)],
        })
    })
}

/// Takes the code that an admin's browser brought back from Atlassian, and keeps the tokens that come of it.
pub async fn take_consent(
    sharing: &Sharing,
    actor: &Actor,
    _right: MayAdminister,
    id: Uuid,
    (code, redirect_uri): (&str, &str),
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let connections = &sharing.connections;
    let consent = connections
        .prepare_consent(id, code, redirect_uri, now)
        .await?;
    sharing
        .change(actor, now, move |db| {
            let connection = live(db, id)?;
            store_consent(db, &consent)?;
            Ok(Changed {
                answer: (),
                events: vec![connection.credentials_changed_from(&connection)],
            })
        })
        .await?;
    connections.begin_anew(id);
    connections.wake();
    Ok(())
}

/// Gives the site's webhooks another address and another secret; the old ones let nobody in any more.
pub async fn renew_webhook(
    sharing: &Sharing,
    actor: &Actor,
    _right: MayAdminister,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    sharing
        .change(actor, now, move |db| {
            let connection = live(db, id)?;
            change::renew_webhook(db, id)?;
            Ok(Changed {
                answer: (),
                events: vec![connection.event(EventKind::WebhookRenewed, Vec::new())],
            })
        })
        .await
}

/// A connection with a site behind it.
fn live(db: &mut PgConnection, id: Uuid) -> Result<ConnectionFacts, SharingError> {
    let connection = ConnectionFacts::read(db, id)?;
    let is_live = connection.is_live();
    is_live.then_some(connection).ok_or(SharingError::NotFound)
}

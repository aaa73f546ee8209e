//! Making and revoking tokens of the API.

use diesel::PgConnection;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::actor::Actor;
use super::error::SharingError;
use super::rights::MayAdminister;
use super::{Changed, Sharing, change_locally, facts};
use crate::accounts::api_token::{ApiToken, NewApiToken, PlainToken, TokenName, TokenScope};
use crate::accounts::store::api_token as store;
use crate::audit::event::{Event, EventKind, Subject, SubjectKind};

/// What somebody wants of a token.
#[derive(Debug)]
pub struct WantedToken {
    pub name: TokenName,
    pub scope: TokenScope,
    /// `None` for a token that lives until it is revoked.
    pub expires_at: Option<OffsetDateTime>,
}

/// Makes a token. The plain one is handed out here and never again.
pub async fn make(
    sharing: &Sharing,
    actor: &Actor,
    _right: MayAdminister,
    wanted: WantedToken,
    now: OffsetDateTime,
) -> Result<PlainToken, SharingError> {
    let author = actor.author();
    sharing
        .change(actor, now, move |db| insert(db, wanted, author, now))
        .await
}

/// The same for commands, which have a connection to the database and no more.
pub fn make_locally(
    db: &mut PgConnection,
    actor: &Actor,
    _right: MayAdminister,
    wanted: WantedToken,
    now: OffsetDateTime,
) -> Result<PlainToken, SharingError> {
    change_locally(db, actor, now, |db| insert(db, wanted, actor.author(), now))
}

/// Takes a token away. One that is gone already is no mistake.
pub async fn revoke(
    sharing: &Sharing,
    actor: &Actor,
    _right: MayAdminister,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    sharing
        .change(actor, now, move |db| {
            let Some(token) = store::delete_token(db, id)? else {
                return Ok(Changed::nothing(()));
            };
            let events = vec![Event {
                kind: EventKind::ApiTokenRevoked,
                subject: subject(&token),
                changes: Vec::new(),
            }];
            Ok(Changed { answer: (), events })
        })
        .await
}

fn insert(
    db: &mut PgConnection,
    wanted: WantedToken,
    created_by: String,
    now: OffsetDateTime,
) -> Result<Changed<PlainToken>, SharingError> {
    let new = NewApiToken {
        name: wanted.name,
        scope: wanted.scope,
        created_by,
        expires_at: wanted.expires_at,
    };
    let (token, plain) = store::insert_token(db, &new, now)?;
    let expires_at = token.expires_at.and_then(|at| at.format(&Rfc3339).ok());
    let events = vec![Event {
        kind: EventKind::ApiTokenMade,
        subject: subject(&token),
        changes: vec![
            facts::field("name", Value::Null, json!(token.name)),
            facts::field("scope", Value::Null, json!(token.scope.as_str())),
            facts::field("expiresAt", Value::Null, json!(expires_at)),
        ],
    }];
    Ok(Changed {
        answer: plain,
        events,
    })
}

fn subject(token: &ApiToken) -> Subject {
    Subject {
        kind: SubjectKind::ApiToken,
        id: Some(token.id),
        name: token.name.clone(),
    }
}

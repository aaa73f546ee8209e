//! What the audit record says of a share: its settings by the API's names, and which of them a change touched.

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::audit::event::{Event, EventKind, FieldChange, Subject, SubjectKind};
use crate::shares::share::{ExternalLinks, Share};

/// The share as a subject, as it is called now.
pub(super) fn subject(share: &Share) -> Subject {
    Subject {
        kind: SubjectKind::Share,
        id: Some(share.id.uuid()),
        name: share.name.clone(),
    }
}

/// An event of a share that says all there is to say by its kind.
pub(super) fn event(kind: EventKind, share: &Share, changes: Vec<FieldChange>) -> Event {
    Event {
        kind,
        subject: subject(share),
        changes,
    }
}

/// A field that has another value now.
pub(super) fn field(name: &'static str, from: Value, to: Value) -> FieldChange {
    FieldChange {
        field: name,
        from,
        to,
    }
}

/// The settings that differ. Passwords, secrets, who stands in and whether the share is enabled have events of their own.
pub(super) fn difference(old: &Share, new: &Share) -> Vec<FieldChange> {
    differing(settings(old), settings(new))
}

/// Of two lists of the same fields, those with another value.
pub(super) fn differing(
    old: Vec<(&'static str, Value)>,
    new: Vec<(&'static str, Value)>,
) -> Vec<FieldChange> {
    old.into_iter()
        .zip(new)
        .filter(|((_, from), (_, to))| from != to)
        .map(|((name, from), (_, to))| field(name, from, to))
        .collect()
}

/// Every setting, by its name in the API.
pub(super) fn settings(share: &Share) -> Vec<(&'static str, Value)> {
    let moment = |at: Option<OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok());
    vec![
        ("connectionId", json!(share.connection_id)),
        ("name", json!(share.name)),
        ("description", json!(share.description)),
        ("scope", json!(share.scope.kind().as_str())),
        ("spaceKey", json!(share.space_key)),
        ("root", json!(share.scope.root())),
        ("startsAt", json!(moment(share.starts_at))),
        ("expiresAt", json!(moment(share.expires_at))),
        ("passLifetimeSeconds", json!(share.pass_lifetime.seconds())),
        ("embedOrigins", json!(share.embed_origins.entries())),
        ("embedOnly", json!(share.embed_only)),
        (
            "options.externalLinks",
            json!(match share.external_links {
                ExternalLinks::Keep => "keep",
                ExternalLinks::PlainText => "plainText",
            }),
        ),
        (
            "options.restrictedPages",
            json!(share.restricted_pages.as_str()),
        ),
        (
            "options.includeLabels",
            json!(share.include_labels.entries()),
        ),
        (
            "options.excludeLabels",
            json!(share.exclude_labels.entries()),
        ),
        ("options.showComments", json!(share.show_comments)),
    ]
}

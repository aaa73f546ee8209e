//! An event of the audit record on the wire: as an answer of the API, as a line of JSON, and as a line of CSV. The command
//! line exports the same lines.

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::audit::stored_row::{PastChange, StoredRow};

/// Somebody did something.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// Counts without gaps from the portal's first event on.
    id: i64,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    actor: AuditActor,
    /// Of the client. Null where there was none, where the operator keeps none, and where it was erased.
    #[schema(required = true)]
    address: Option<String>,
    /// Such as `share.created`.
    kind: String,
    subject: AuditSubject,
    /// Fields that have other values than before; never secrets.
    changes: Vec<AuditChange>,
    /// Of the request, as the log has it.
    #[schema(required = true)]
    request_id: Option<String>,
    /// Something that the event said of a person was erased.
    erased: bool,
    /// The SHA-256 of the event before.
    previous_hash: String,
    /// SHA-256 over the one before and this event.
    hash: String,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditActor {
    /// `account`, `api_token`, `inside_person` (inside Confluence), `command_line`, `site` (a Confluence site), `portal` or
    /// `stranger` (not signed in).
    kind: String,
    /// Of the account, token or connection.
    #[schema(required = true)]
    id: Option<Uuid>,
    /// As it was then.
    #[schema(required = true)]
    name: Option<String>,
}

/// What it was done to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditSubject {
    /// `share`, `connection`, `installation`, `account`, `api_token`, `settings` or `audit`.
    kind: String,
    #[schema(required = true)]
    id: Option<Uuid>,
    /// As it was then.
    #[schema(required = true)]
    name: Option<String>,
}

/// A field with its old and new value.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditChange {
    field: String,
    /// Null where there was none.
    from: Value,
    /// Null where there is none any more.
    to: Value,
    /// The values were those of a person who was erased.
    erased: bool,
}

impl From<&StoredRow> for AuditEvent {
    fn from(row: &StoredRow) -> Self {
        let entry = &row.entry;
        Self {
            id: entry.seq,
            at: entry.at,
            actor: AuditActor {
                kind: entry.actor_kind.clone(),
                id: entry.actor_id,
                name: row.actor_name().map(str::to_owned),
            },
            address: row.address().map(str::to_owned),
            kind: entry.kind.clone(),
            subject: AuditSubject {
                kind: entry.subject_kind.clone(),
                id: entry.subject_id,
                name: row.subject_name().map(str::to_owned),
            },
            changes: row.changes().into_iter().map(AuditChange::from).collect(),
            request_id: entry.request_id.clone(),
            erased: row.is_erased(),
            previous_hash: row.previous_hash.to_string(),
            hash: row.hash.to_string(),
        }
    }
}

impl From<PastChange<'_>> for AuditChange {
    fn from(change: PastChange<'_>) -> Self {
        Self {
            field: change.field.to_owned(),
            from: change.from,
            to: change.to,
            erased: change.is_erased,
        }
    }
}

/// The names of the columns of [`csv_line`].
pub fn csv_head() -> String {
    let names = [
        "id",
        "at",
        "actorKind",
        "actorId",
        "actorName",
        "address",
        "kind",
        "subjectKind",
        "subjectId",
        "subjectName",
        "changes",
        "requestId",
        "erased",
        "previousHash",
        "hash",
    ];
    csv_row(names.map(str::to_owned))
}

/// One event, changes as JSON.
pub fn csv_line(row: &StoredRow) -> String {
    let event = AuditEvent::from(row);
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    csv_row([
        event.id.to_string(),
        event.at.format(&Rfc3339).unwrap_or_default(),
        event.actor.kind,
        id(event.actor.id),
        event.actor.name.unwrap_or_default(),
        event.address.unwrap_or_default(),
        event.kind,
        event.subject.kind,
        id(event.subject.id),
        event.subject.name.unwrap_or_default(),
        serde_json::to_string(&event.changes).unwrap_or_default(),
        event.request_id.unwrap_or_default(),
        event.erased.to_string(),
        event.previous_hash,
        event.hash,
    ])
}

/// One event on one line.
pub fn json_line(row: &StoredRow) -> String {
    let mut line = serde_json::to_string(&AuditEvent::from(row)).unwrap_or_default();
    line.push('\n');
    line
}

fn csv_row(cells: [String; 15]) -> String {
    let cells = cells.map(|cell| csv_cell(&cell));
    format!("{}\r\n", cells.join(","))
}

/// Quoted as RFC 4180 has it. A spreadsheet takes what begins with one of these signs for a formula, and names are typed by
/// people: the apostrophe makes it a text.
fn csv_cell(text: &str) -> String {
    let apostrophe = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        "'"
    } else {
        ""
    };
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::csv_cell;

    #[test]
    fn a_cell_is_quoted_and_never_a_formula() {
        assert_eq!(csv_cell("Manual"), r#""Manual""#);
        assert_eq!(csv_cell("a \"b\",\nc"), "\"a \"\"b\"\",\nc\"");
        assert_eq!(csv_cell("=1+1"), r#""'=1+1""#);
        assert_eq!(csv_cell("@SUM(A1)"), r#""'@SUM(A1)""#);
        assert_eq!(csv_cell("-2"), r#""'-2""#);
        assert_eq!(csv_cell("+2"), r#""'+2""#);
        assert_eq!(csv_cell("\t=1"), "\"'\t=1\"");
    }
}

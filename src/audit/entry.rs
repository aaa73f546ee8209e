//! One row of the record as plain values, as it is hashed and as it is stored.

use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// A row. Words are texts here, because a row must be checked also when somebody has put another word into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub seq: i64,
    pub version: i16,
    /// To the microsecond.
    pub at: OffsetDateTime,
    pub kind: String,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub subject_kind: String,
    pub subject_id: Option<Uuid>,
    pub subject_name: Option<String>,
    /// A list of objects with `field`, and with `from` and `to` unless these are personal.
    pub changes: Value,
    /// From fields of personal values to hexadecimal commitments.
    pub commitments: Value,
    pub request_id: Option<String>,
}

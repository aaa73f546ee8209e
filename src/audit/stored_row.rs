//! A row with what stands beside it, as it lies in the database.

use serde_json::Value;

use super::chain::Hash;
use super::entry::Entry;
use super::personal::PersonalValue;

/// What was recorded, as far as it was not erased.
pub struct StoredRow {
    pub entry: Entry,
    pub previous_hash: Hash,
    pub hash: Hash,
    pub beside: Vec<PersonalValue>,
}

/// One field's old and new value, as far as they were not erased.
#[derive(Debug, PartialEq)]
pub struct PastChange<'a> {
    pub field: &'a str,
    pub from: Value,
    pub to: Value,
    /// At least one of the values was of a person who was erased.
    pub is_erased: bool,
}

impl StoredRow {
    /// None where there was none, and where it was erased.
    pub fn actor_name(&self) -> Option<&str> {
        self.personal("actor.name")
    }

    /// Likewise.
    pub fn address(&self) -> Option<&str> {
        self.personal("actor.address")
    }

    /// Likewise.
    pub fn subject_name(&self) -> Option<&str> {
        let open = self.entry.subject_name.as_deref();
        open.or_else(|| self.personal("subject.name"))
    }

    /// Of the actor, the subject or the address something was erased.
    pub fn is_erased(&self) -> bool {
        ["actor.name", "actor.address", "subject.name"]
            .into_iter()
            .any(|field| self.is_committed(field) && self.personal(field).is_none())
    }

    pub fn changes(&self) -> Vec<PastChange<'_>> {
        let changes = self.entry.changes.as_array();
        let changes = changes.into_iter().flatten().map(|change| {
            let field = change.get("field").and_then(Value::as_str);
            let field = field.unwrap_or_default();
            let side = |side: &str| match change.get(side) {
                Some(open) => (open.clone(), false),
                None => self.personal_side(&format!("{field}.{side}")),
            };
            let (from, from_is_erased) = side("from");
            let (to, to_is_erased) = side("to");
            PastChange {
                field,
                from,
                to,
                is_erased: from_is_erased || to_is_erased,
            }
        });
        changes.collect()
    }

    fn personal_side(&self, field: &str) -> (Value, bool) {
        match self.personal(field) {
            Some(value) => (Value::String(value.to_owned()), false),
            None => (Value::Null, self.is_committed(field)),
        }
    }

    fn personal(&self, field: &str) -> Option<&str> {
        let mut values = self.beside.iter();
        let found = values.find(|value| value.field == field);
        found.map(|value| value.value.as_str())
    }

    fn is_committed(&self, field: &str) -> bool {
        self.entry.commitments.get(field).is_some()
    }
}

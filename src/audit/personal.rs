//! What the record says of people: kept beside the chain, which holds a commitment to each value.
//!
//! The value can be removed, and with its salt goes the only way to find out what it was; the chain stays as it is.
//!
//! Personal are the actor's name and address, the names of subjects that are people, and the values of
//! [`PERSONAL_FIELDS`]. Ids of accounts are not: without the account they lead to nobody. Names of shares and connections
//! are what admins call things.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::actor::Actor;
use super::event::{Event, FieldChange, PERSONAL_FIELDS};

/// One value beside the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalValue {
    /// `actor.name`, `actor.address`, `subject.name`, or of a change `email.from` and `email.to`.
    pub field: String,
    pub salt: [u8; 16],
    pub value: String,
}

impl PersonalValue {
    pub(super) fn new(field: &str, value: String) -> Self {
        Self {
            field: field.to_owned(),
            // 122 random bits.
            salt: Uuid::new_v4().into_bytes(),
            value,
        }
    }

    /// SHA-256 over the salt, the field with its length (8 bytes, big-endian), and the value; as hex.
    pub fn commitment(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(self.salt);
        digest.update((self.field.len() as u64).to_be_bytes());
        digest.update(self.field.as_bytes());
        digest.update(self.value.as_bytes());
        hex::encode(digest.finalize())
    }
}

/// An event, taken apart into what stands in the chain and what stands beside it.
pub(super) struct Parted {
    pub(super) subject_name: Option<String>,
    pub(super) changes: Value,
    pub(super) commitments: Value,
    pub(super) beside: Vec<PersonalValue>,
}

pub(super) fn part(actor: &Actor, event: &Event) -> Parted {
    let mut beside = Vec::new();
    let mut put_beside = |field: &str, value: &str| {
        if !value.is_empty() {
            beside.push(PersonalValue::new(field, value.to_owned()));
        }
    };
    put_beside("actor.name", &actor.name);
    if let Some(address) = actor.address {
        put_beside("actor.address", &address.to_string());
    }
    let subject = &event.subject;
    let mut subject_name = None;
    if subject.kind.is_person() {
        put_beside("subject.name", &subject.name);
    } else if !subject.name.is_empty() {
        subject_name = Some(subject.name.clone());
    }
    let changes = event.changes.iter().map(|change| {
        if !PERSONAL_FIELDS.contains(&change.field) {
            return open_change(change);
        }
        for (side, value) in [("from", &change.from), ("to", &change.to)] {
            if !value.is_null() {
                put_beside(&format!("{}.{side}", change.field), &as_text(value));
            }
        }
        json!({ "field": change.field })
    });
    let changes = changes.collect();
    let commitments = beside
        .iter()
        .map(|value| (value.field.clone(), Value::String(value.commitment())));
    Parted {
        subject_name,
        changes,
        commitments: Value::Object(commitments.collect::<Map<_, _>>()),
        beside,
    }
}

fn open_change(change: &FieldChange) -> Value {
    json!({
        "field": change.field,
        "from": without_floats(&change.from),
        "to": without_floats(&change.to),
    })
}

/// Floats come back from a database in another spelling; their text does not.
fn without_floats(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::String(number.to_string()),
        Value::Array(items) => items.iter().map(without_floats).collect(),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), without_floats(value)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

fn as_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

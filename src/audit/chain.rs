//! What is hashed. A hash is SHA-256 over the hash of the row before (32 bytes, zeros before the first row) and the
//! canonical bytes of the row.
//!
//! Canonical bytes, version 1: the version (2 bytes), `seq` and `at` in microseconds since 1970 (8 bytes each), then
//! `kind`, `actor_kind`, `actor_id`, `subject_kind`, `subject_id`, `subject_name`, `request_id`, `changes` and
//! `commitments`, each as a value. Numbers are big-endian and signed. A value is one byte and what follows it:
//!
//! | byte | value | what follows |
//! |---|---|---|
//! | 0 | nothing (JSON null) | |
//! | 1, 2 | false, true | |
//! | 3 | a number | its decimal digits, as a text |
//! | 4 | a text | the number of its bytes (8 bytes), then these in UTF-8 |
//! | 5 | a list | how many (8 bytes), then the values |
//! | 6 | an object | how many (8 bytes), then name and value of each, in the order of the names' bytes |
//! | 7 | an id | 16 bytes |
//!
//! Every value says where it ends, so two different rows never have the same bytes. What is not in a row (values of people)
//! is not in the bytes either; commitments to it are.

#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use super::entry::Entry;

/// Of the canonical bytes of new rows.
pub const VERSION: i16 = 1;

/// The SHA-256 of a row, and of all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A row and its hash: where the record ends. Kept elsewhere, it proves later that no row at its end is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Also how many rows there ever were.
    pub seq: i64,
    pub hash: Hash,
}

impl Head {
    /// Before the first row.
    pub const START: Self = Self {
        seq: 0,
        hash: Hash([0; 32]),
    };

    /// `SEQ:HASH`, as it is displayed.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.split_once(':')?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(hash, &mut bytes).ok()?;
        Some(Self {
            seq,
            hash: Hash(bytes),
        })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

/// The time as the record keeps it.
pub fn to_microseconds(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_nanosecond(at.microsecond() * 1000).unwrap_or(at)
}

/// The hash of a row that follows one with the hash `previous`.
pub fn hash(previous: &Hash, entry: &Entry) -> Hash {
    let mut digest = Sha256::new();
    digest.update(previous.0);
    digest.update(canonical(entry));
    Hash(digest.finalize().into())
}

/// The bytes of a row.
pub fn canonical(entry: &Entry) -> Vec<u8> {
    let mut bytes = Bytes(Vec::with_capacity(512));
    bytes.0.extend(entry.version.to_be_bytes());
    bytes.0.extend(entry.seq.to_be_bytes());
    // Within the years that a date can have, microseconds fit into 64 bits.
    let microseconds = entry.at.unix_timestamp_nanos() / 1000;
    bytes.0.extend(
        i64::try_from(microseconds)
            .unwrap_or(i64::MAX)
            .to_be_bytes(),
    );
    bytes.text(&entry.kind);
    bytes.text(&entry.actor_kind);
    bytes.id(entry.actor_id);
    bytes.text(&entry.subject_kind);
    bytes.id(entry.subject_id);
    bytes.optional_text(entry.subject_name.as_deref());
    bytes.optional_text(entry.request_id.as_deref());
    bytes.value(&entry.changes);
    bytes.value(&entry.commitments);
    bytes.0
}

struct Bytes(Vec<u8>);

impl Bytes {
    fn length(&mut self, length: usize) {
        self.0.extend((length as u64).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.0.push(4);
        self.length(text.len());
        self.0.extend(text.as_bytes());
    }

    fn optional_text(&mut self, text: Option<&str>) {
        match text {
            None => self.0.push(0),
            Some(text) => self.text(text),
        }
    }

    fn id(&mut self, id: Option<Uuid>) {
        match id {
            None => self.0.push(0),
            Some(id) => {
                self.0.push(7);
                self.0.extend(id.as_bytes());
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.0.push(0),
            Value::Bool(false) => self.0.push(1),
            Value::Bool(true) => self.0.push(2),
            Value::Number(number) => {
                self.0.push(3);
                let digits = number.to_string();
                self.length(digits.len());
                self.0.extend(digits.as_bytes());
            }
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                self.0.push(5);
                self.length(items.len());
                for item in items {
                    self.value(item);
                }
            }
            Value::Object(fields) => {
                self.0.push(6);
                self.length(fields.len());
                // A map of serde_json keeps this order only as long as no crate switches another one on.
                let mut sorted: Vec<_> = fields.iter().collect();
                sorted.sort_unstable_by_key(|(name, _)| *name);
                for (name, value) in sorted {
                    self.text(name);
                    self.value(value);
                }
            }
        }
    }
}

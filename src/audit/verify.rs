//! Whether the record is what was written: one pass over its rows in order, that holds nothing but the row before.

use std::collections::BTreeSet;

use super::chain::{self, Head, VERSION};
use super::checkpoint::{Checkpoint, CheckpointKeys};
use super::entry::Entry;
use super::event::EventKind;
use super::stored_row::StoredRow;

/// The first thing that is wrong.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Fault {
    #[error("row {seq}: the rows from {expected} on are missing, or stand somewhere else")]
    Missing { seq: i64, expected: i64 },
    #[error("row {seq}: it does not follow the row before; one of the two was changed")]
    Unlinked { seq: i64 },
    #[error("row {seq}: it was changed; its hash is not that of its content")]
    Changed { seq: i64 },
    #[error("row {seq}: it is of version {version}, which this version of Vestibule does not know")]
    UnknownVersion { seq: i64, version: i16 },
    #[error("row {seq}: the personal value {field} was changed or added")]
    PersonalChanged { seq: i64, field: String },
    #[error(
        "{missing} personal values are missing, and only {erased} were erased by “audit erase-person”"
    )]
    PersonalMissing { missing: u64, erased: u64 },
    #[error("row {seq}: the rows before it were removed, and there is no checkpoint for them")]
    NoCheckpoint { seq: i64 },
    #[error(
        "the checkpoint of row {seq} is not signed with this VESTIBULE_SECRET_KEY or \
         VESTIBULE_PREVIOUS_SECRET_KEY"
    )]
    BadCheckpoint { seq: i64 },
    #[error(
        "the record ends with row {last}, and it had at least {expected}: rows at its end are missing"
    )]
    CutOff { last: i64, expected: i64 },
    #[error("row {seq}: it has another hash than the head that you gave")]
    OtherThanHead { seq: i64 },
    #[error("row {seq}, the head that you gave, was pruned; give one that is newer")]
    HeadPruned { seq: i64 },
}

/// What a whole record is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Rows that are there.
    pub rows: u64,
    pub head: Head,
    /// Up to where rows were pruned; 0 for none.
    pub pruned_to: i64,
    /// Personal values that were erased.
    pub erased: u64,
}

/// The pass over the rows. Begins at the newest checkpoint, when there is one.
pub struct Verification {
    known: Option<Head>,
    start: Head,
    last: Head,
    rows: u64,
    missing_values: u64,
    /// By the events that say so. Each is newer than all rows it erased from, so pruning never takes an event away and leaves
    /// such a row.
    erased_values: u64,
}

impl Verification {
    /// `known` is a head that was kept elsewhere.
    pub fn begin(
        checkpoint: Option<&Checkpoint>,
        keys: &CheckpointKeys,
        known: Option<Head>,
    ) -> Result<Self, Fault> {
        let start = match checkpoint {
            None => Head::START,
            Some(checkpoint) if keys.has_signed(checkpoint) => checkpoint.head,
            Some(checkpoint) => {
                return Err(Fault::BadCheckpoint {
                    seq: checkpoint.head.seq,
                });
            }
        };
        let verification = Self {
            known,
            start,
            last: start,
            rows: 0,
            missing_values: 0,
            erased_values: 0,
        };
        match known {
            Some(known) if known.seq > 0 && known.seq < start.seq => {
                Err(Fault::HeadPruned { seq: known.seq })
            }
            _ => verification.compare_with_known().map(|()| verification),
        }
    }

    /// The next row. Rows at or before the checkpoint that pruning left over must not be given.
    pub fn take(&mut self, row: &StoredRow) -> Result<(), Fault> {
        let seq = row.entry.seq;
        let expected = self.last.seq + 1;
        if seq != expected {
            return Err(match self.rows {
                0 if self.start.seq == 0 => Fault::NoCheckpoint { seq },
                _ => Fault::Missing { seq, expected },
            });
        }
        if row.previous_hash != self.last.hash {
            return Err(Fault::Unlinked { seq });
        }
        if row.entry.version != VERSION {
            let version = row.entry.version;
            return Err(Fault::UnknownVersion { seq, version });
        }
        if chain::hash(&row.previous_hash, &row.entry) != row.hash {
            return Err(Fault::Changed { seq });
        }
        self.check_personal(row)?;
        self.rows += 1;
        self.last = Head {
            seq,
            hash: row.hash,
        };
        self.compare_with_known()
    }

    /// After the last row.
    pub fn end(self) -> Result<Verified, Fault> {
        if let Some(known) = self.known.filter(|known| known.seq > self.last.seq) {
            return Err(Fault::CutOff {
                last: self.last.seq,
                expected: known.seq,
            });
        }
        if self.missing_values > self.erased_values {
            return Err(Fault::PersonalMissing {
                missing: self.missing_values,
                erased: self.erased_values,
            });
        }
        Ok(Verified {
            rows: self.rows,
            head: self.last,
            pruned_to: self.start.seq,
            erased: self.missing_values,
        })
    }

    fn compare_with_known(&self) -> Result<(), Fault> {
        match self.known {
            Some(known) if known.seq == self.last.seq && known.hash != self.last.hash => {
                Err(Fault::OtherThanHead { seq: known.seq })
            }
            _ => Ok(()),
        }
    }

    fn check_personal(&mut self, row: &StoredRow) -> Result<(), Fault> {
        let entry = &row.entry;
        let mut fields = BTreeSet::new();
        for value in &row.beside {
            let committed = entry.commitments.get(&value.field);
            if committed.and_then(|hex| hex.as_str()) != Some(&value.commitment()) {
                return Err(Fault::PersonalChanged {
                    seq: entry.seq,
                    field: value.field.clone(),
                });
            }
            fields.insert(&value.field);
        }
        let committed = entry.commitments.as_object();
        let missing = committed.map_or(0, |all| all.keys().filter(|f| !fields.contains(f)).count());
        self.missing_values += missing as u64;
        if entry.kind == EventKind::PersonErased.as_str() {
            self.erased_values += erased_by(entry);
        }
        Ok(())
    }
}

/// How many values an event says to have erased.
fn erased_by(entry: &Entry) -> u64 {
    let change = entry.changes.get(0).and_then(|change| change.get("to"));
    change.and_then(serde_json::Value::as_u64).unwrap_or(0)
}

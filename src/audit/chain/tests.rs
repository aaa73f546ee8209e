//! The bytes must never change: what was written with them is verified for ever.

use proptest::prelude::*;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::{Hash, Head, canonical, hash};
use crate::audit::entry::Entry;
use crate::audit::personal::PersonalValue;

fn entry() -> Entry {
    let mut commitments = serde_json::Map::new();
    commitments.insert("email.to".to_owned(), json!("ab".repeat(32)));
    commitments.insert("actor.name".to_owned(), json!("cd".repeat(32)));
    Entry {
        seq: 7,
        version: 1,
        at: datetime!(2026-12-01 02:16:00.123456 UTC),
        kind: "share.changed".to_owned(),
        actor_kind: "account".to_owned(),
        actor_id: Some(Uuid::from_u128(0x1111_1111_1111_4111_8111_1111_1111_1111)),
        subject_kind: "share".to_owned(),
        subject_id: Some(Uuid::from_u128(0x2222_2222_2222_4222_8222_2222_2222_2222)),
        subject_name: Some("Manual – α".to_owned()),
        changes: json!([
            {"to": "Manual – α", "from": "Old", "field": "name"},
            {"field": "passLifetimeSeconds", "from": 60, "to": 3600},
            {"field": "embedOrigins", "from": [], "to": ["https://a.example"]},
            {"field": "enabled", "from": true, "to": false},
            {"field": "email"},
        ]),
        commitments: Value::Object(commitments),
        request_id: None,
    }
}

/// Written by another program, from the description of the format alone.
const BYTES: &str = "\
     00010000000000000007000661891b811a4004000000000000000d73686172652e6368616e6765640400000000000000076163636f756e\
     74071111111111114111811111111111111104000000000000000573686172650722222222222242228222222222222222040000000000\
     00000d4d616e75616c20e2809320ceb1000500000000000000050600000000000000030400000000000000056669656c64040000000000\
     0000046e616d6504000000000000000466726f6d0400000000000000034f6c64040000000000000002746f04000000000000000d4d616e\
     75616c20e2809320ceb10600000000000000030400000000000000056669656c64040000000000000013706173734c69666574696d6553\
     65636f6e647304000000000000000466726f6d0300000000000000023630040000000000000002746f0300000000000000043336303006\
     00000000000000030400000000000000056669656c6404000000000000000c656d6265644f726967696e7304000000000000000466726f\
     6d050000000000000000040000000000000002746f05000000000000000104000000000000001168747470733a2f2f612e6578616d706c\
     650600000000000000030400000000000000056669656c64040000000000000007656e61626c656404000000000000000466726f6d0204\
     0000000000000002746f010600000000000000010400000000000000056669656c64040000000000000005656d61696c06000000000000\
     000204000000000000000a6163746f722e6e616d6504000000000000004063646364636463646364636463646364636463646364636463\
     646364636463646364636463646364636463646364636463646364636463646364636463646364040000000000000008656d61696c2e74\
     6f040000000000000040616261626162616261626162616261626162616261626162616261626162616261626162616261626162616261\
     62616261626162616261626162616261626162";
const HASH: &str = "09d417e51098683c211022d22fbd565bc258beccacdaa06a1f2886cb6bf36096";

#[test]
fn the_bytes_of_version_1_are_what_they_were() {
    assert_eq!(hex::encode(canonical(&entry())), BYTES);
    assert_eq!(hash(&Hash([9; 32]), &entry()).to_string(), HASH);
}

#[test]
fn the_commitment_is_what_it_was() {
    let mut salt = [0; 16];
    salt.iter_mut().zip(0..).for_each(|(byte, n)| *byte = n);
    let value = PersonalValue {
        field: "email.to".to_owned(),
        salt,
        value: "eva@example.com".to_owned(),
    };
    let commitment = "f9b4245d4e66c8130c858400869d8675d0fb40d27d9502305ed31a008fa2ceaf";
    assert_eq!(value.commitment(), commitment);
}

#[test]
fn a_head_is_read_as_it_was_written() {
    let head = Head {
        seq: 7,
        hash: Hash([9; 32]),
    };
    assert_eq!(Head::parse(&head.to_string()), Some(head));
    for wrong in ["", "7", "7:", "7:0", "7:zz", "-1:00", "x:00"] {
        let written = format!("{wrong}{}", "0".repeat(62));
        assert_eq!(Head::parse(&written), None, "{written}");
    }
}

/// Few different ones, so that two rows are often almost the same.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab\\x00\\x04]{0,3}",
        Just("7".to_owned()),
        Just(String::new())
    ]
}

fn optional_id() -> impl Strategy<Value = Option<Uuid>> {
    prop::option::of((0..3u128).prop_map(Uuid::from_u128))
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-12..12i64).prop_map(Value::from),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            prop::collection::btree_map(text(), inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let who = (text(), text(), optional_id(), text(), optional_id());
    let what = (
        prop::option::of(text()),
        value(),
        value(),
        prop::option::of(text()),
    );
    (1..3i64, 1..3i16, 0..3i64, who, what).prop_map(|(seq, version, at, who, what)| Entry {
        seq,
        version,
        at: OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1000).unwrap(),
        kind: who.0,
        actor_kind: who.1,
        actor_id: who.2,
        subject_kind: who.3,
        subject_id: who.4,
        subject_name: what.0,
        changes: what.1,
        commitments: what.2,
        request_id: what.3,
    })
}

/// The entry with one part taken from another one.
fn with_part(entry: &Entry, other: &Entry, part: usize) -> Entry {
    let mut changed = entry.clone();
    match part {
        0 => changed.seq = other.seq,
        1 => changed.version = other.version,
        2 => changed.at = other.at,
        3 => changed.kind.clone_from(&other.kind),
        4 => changed.actor_kind.clone_from(&other.actor_kind),
        5 => changed.actor_id = other.actor_id,
        6 => changed.subject_kind.clone_from(&other.subject_kind),
        7 => changed.subject_id = other.subject_id,
        8 => changed.subject_name.clone_from(&other.subject_name),
        9 => changed.changes = other.changes.clone(),
        10 => changed.commitments = other.commitments.clone(),
        _ => changed.request_id.clone_from(&other.request_id),
    }
    changed
}

proptest! {
    #[test]
    fn different_rows_have_different_bytes(one in any_entry(), other in any_entry()) {
        prop_assert_eq!(one == other, canonical(&one) == canonical(&other));
    }

    #[test]
    fn a_change_of_any_part_changes_the_hash(one in any_entry(), other in any_entry(), part in 0..12usize) {
        let changed = with_part(&one, &other, part);
        let previous = Hash([0; 32]);
        prop_assert_eq!(one == changed, hash(&previous, &one) == hash(&previous, &changed));
    }

    #[test]
    fn the_hash_before_is_part_of_the_hash(one in any_entry(), bit in 0..256usize) {
        let mut previous = Hash([0; 32]);
        let before = hash(&previous, &one);
        previous.0[bit / 8] ^= 1 << (bit % 8);
        prop_assert_ne!(before, hash(&previous, &one));
    }
}

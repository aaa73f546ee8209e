//! JSON as strict as the token rule wants it: one object, no key twice at any level, valid Unicode throughout, a
//! bounded depth. What the members mean is decided in `header` and `claims`, not here.

use std::{borrow::Cow, collections::BTreeMap, fmt, str};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::shown::shown;

const MAX_DEPTH: usize = 128;

/// The members of a checked object.
pub(super) type Object<'a> = BTreeMap<String, Value<'a>>;

/// What the rule needs to tell apart in one member.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    String(Cow<'a, str>),
    Integer(i64),
    /// A fraction, an exponent, or an integer outside of 64 bits, as it was written: nothing is rounded, and a number
    /// too large for any type is still only a number.
    OtherNumber(&'a str),
    Null,
    Boolean,
    Array,
    Object,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotStrict {
    #[error("it is not UTF-8 text")]
    NotUtf8,
    #[error("it is not a JSON object")]
    NotAnObject,
    #[error("it has the key {} twice", shown(.0))]
    DuplicateKey(String),
    #[error("a text in it is not valid Unicode")]
    BadString,
    #[error("it is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

pub(super) fn parse_object(bytes: &[u8]) -> Result<Object<'_>, NotStrict> {
    let text = str::from_utf8(bytes).map_err(|_error| NotStrict::NotUtf8)?;
    read_object(text, MAX_DEPTH)
}

fn read_object(json: &str, levels: usize) -> Result<Object<'_>, NotStrict> {
    let below = levels.checked_sub(1).ok_or(NotStrict::TooDeep)?;
    // serde_json's own messages quote the text they stumble over, which may be anything: they are not passed on.
    let Members(members) = serde_json::from_str(json).map_err(|_error| NotStrict::NotAnObject)?;
    let mut object = Object::new();
    for (key, raw) in members {
        let value = read_value(raw.get(), below)?;
        if object.insert(key.clone(), value).is_some() {
            return Err(NotStrict::DuplicateKey(key));
        }
    }
    Ok(object)
}

/// `json` is one value without white space around it, its brackets and numbers already valid: `RawValue` promises
/// that much, but has not looked into strings and nested keys.
fn read_value(json: &str, levels: usize) -> Result<Value<'_>, NotStrict> {
    match json.as_bytes().first() {
        Some(b'"') => read_string(json),
        Some(b'n') => Ok(Value::Null),
        Some(b't' | b'f') => Ok(Value::Boolean),
        Some(b'[') => read_array(json, levels),
        Some(b'{') => read_object(json, levels).map(|_members| Value::Object),
        _ => Ok(json
            .parse()
            .map_or(Value::OtherNumber(json), Value::Integer)),
    }
}

fn read_string(json: &str) -> Result<Value<'_>, NotStrict> {
    #[derive(serde::Deserialize)]
    struct Borrowable<'a>(#[serde(borrow)] Cow<'a, str>);

    serde_json::from_str(json)
        .map(|Borrowable(text)| Value::String(text))
        .map_err(|_error| NotStrict::BadString)
}

fn read_array(json: &str, levels: usize) -> Result<Value<'_>, NotStrict> {
    let below = levels.checked_sub(1).ok_or(NotStrict::TooDeep)?;
    let items: Vec<&RawValue> =
        serde_json::from_str(json).map_err(|_error| NotStrict::NotAnObject)?;
    for item in items {
        read_value(item.get(), below)?;
    }
    Ok(Value::Array)
}

/// The members of an object in the order they were written, doubles included.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Deserialize<'a> for Members<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'a> Visitor<'a> for MembersVisitor {
    type Value = Members<'a>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Members<'a>, M::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

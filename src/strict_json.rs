//! JSON as strict as tokens want it: one object, no key twice at any level, valid Unicode throughout, a bounded depth.
//!
//! Of two `exp`, a token must not have the one that we read and the one that another reads. What the members mean is decided
//! by those who read them.

use std::{borrow::Cow, collections::BTreeMap, fmt, str};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Map;
use serde_json::value::RawValue;

const MAX_DEPTH: usize = 128;

/// The members of a checked object.
pub type Object<'a> = BTreeMap<String, Value<'a>>;

/// What is told apart in one member.
#[derive(Debug, PartialEq, Eq)]
pub enum Value<'a> {
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
pub enum NotStrict {
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

/// One level of a strict object; of what is below, only that it is strict as well.
pub fn parse_object(bytes: &[u8]) -> Result<Object<'_>, NotStrict> {
    let text = str::from_utf8(bytes).map_err(|_error| NotStrict::NotUtf8)?;
    read_object(text, MAX_DEPTH)
}

/// A strict object with all that is in it.
pub type Whole = Map<String, serde_json::Value>;

/// `None` for everything else.
pub fn parse_whole(bytes: &[u8]) -> Option<Whole> {
    parse_object(bytes).ok()?;
    serde_json::from_slice(bytes).ok()
}

/// Longer texts are described and not shown: neither a secret's hex nor a signature fits.
const LONGEST_SHOWN: usize = 40;

/// How a text that came in is shown in a message.
pub fn shown(text: &str) -> String {
    let length = text.chars().count();
    if length > LONGEST_SHOWN {
        format!("(a text of {length} characters)")
    } else {
        format!("{text:?}")
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse_whole;

    #[test]
    fn an_object_comes_out_as_it_is() {
        let text = r#"{"a": [1, -2, 0.5, "ä", null, true], "b": {"a": {}}}"#;
        let expected = json!({"a": [1, -2, 0.5, "ä", null, true], "b": {"a": {}}});
        assert_eq!(parse_whole(text.as_bytes()), expected.as_object().cloned());
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_wherever_it_is() {
        for text in [
            r#"{"exp": 1, "exp": 1}"#,
            r#"{"exp": 1, "\u0065xp": 2}"#,
            r#"{"a": [{"b": 1, "b": 2}]}"#,
            r#"{"a": {"b": {"c": 1, "c": null}}}"#,
        ] {
            assert_eq!(parse_whole(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn whatever_is_no_object_is_refused() {
        let deep = format!("{}{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
        for text in ["", "1", "[]", "null", "{} {}", "{\"a\":\"\\ud800\"}", &deep] {
            assert_eq!(parse_whole(text.as_bytes()), None, "{text:.20}");
        }
        assert_eq!(parse_whole(b"{\"a\":\"\xff\"}"), None);
    }
}

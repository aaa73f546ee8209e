//! JSON objects in which no key stands twice, at any level: of two `exp`, a token must not have the one that we read and
//! the one that another reads. What the members mean is not known here.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

pub(super) type Object = Map<String, Value>;

/// `None` if it is anything but one object with different keys, or nested deeper than the parser allows.
pub(super) fn parse_object(bytes: &[u8]) -> Option<Object> {
    match serde_json::from_slice(bytes) {
        Ok(Strict(Value::Object(object))) => Some(object),
        _ => None,
    }
}

struct Strict(Value);

impl<'a> Deserialize<'a> for Strict {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'a> Visitor<'a> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut items: S) -> Result<Value, S::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<M: MapAccess<'a>>(self, mut members: M) -> Result<Value, M::Error> {
        let mut object = Object::new();
        while let Some((key, Strict(value))) = members.next_entry::<String, _>()? {
            if object.insert(key, value).is_some() {
                return Err(de::Error::custom("a key stands twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse_object;

    #[test]
    fn an_object_comes_out_as_it_is() {
        let text = r#"{"a": [1, -2, 0.5, "ä", null, true], "b": {"a": {}}}"#;
        let expected = json!({"a": [1, -2, 0.5, "ä", null, true], "b": {"a": {}}});
        assert_eq!(parse_object(text.as_bytes()), expected.as_object().cloned());
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_wherever_it_is() {
        for text in [
            r#"{"exp": 1, "exp": 1}"#,
            r#"{"exp": 1, "\u0065xp": 2}"#,
            r#"{"a": [{"b": 1, "b": 2}]}"#,
            r#"{"a": {"b": {"c": 1, "c": null}}}"#,
        ] {
            assert_eq!(parse_object(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn whatever_is_no_object_is_refused() {
        let deep = format!("{}{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
        for text in ["", "1", "[]", "null", "{} {}", "{\"a\":\"\\ud800\"}", &deep] {
            assert_eq!(parse_object(text.as_bytes()), None, "{text:.20}");
        }
        assert_eq!(parse_object(b"{\"a\":\"\xff\"}"), None);
    }
}

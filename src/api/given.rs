//! One value of a body or a query as somebody sent it: left out, null, of the right type or not. What it must hold
//! beyond its type is checked in `problems`.

use serde::de::{Deserialize, Deserializer};
use serde_json::Value;

/// Reading a wrong type is no error here, so that all wrong fields can be reported at once.
#[derive(Default)]
pub(super) enum Given<T> {
    #[default]
    Absent,
    Null,
    Value(T),
    WrongType,
}

/// What a field of this type is called when something else was sent.
pub(super) trait JsonType: Sized {
    const WORDS: &'static str;

    fn from_json(value: Value) -> Option<Self>;
}

impl<'de, T: JsonType> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.is_null() {
            return Ok(Self::Null);
        }
        Ok(T::from_json(value).map_or(Self::WrongType, Self::Value))
    }
}

impl JsonType for String {
    const WORDS: &'static str = "a string";

    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl JsonType for bool {
    const WORDS: &'static str = "true or false";

    fn from_json(value: Value) -> Option<Self> {
        value.as_bool()
    }
}

impl JsonType for i64 {
    const WORDS: &'static str = "a whole number";

    /// `60.0` is a whole number, too: JSON knows one kind of number.
    fn from_json(value: Value) -> Option<Self> {
        let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 1e15).then_some(number);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole and below 10^15, so it fits exactly"
        )]
        let from_float = |number: f64| whole(number).map(|number| number as Self);
        value
            .as_i64()
            .or_else(|| value.as_f64().and_then(from_float))
    }
}

impl JsonType for Vec<String> {
    const WORDS: &'static str = "a list of strings";

    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.into_iter().map(String::from_json).collect(),
            _ => None,
        }
    }
}

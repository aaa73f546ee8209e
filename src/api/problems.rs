//! Collects what is wrong with a request, field by field, so that the caller mends everything in one go.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::de::IgnoredAny;

use super::given::{Given, JsonType};
use crate::sharing::error::{FieldError, SharingError};
use crate::web::error::{Failure, FieldProblem};

/// Names that no field has, as `#[serde(flatten)]` leaves them over.
pub(super) type Unknown = BTreeMap<String, IgnoredAny>;

/// Names are cut to this when they are quoted back.
const LONGEST_NAME_SHOWN: usize = 100;

#[derive(Default)]
pub(super) struct Problems(Vec<FieldProblem>);

impl Problems {
    pub(super) fn add(&mut self, field: &str, detail: impl Display) {
        self.0.push(FieldProblem::new(field, detail.to_string()));
    }

    /// Refuses fields that this call does not have: most are spelling mistakes, which would otherwise do nothing.
    pub(super) fn refuse_unknown(&mut self, within: &str, unknown: &Unknown) {
        for name in unknown.keys() {
            let name: String = name.chars().take(LONGEST_NAME_SHOWN).collect();
            self.add(&format!("{within}{name}"), "There is no such field.");
        }
    }

    /// A field that must be there.
    pub(super) fn required<T: JsonType, U, E: Display>(
        &mut self,
        field: &str,
        given: Given<T>,
        check: impl FnOnce(T) -> Result<U, E>,
    ) -> Option<U> {
        match given {
            Given::Absent | Given::Null => {
                self.add(field, "This is required.");
                None
            }
            given => self.changed(field, given, check),
        }
    }

    /// A field of a new thing that may be left out; null says the same.
    pub(super) fn optional<T: JsonType, U, E: Display>(
        &mut self,
        field: &str,
        given: Given<T>,
        check: impl FnOnce(T) -> Result<U, E>,
    ) -> Option<U> {
        match given {
            Given::Null => None,
            given => self.changed(field, given, check),
        }
    }

    /// A field of a change: left out means unchanged, and it cannot be removed.
    pub(super) fn changed<T: JsonType, U, E: Display>(
        &mut self,
        field: &str,
        given: Given<T>,
        check: impl FnOnce(T) -> Result<U, E>,
    ) -> Option<U> {
        match given {
            Given::Absent => None,
            Given::Null | Given::WrongType => {
                self.add(field, format_args!("This must be {}.", T::WORDS));
                None
            }
            Given::Value(value) => check(value)
                .map_err(|problem| self.add(field, problem))
                .ok(),
        }
    }

    /// A field of a change that null removes: `None` leaves it, `Some(None)` removes it.
    pub(super) fn removable<T: JsonType, U, E: Display>(
        &mut self,
        field: &str,
        given: Given<T>,
        check: impl FnOnce(T) -> Result<U, E>,
    ) -> Option<Option<U>> {
        match given {
            Given::Null => Some(None),
            given => self.changed(field, given, check).map(Some),
        }
    }

    /// What use cases refused.
    pub(super) fn extend(&mut self, errors: impl IntoIterator<Item = FieldError>) {
        for error in errors {
            self.add(error.field.in_api(), error.text);
        }
    }

    /// What came of a use case; `None` when it refused values.
    pub(super) fn take<T>(&mut self, done: Result<T, SharingError>) -> Result<Option<T>, Failure> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(SharingError::Invalid(errors)) => {
                self.extend(errors);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Ends the collecting: `Ok` when nothing was wrong.
    pub(super) fn into_result(self) -> Result<(), Failure> {
        self.allow(Some(()))
    }

    /// Ends the collecting: the value, when it is there and nothing was wrong.
    pub(super) fn allow<T>(self, value: Option<T>) -> Result<T, Failure> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Failure::Invalid(self.0)),
        }
    }
}

//! What is wrong with a form: each problem stands beside its field and in the list on top.

use crate::sharing::error::{FieldError, SharingError};
use crate::web::error::Failure;

/// A wrong value and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The `id` and `name` of the field.
    pub field: &'static str,
    pub text: String,
}

/// All that is wrong with a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.0.push(Problem {
            field,
            text: text.into(),
        });
    }

    /// The value, or `None`, and the form shows what is wrong with it.
    pub fn check<T, E: ToString>(
        &mut self,
        field: &'static str,
        checked: Result<T, E>,
    ) -> Option<T> {
        checked
            .map_err(|error| self.add(field, error.to_string()))
            .ok()
    }

    /// What use cases refused, beside the fields of the form.
    pub fn extend(&mut self, errors: impl IntoIterator<Item = FieldError>) {
        for error in errors {
            self.add(error.field.in_form(), error.text);
        }
    }

    /// What came of a use case; `None` when it refused values, which stand beside their fields then.
    pub fn take<T>(&mut self, done: Result<T, SharingError>) -> Result<Option<T>, Failure> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(SharingError::Invalid(errors)) => {
                self.extend(errors);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all(&self) -> &[Problem] {
        &self.0
    }

    /// What stands beside a field.
    pub fn of(&self, field: &str) -> Vec<&str> {
        let here = self.0.iter().filter(|problem| problem.field == field);
        here.map(|problem| problem.text.as_str()).collect()
    }

    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|problem| problem.field == field)
    }
}

//! What is wrong with a configuration: each variable with its problem, so that all of them are named at once.

use std::fmt;

/// Everything that is wrong with a configuration.
#[derive(Debug, Default)]
pub struct ConfigError {
    problems: Vec<(&'static str, String)>,
}

impl ConfigError {
    pub(super) fn add(&mut self, variable: &'static str, problem: impl Into<String>) {
        self.problems.push((variable, problem.into()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Records the problem, if there is one, and goes on with a value that is never used.
    pub(super) fn check<T>(
        &mut self,
        variable: &'static str,
        checked: Result<T, String>,
    ) -> Option<T> {
        checked.map_err(|problem| self.add(variable, problem)).ok()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is wrong:")?;
        for (variable, problem) in &self.problems {
            write!(f, "\n  {variable}: {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

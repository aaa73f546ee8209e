//! What went wrong in the rooms below, as a failure that can be answered.

use super::{Failure, FieldProblem};
use crate::accounts::store::api_token::TokenStoreError;
use crate::connections::LiveError;
use crate::db::DbError;
use crate::password::HashError;
use crate::shares::store::StoreError;
use crate::shares::unlock_secret::NoRandomness;
use crate::shares::unlock_token::NotSigned;
use crate::sharing::error::SharingError;

/// When something of a wiki that does not answer may be asked for again, if nobody named a time.
pub const NEXT_TRY_SECONDS: i64 = 30;

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) | DbError::Busy => Self::Unreachable(error.to_string()),
            DbError::Query(_) | DbError::Panicked(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<SharingError> for Failure {
    fn from(error: SharingError) -> Self {
        match error {
            SharingError::NotFound => Self::NotFound,
            SharingError::Forbidden(sentence) => Self::Forbidden(sentence),
            SharingError::Conflict(sentence) => Self::Conflict(sentence),
            SharingError::Invalid(errors) => Self::Invalid(
                errors
                    .into_iter()
                    .map(|error| FieldProblem::new(error.field.in_api(), error.text))
                    .collect(),
            ),
            SharingError::Site(error) => Self::of_site(error),
            SharingError::Db(error) => error.into(),
            SharingError::Hash(error) => error.into(),
            SharingError::Internal(reason) => Self::Internal(reason),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        SharingError::from(error).into()
    }
}

impl From<TokenStoreError> for Failure {
    fn from(error: TokenStoreError) -> Self {
        match error {
            TokenStoreError::Db(error) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<NotSigned> for Failure {
    fn from(error: NotSigned) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<HashError> for Failure {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Unreachable(error.to_string()),
            HashError::Failed(reason) => Self::Internal(reason),
        }
    }
}

impl Failure {
    /// What a reader is told who waited for something of the wiki. Why it could not be had is for admins.
    pub fn for_reader(error: LiveError) -> Self {
        match error {
            LiveError::NoPage => Self::NotFound,
            LiveError::FileTooLarge(limit) => Self::FileTooLarge(limit),
            LiveError::Db(error) => error.into(),
            error => {
                tracing::info!(%error, "something of the wiki could not be fetched for its reader");
                Self::NotFetched(error.retry_after_seconds().unwrap_or(NEXT_TRY_SECONDS))
            }
        }
    }

    /// What a caller is told for whom the portal asked a site: nothing of what went wrong on our side.
    pub fn for_caller(error: LiveError) -> Self {
        match error {
            LiveError::Db(error) => error.into(),
            error => Self::Internal(error.to_string()),
        }
    }

    /// What somebody is told for whom a site was asked: whether it is worth another try, and why not.
    pub fn of_site(error: LiveError) -> Self {
        let passes = match &error {
            LiveError::Confluence(error) => error.is_transient(),
            LiveError::TooSlow | LiveError::IncompleteListing | LiveError::BrokenDownload => true,
            _ => false,
        };
        match error {
            LiveError::Db(error) => error.into(),
            LiveError::NoConnection | LiveError::NoPage => Self::NotFound,
            LiveError::Files(_) | LiveError::Http(_) => Self::Internal(error.to_string()),
            error if passes => {
                Self::NotFetched(error.retry_after_seconds().unwrap_or(NEXT_TRY_SECONDS))
            }
            error => Self::Conflict(error.sentence()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Failure;
    use crate::confluence::Problem;
    use crate::connections::LiveError;

    fn failure(problem: Problem) -> Failure {
        Failure::of_site(LiveError::Confluence(problem.into()))
    }

    #[test]
    fn a_site_that_is_busy_says_when_to_try_again() {
        let limited = failure(Problem::RateLimited {
            retry_after: Duration::from_secs(7),
            reason: "quota".to_owned(),
        });
        assert_eq!(limited.retry_after(), Some(7));
        assert_eq!(limited.status(), 503);
        assert_eq!(failure(Problem::TimedOut).retry_after(), Some(30));
    }

    #[test]
    fn refused_credentials_are_a_conflict_with_a_sentence() {
        for refused in [
            failure(Problem::Unauthorized),
            failure(Problem::Captcha),
            Failure::of_site(LiveError::Stopped),
            Failure::of_site(LiveError::NotAuthorized),
        ] {
            assert!(matches!(refused, Failure::Conflict(sentence) if !sentence.is_empty()));
        }
    }

    #[test]
    fn a_deleted_connection_is_not_found() {
        assert!(matches!(
            Failure::of_site(LiveError::NoConnection),
            Failure::NotFound
        ));
    }
}

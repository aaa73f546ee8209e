//! Why a use case changed nothing. Each front door says it in its own way: a form beside its field, the API in a problem
//! document, a command in a line.

use crate::accounts::sign_in::SignInError;
use crate::accounts::store::account::InsertError;
use crate::accounts::store::api_token::TokenStoreError;
use crate::connections::LiveError;
use crate::db::DbError;
use crate::password::HashError;
use crate::shares::store::StoreError;
use crate::shares::unlock_secret::NoRandomness;
use crate::shares::unlock_token::NotSigned;

/// Of dates, as the database finds it, too.
pub(super) const ENDS_BEFORE_START: &str = "The share must end after it starts.";
/// Of a list of sites, as the database finds it, too.
pub(super) const ONLY_WITHOUT_SITES: &str =
    "A share that opens only inside its sites needs at least one site in the list.";

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SharingError {
    /// There is no such thing, or none that the actor may know of.
    #[error("there is no such thing")]
    NotFound,
    /// The actor may not do this; the sentence says whom to ask.
    #[error("{0}")]
    Forbidden(String),
    /// The state of things does not allow it; the sentence says why.
    #[error("{0}")]
    Conflict(String),
    /// Values that are wrong, all of them at once.
    #[error("{}", sentences(.0))]
    Invalid(Vec<FieldError>),
    /// The Confluence site could not be asked, or said no.
    #[error(transparent)]
    Site(LiveError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Hash(#[from] HashError),
    /// Our mistake.
    #[error("{0}")]
    Internal(String),
}

/// One wrong value and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub field: Field,
    pub text: String,
}

impl FieldError {
    pub fn new(field: Field, text: impl ToString) -> Self {
        Self {
            field,
            text: text.to_string(),
        }
    }
}

impl From<FieldError> for SharingError {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

/// A value that people set, by its two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    Note,
    Password,
    StartsAt,
    ExpiresAt,
    PassLifetime,
    EmbedOrigins,
    ExternalLinks,
    RestrictedPages,
    IncludeLabels,
    ExcludeLabels,
    Overlap,
    StandIn,
    Connection,
    Scope,
    /// What a share points at, by the id of a page.
    PageId,
    SpaceKey,
    /// What a share points at, by an address or whatever else was pasted.
    Url,
    Email,
    /// Where a site is.
    Address,
    /// With what the portal signs in at a Cloud site.
    CloudCredentials,
    /// The same at a site of Data Center.
    DataCenterCredentials,
    /// A space export.
    Archive,
}

impl Field {
    /// As the API calls it.
    pub fn in_api(self) -> &'static str {
        self.names().0
    }

    /// As forms call it.
    pub fn in_form(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Name => ("name", "name"),
            Self::Note => ("description", "description"),
            Self::Password => ("password", "password"),
            Self::StartsAt => ("startsAt", "starts_at"),
            Self::ExpiresAt => ("expiresAt", "expires_at"),
            Self::PassLifetime => ("passLifetimeSeconds", "pass_lifetime"),
            Self::EmbedOrigins => ("embedOrigins", "embed_origins"),
            Self::ExternalLinks => ("options.externalLinks", "external_links"),
            Self::RestrictedPages => ("options.restrictedPages", "restricted_pages"),
            Self::IncludeLabels => ("options.includeLabels", "include_labels"),
            Self::ExcludeLabels => ("options.excludeLabels", "exclude_labels"),
            Self::Overlap => ("overlapSeconds", "overlap"),
            Self::StandIn => ("standIn", "stand_in_id"),
            Self::Connection => ("connectionId", "connection"),
            Self::Scope => ("scope", "scope"),
            Self::PageId => ("pageId", "query"),
            Self::SpaceKey => ("spaceKey", "space"),
            Self::Url => ("url", "query"),
            Self::Email => ("email", "email"),
            Self::Address => ("url", "address"),
            Self::CloudCredentials => ("credentials.type", "cloud_auth"),
            Self::DataCenterCredentials => ("credentials.type", "data_center_auth"),
            Self::Archive => ("archive", "archive"),
        }
    }
}

fn sentences(errors: &[FieldError]) -> String {
    let texts: Vec<&str> = errors.iter().map(|error| error.text.as_str()).collect();
    texts.join(" ")
}

impl From<StoreError> for SharingError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Db(error) => error.into(),
            corrupt @ StoreError::Corrupt { .. } => Self::Internal(corrupt.to_string()),
            StoreError::EndsBeforeStart => {
                FieldError::new(Field::ExpiresAt, ENDS_BEFORE_START).into()
            }
            StoreError::EmbedOnlyWithoutSites => {
                FieldError::new(Field::EmbedOrigins, ONLY_WITHOUT_SITES).into()
            }
            StoreError::ConnectionGone => Self::Conflict(
                "The connection was deleted at the same moment. Choose another one.".to_owned(),
            ),
        }
    }
}

impl From<diesel::result::Error> for SharingError {
    fn from(error: diesel::result::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<LiveError> for SharingError {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::Db(error) => error.into(),
            LiveError::NoConnection => Self::NotFound,
            error => Self::Site(error),
        }
    }
}

impl From<InsertError> for SharingError {
    fn from(error: InsertError) -> Self {
        match error {
            InsertError::Taken => FieldError::new(
                Field::Email,
                "An account with this email address is there already.",
            )
            .into(),
            InsertError::Db(error) => error.into(),
        }
    }
}

impl From<SignInError> for SharingError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Db(error) => error.into(),
            SignInError::Hash(error) => error.into(),
        }
    }
}

impl From<TokenStoreError> for SharingError {
    fn from(error: TokenStoreError) -> Self {
        match error {
            TokenStoreError::Db(error) => error.into(),
            error @ (TokenStoreError::Randomness(_) | TokenStoreError::UnknownScope { .. }) => {
                Self::Internal(error.to_string())
            }
        }
    }
}

impl From<NoRandomness> for SharingError {
    fn from(error: NoRandomness) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<NotSigned> for SharingError {
    fn from(error: NotSigned) -> Self {
        Self::Internal(error.to_string())
    }
}

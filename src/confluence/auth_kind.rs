//! Kinds of credentials, and which product knows which.

use super::product::Product;

/// The kinds of credentials, each for one product or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthKind {
    /// Cloud: e-mail and an API token without scopes, on the site's own host.
    ApiToken,
    /// Cloud: an API token with scopes, of a person or a service account, through Atlassian's gateway.
    ScopedToken,
    /// OAuth 2.0 client credentials: a service account of Cloud or Data Center.
    ClientCredentials,
    /// Cloud: OAuth 2.0 authorization code, given once in the browser (3LO).
    AuthorizationCode,
    /// Data Center.
    PersonalAccessToken,
    /// Data Center: user name and password.
    Basic,
    /// Cloud: our app is installed there. Its secrets are with the installation, and no admin types them.
    App,
}

impl AuthKind {
    /// Those that an admin may choose.
    pub const ALL: [Self; 6] = [
        Self::ApiToken,
        Self::ScopedToken,
        Self::ClientCredentials,
        Self::AuthorizationCode,
        Self::PersonalAccessToken,
        Self::Basic,
    ];

    /// The word in the database, in forms and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiToken => "api_token",
            Self::ScopedToken => "scoped_token",
            Self::ClientCredentials => "client_credentials",
            Self::AuthorizationCode => "authorization_code",
            Self::PersonalAccessToken => "personal_access_token",
            Self::Basic => "basic",
            Self::App => "app",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .chain([Self::App])
            .find(|kind| kind.as_str() == word)
    }

    /// Whether a product knows them.
    pub fn fits(self, product: Product) -> bool {
        match self {
            Self::ApiToken | Self::ScopedToken | Self::AuthorizationCode | Self::App => {
                product == Product::Cloud
            }
            Self::PersonalAccessToken | Self::Basic => product == Product::DataCenter,
            Self::ClientCredentials => true,
        }
    }

    /// Whether requests go through Atlassian's gateway, which wants the site's cloud id.
    pub fn uses_gateway(self, product: Product) -> bool {
        product == Product::Cloud && !matches!(self, Self::ApiToken | Self::App)
    }
}

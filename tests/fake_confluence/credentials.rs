//! The credentials that every fake accepts. They look like real ones and occur nowhere else, so that a test can search
//! logs and requests for them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The portal's account on Cloud; on Data Center it is `wiki::PORTAL`.
pub(crate) const EMAIL: &str = "portal@acme.example";
/// Cloud, site only, with `EMAIL`.
pub(crate) const SITE_TOKEN: &str = "ATATT3xFakeSiteTokenWithoutScopes=0A1B2C3D";
/// Cloud, gateway only, with `EMAIL`.
pub(crate) const SCOPED_TOKEN: &str = "ATATT3xFakeScopedTokenOfAPerson=4E5F6A7B";
/// Cloud, gateway only, as a bearer.
pub(crate) const SERVICE_ACCOUNT_TOKEN: &str = "ATSTT3xFakeServiceAccountToken=8C9D0E1F";
/// Both products, client credentials; on Cloud also the authorization code grant.
pub(crate) const CLIENT_ID: &str = "FakeOAuthClientId0123456789";
pub(crate) const CLIENT_SECRET: &str = "ATOAFakeOAuthClientSecret2A3B4C5D6E7F";
/// Data Center, as a bearer.
pub(crate) const PERSONAL_ACCESS_TOKEN: &str = "FakePersonalAccessTokenNDQ1MjY4OTY5";
/// Data Center, with the user name `wiki::PORTAL`.
pub(crate) const PASSWORD: &str = "fake-data-center-password";

pub(crate) const CLOUD_ID: &str = "1a2b3c4d-0000-4000-8000-00000000cafe";

/// What the portal needs, named as apps have named it since 2021. v2 takes only these.
pub(crate) const GRANULAR: &[&str] = &[
    "read:page:confluence",
    "read:space:confluence",
    "read:attachment:confluence",
    "read:comment:confluence",
    "read:folder:confluence",
    "read:hierarchical-content:confluence",
    "read:content.metadata:confluence",
    "read:user:confluence",
    "read:content-details:confluence",
    "read:content.permission:confluence",
    "read:space.setting:confluence",
];

/// The older names, which v1 takes as well.
pub(crate) const CLASSIC: &[&str] = &[
    "read:confluence-content.all",
    "read:confluence-content.summary",
    "read:confluence-content.permission",
    "read:confluence-space.summary",
    "read:confluence-user",
    "search:confluence",
    "readonly:content.attachment:confluence",
];

/// Everything that must never be seen anywhere but in a request to the fake itself.
pub(crate) const SECRETS: &[&str] = &[
    SITE_TOKEN,
    SCOPED_TOKEN,
    SERVICE_ACCOUNT_TOKEN,
    CLIENT_SECRET,
    PERSONAL_ACCESS_TOKEN,
    PASSWORD,
];

pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

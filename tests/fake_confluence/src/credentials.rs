//! The credentials that every fake accepts. They look like real ones and occur nowhere else, so that a test can search
//! logs and requests for them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::app::SECRET;
use super::app::forge::FORGE;
use super::app::grant::IMPERSONATION;
use super::crowd::{CROWD_TOKEN, SESSION};
use super::wiki::PORTAL;

/// The portal's account on Cloud; on Data Center it is `wiki::PORTAL`.
pub const EMAIL: &str = "portal@acme.example";
/// Cloud, site only, with `EMAIL`.
pub const SITE_TOKEN: &str = "ATATT3xFakeSiteTokenWithoutScopes=0A1B2C3D";
/// Cloud, gateway only, with `EMAIL`.
pub const SCOPED_TOKEN: &str = "ATATT3xFakeScopedTokenOfAPerson=4E5F6A7B";
/// Cloud, gateway only, as a bearer.
pub const SERVICE_ACCOUNT_TOKEN: &str = "ATSTT3xFakeServiceAccountToken=8C9D0E1F";
/// Both products, client credentials; on Cloud also the authorization code grant.
pub const CLIENT_ID: &str = "FakeOAuthClientId0123456789";
pub const CLIENT_SECRET: &str = "ATOAFakeOAuthClientSecret2A3B4C5D6E7F";
/// Data Center, as a bearer.
pub const PERSONAL_ACCESS_TOKEN: &str = "FakePersonalAccessTokenNDQ1MjY4OTY5";
/// Data Center, with the user name `wiki::PORTAL`.
pub const PASSWORD: &str = "fake-data-center-password";

/// The signature of every URL of Cloud's media store.
pub const MEDIA_TOKEN: &str = "fake-signature-of-a-media-url";

pub const CLOUD_ID: &str = "1a2b3c4d-0000-4000-8000-00000000cafe";

/// What the portal needs, named as apps have named it since 2021. v2 takes only these.
pub const GRANULAR: &[&str] = &[
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
pub const CLASSIC: &[&str] = &[
    "read:confluence-content.all",
    "read:confluence-content.summary",
    "read:confluence-content.permission",
    "read:confluence-space.summary",
    "read:confluence-user",
    "search:confluence",
    "readonly:content.attachment:confluence",
];

/// Every form in which a credential could be seen where it must not be: in a log, an error, a request to somebody else.
pub fn secrets() -> Vec<String> {
    let plain = [
        SITE_TOKEN,
        SCOPED_TOKEN,
        SERVICE_ACCOUNT_TOKEN,
        CLIENT_SECRET,
        PERSONAL_ACCESS_TOKEN,
        PASSWORD,
        MEDIA_TOKEN,
        // As all bearers and refresh tokens begin that OAuth gives.
        "fake-bearer-",
        "fake-refresh-",
        // As what an app, a person in whose name it asks, and somebody's single sign-on have.
        SECRET,
        IMPERSONATION,
        FORGE,
        CROWD_TOKEN,
        SESSION,
    ];
    let pairs = [
        (EMAIL, SITE_TOKEN),
        (EMAIL, SCOPED_TOKEN),
        (PORTAL, PASSWORD),
        (CLIENT_ID, CLIENT_SECRET),
    ];
    let plain = plain.into_iter().map(str::to_owned);
    plain
        .chain(pairs.map(|(user, password)| pair(user, password)))
        .collect()
}

pub fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", pair(user, password))
}

fn pair(user: &str, password: &str) -> String {
    STANDARD.encode(format!("{user}:{password}"))
}

pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

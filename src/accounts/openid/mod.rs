//! Sign-in at an OpenID provider: authorization code with PKCE, state and nonce. The crate `openidconnect` reads and
//! verifies; requests leave by the portal's own client.
//!
//! - `provider`: [`OpenIdProvider::begin`] says where the browser goes, and what it must bring back.
//! - `way_back`: [`OpenIdProvider::finish`] leads from the code to a person with a role.
//! - `discovery`: what the provider says of itself, kept for an hour. `tokens`: from the code to verified claims. `claims`:
//!   groups in them. [`error`]: why not.

mod claims;
mod discovery;
pub mod error;
mod protocol;
mod provider;
mod tokens;
mod way_back;

#[cfg(test)]
mod tests;

pub use self::provider::{Brought, OnTheWay, OpenIdPerson, OpenIdProvider};

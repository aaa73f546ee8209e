//! The protocol of Connect apps: signed call-backs from Confluence, signed requests to it, and tokens in the name of
//! people. What an installation is, and where its secrets are kept, is not known here.
//!
//! - [`qsh`]: the hash that ties a token to one request.
//! - [`jwt`]: tokens. [`request`]: the token that came with a request.
//! - [`install_keys`]: the public keys of installations. [`callback`]: what Confluence says of an installation.
//! - [`impersonation`]: access tokens in the name of a person.

pub mod callback;
pub mod impersonation;
pub mod install_keys;
pub mod jwt;
pub mod qsh;
pub mod request;

//! What a share is: no HTTP.

pub mod unlock_secret;
pub mod unlock_token;

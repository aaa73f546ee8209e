//! Who may change things: admin accounts and API tokens. Knows nothing of HTTP; diesel only in `store`.

pub mod account;
pub mod api_token;
pub mod person;
pub mod session;
pub mod sign_in;
pub mod store;

//! Who may change things: admin accounts and API tokens. Knows nothing of HTTP; diesel only in `store`.

pub mod account;
pub mod api_token;
pub mod openid;
pub mod person;
pub mod roles;
pub mod session;
pub mod sign_in;
pub mod sign_on_turns;
pub mod store;

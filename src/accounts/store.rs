//! Every query on accounts and API tokens, one file per table.

pub mod account;
pub mod api_token;
pub mod identity;
pub mod person;

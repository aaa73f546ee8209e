//! Every query on accounts and API tokens.

pub mod account;

//! A fake Confluence Cloud and a fake Confluence Data Center, for tests and by hand. `tests/README.md` shows how they are
//! used; nothing of the portal is known here.
//!
//! The way in is [`fake::FakeConfluence`].

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a fake that is asked for what it does not know stops the test there"
)]

mod access;
pub mod app;
mod changes;
mod cloud;
mod cql;
mod cql_search;
pub mod credentials;
pub mod crowd;
mod data_center;
mod errors;
pub mod exchange;
pub mod fake;
pub mod fault;
pub mod files;
mod links;
mod looking;
pub mod macros;
mod oauth;
mod paging;
mod pattern;
pub mod people;
pub mod rate_limit;
pub mod recorder;
pub mod sample;
pub mod serve;
mod spec;
mod state;
pub mod webhook;
pub mod wiki;

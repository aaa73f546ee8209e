//! A fake Confluence Cloud and a fake Confluence Data Center, for tests and by hand. `tests/README.md` shows how they are
//! used; nothing of the portal is known here.
//!
//! The way in is [`fake::FakeConfluence`]. A crate that includes this folder names the module `fake_confluence` at its root.

mod access;
pub(crate) mod app;
mod changes;
mod cloud;
mod cql;
mod cql_search;
pub(crate) mod credentials;
pub(crate) mod crowd;
mod data_center;
mod errors;
pub(crate) mod exchange;
pub(crate) mod fake;
pub(crate) mod fault;
pub(crate) mod files;
mod links;
mod looking;
pub(crate) mod macros;
mod oauth;
mod paging;
mod pattern;
pub(crate) mod people;
pub(crate) mod rate_limit;
pub(crate) mod recorder;
pub(crate) mod sample;
pub(crate) mod serve;
mod spec;
mod state;
pub(crate) mod webhook;
pub(crate) mod wiki;

//! A fake Confluence Cloud and a fake Confluence Data Center, for tests and by hand. `tests/README.md` shows how they are
//! used; nothing of the portal is known here.
//!
//! The way in is [`FakeConfluence`]. A crate that includes this folder names the module `fake_confluence` at its root.

mod access;
mod cloud;
mod cql;
mod cql_search;
pub(crate) mod credentials;
mod data_center;
mod errors;
mod exchange;
mod fake;
mod fault;
mod files;
mod links;
mod looking;
mod oauth;
mod paging;
mod pattern;
mod rate_limit;
mod recorder;
mod sample;
mod serve;
mod spec;
mod state;
mod webhook;
mod wiki;

pub(crate) use exchange::{Port, Reply};
pub(crate) use fake::FakeConfluence;
pub(crate) use fault::{Fault, NotFound, On};
pub(crate) use files::Bytes;
pub(crate) use rate_limit::RateLimit;
pub(crate) use recorder::Recorded;
pub(crate) use sample::PNG;
pub(crate) use webhook::{Event, Webhook, signature};
pub(crate) use wiki::{Kind, PORTAL, Status, Wiki};

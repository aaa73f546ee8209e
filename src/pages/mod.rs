//! Snapshots: what was brought over from the wiki, for one share at a time.
//!
//! Scope, rendering, search and files meet here; how snapshots come is `sync`'s subject. No HTTP; diesel only in `store.rs`
//! and its parts.

pub mod addresses;
pub mod derive;
pub mod files;
pub mod leak;
pub mod leak_report;
pub mod library;
pub mod media_type;
pub mod model;
pub mod pick;
pub mod reader;
pub mod scope;
pub mod store;
pub mod viewer;

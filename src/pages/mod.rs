//! Snapshots: what was brought over from the wiki, for one share at a time. Import, scope, rendering, search and files
//! meet here. No HTTP; diesel only in `store.rs` and its parts.

pub mod addresses;
mod derive;
pub mod files;
pub mod import;
pub mod installation;
pub mod leak_report;
pub mod library;
pub mod live;
pub mod media_type;
pub mod model;
pub mod pick;
pub mod reader;
pub mod scope;
pub mod store;
pub mod viewer;

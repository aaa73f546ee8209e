//! HTTP plumbing that the handlers of `visitor`, `admin` and `api` share: state, errors, headers, cookies, client
//! addresses, assets. No page and no route lives here.

pub mod assets;
pub mod client;
pub mod connect;
pub mod csp_report;
pub mod csrf;
pub mod embedder;
pub mod error;
pub mod event_log;
pub mod frame_note;
pub mod headers;
pub mod health;
pub mod host;
pub mod inside;
pub mod message;
pub mod page;
pub mod page_cache;
pub mod pass_cookie;
pub mod place;
pub mod problem;
pub mod request;
pub mod share_cache;
pub mod state;

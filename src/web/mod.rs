//! HTTP plumbing that the handlers of `visitor`, `admin` and `api` share: state, errors, headers, cookies, client
//! addresses, assets. No page and no route lives here.

pub mod answer_errors;
pub mod assets;
pub mod client;
pub mod connect;
pub mod csrf;
pub mod error;
pub mod fetch_metadata;
pub mod frame_status;
pub mod headers;
pub mod health;
pub mod host;
pub mod inside;
pub mod message;
pub mod page;
pub mod problem;
pub mod request;
pub mod share_cache;
pub mod state;

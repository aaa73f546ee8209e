//! The public pages: what somebody with a share link meets. Handlers and what they show; who may read what is decided
//! in `shares`, what there is to read in `pages`.

mod admission;
pub mod attachment;
pub mod cookieless;
pub mod csp_report;
pub mod embedder;
mod frames;
pub mod gate;
pub mod guide;
pub mod hand_over;
pub mod legacy_link;
mod locked;
pub mod page_cache;
pub mod page_view;
pub mod pass_cookie;
pub mod paths;
pub mod probe;
pub mod query;
pub mod reports;
pub mod search;
pub mod session;
pub mod show;
pub mod signed_files;
pub mod start;
pub mod unlock;
pub mod views;
pub mod visit;

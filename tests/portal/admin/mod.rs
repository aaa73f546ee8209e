//! The admin pages over HTTP, as a browser uses them.

mod account;
pub(crate) mod browser;
mod closed;
mod connections;
mod content;
mod csrf;
mod embed_health;
mod embedding;
mod leaks;
mod live_connection;
mod new_share;
mod openid;
mod share;
mod share_list;
mod share_viewer;
mod sign_in;
mod single_sign_on;
mod single_sign_on_browsers;
mod snippets;
mod tokens;
mod unlock_secret;

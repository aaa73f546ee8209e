//! The web API over HTTP, as programs call it.

mod audit;
mod caller;
mod change;
mod connections;
mod create;
mod document;
mod embed_health;
mod embedding;
mod live_connections;
mod live_site;
mod paging;
mod refusals;
mod unlock;
mod webhooks;

//! The web API over HTTP, as programs call it.

mod caller;
mod change;
mod connections;
mod create;
mod document;
mod paging;
mod refusals;
mod unlock;

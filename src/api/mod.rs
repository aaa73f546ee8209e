//! What programs call: the JSON web API, version 1 (wire structs, bearer tokens, handlers, their OpenAPI document), the
//! webhooks of live sites, and our app.
//!
//! Which URL leads to which handler stands in `routes.rs`.

pub mod activity;
pub mod app;
pub mod audit;
pub mod audit_answer;
pub mod bearer;
mod body;
mod connection_answer;
mod connection_body;
pub mod connections;
mod credentials;
mod cursor;
pub mod embed_health;
mod fields;
mod given;
pub mod hooks;
mod installation_answer;
pub mod methods;
mod new_share;
pub mod openapi;
mod options;
mod problems;
pub mod reference;
mod refusals;
mod share_answer;
mod share_change;
pub mod shares;
pub mod site;
mod test_answer;
pub mod unlock;
mod words;

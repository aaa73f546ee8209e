//! The JSON web API, version 1: wire structs, bearer tokens, handlers and their OpenAPI document. Which URL leads to
//! which handler stands in `routes.rs`.

pub mod activity;
pub mod bearer;
mod body;
pub mod connections;
mod cursor;
mod fields;
mod given;
pub mod methods;
mod new_share;
pub mod openapi;
mod options;
mod problems;
mod refusals;
mod root;
mod share_answer;
mod share_change;
pub mod shares;
pub mod unlock;
mod words;

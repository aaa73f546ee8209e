//! The admin pages: their handlers and what their templates are given.
//!
//! Every handler below the gate takes a [`gate::Admin`], which only the gate makes, or a form that was checked against
//! one. What a share, an account or a connection is, is decided in the rooms below.

pub mod account;
pub mod chrome;
pub mod connections;
pub mod form;
pub mod form_page;
pub mod gate;
pub mod inside;
pub mod landing;
pub mod numbers;
pub mod problems;
pub mod session;
pub mod shares;
pub mod sign_in;
pub mod stranger;
pub mod times;
pub mod tokens;
mod turned_away;

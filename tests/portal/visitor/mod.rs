//! The public pages, as visitors and client sites meet them.

mod access;
mod attachment;
mod framing;
mod health;
mod host;
mod limits;
mod limits_model;
mod not_found;
mod page;
mod pass;
mod password;
mod reports;
mod scope;
mod unlock;
mod unlock_refused;

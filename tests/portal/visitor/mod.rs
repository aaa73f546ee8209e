//! The public pages, as visitors and client sites meet them.

mod access;
mod attachment;
mod framing;
mod guide;
mod health;
mod host;
mod limits;
mod limits_model;
mod not_found;
mod page;
mod pass;
mod password;
mod scope;
mod unlock;
mod unlock_refused;

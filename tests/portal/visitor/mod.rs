//! The public pages, as visitors and client sites meet them.

mod access;
mod attachment;
mod cookieless;
mod framing;
mod guide;
mod hand_over;
mod health;
mod host;
mod limits;
mod limits_model;
mod not_found;
mod only_in_sites;
mod page;
mod pass;
mod password;
mod reports;
mod scope;
mod signed_files;
mod slash;
mod unlock;
mod unlock_refused;

//! A first look with nothing configured: a private database, a sample space and a client's site.
//!
//! Nothing else in the crate depends on this room.

pub mod client_site;
pub mod private_postgres;
pub mod sample_space;

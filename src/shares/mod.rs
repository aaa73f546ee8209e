//! What a share is: who may read what, by which proof. Knows nothing of HTTP; diesel only in `store.rs`.

pub mod access;
pub mod cookieless;
pub mod embed_health;
pub mod embed_origins;
pub mod event;
pub mod event_log;
pub mod file_signature;
pub mod guesses;
pub mod labels;
pub mod pass;
pub mod share;
pub mod store;
pub mod ticket;
pub mod unlock_secret;
pub mod unlock_token;

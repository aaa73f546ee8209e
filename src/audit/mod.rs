//! The audit record: who did what to what, as a chain of rows that nobody can change unnoticed.
//!
//! What an event is stands in [`event`], who caused it in [`actor`], what is hashed in [`chain`], how people are forgotten in [`personal`].
//! Knows nothing of HTTP; diesel only in [`store`].
//!
//! Whoever changes something opens a transaction, makes the change, and calls [`record`] as its last statement: then
//! either both rows are there or none.

pub mod actor;
pub mod chain;
pub mod checkpoint;
pub mod entry;
pub mod event;
pub mod head_log;
pub mod personal;
pub mod store;
pub mod stored_row;
pub mod verify;
mod word_table;

pub use self::store::record::record;
pub use self::store::showings::{forget_showings, record_shown};
pub use self::store::tallies::{Tally, add_to_tally, settle_tallies};

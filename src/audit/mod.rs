//! The audit record: who did what to what, as a chain of rows that nobody can change unnoticed. What an event is stands
//! in [`event`], who caused it in [`actor`], what is hashed in [`chain`], how people are forgotten in [`personal`].
//! Knows nothing of HTTP; diesel only in [`store`].
//!
//! Whoever changes something opens a transaction, makes the change, and calls [`record`] as its last statement: then
//! either both rows are there or none.

pub mod actor;
pub mod chain;
mod entry;
pub mod event;
pub mod personal;
pub mod store;
mod word_table;

pub use self::store::record::record;
pub use self::store::tallies::{Tally, add_to_tally, record_shown, settle_tallies};

//! Every query on the audit record.

pub mod read;
pub mod record;
pub mod remove;
pub mod showings;
pub mod tallies;

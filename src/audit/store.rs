//! Every query on the audit record.

pub mod record;
pub mod tallies;

//! The fakes of Confluence are themselves tested here: that they hold requests against the specification, page, refuse
//! and fail as the real ones do.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up stops there"
)]

#[path = "mod.rs"]
mod fake_confluence;
mod tests;

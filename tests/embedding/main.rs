//! Shares in frames of other sites, over https, in every way in which browsers treat the cookies of a framed site.
//!
//! A test has a portal process, a TLS front before it and before the sites of two clients, and a browser. What the
//! browser asked for and was told is recorded by the front. `browser` holds what plain http is enough for.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up stops there"
)]

#[path = "../browser/browser.rs"]
#[expect(dead_code, reason = "these tests use a part of it")]
mod browser;
mod certificate;
mod front;
mod http;
mod mode;
mod modes;
mod portal;
#[path = "../portal/support/postgres.rs"]
#[expect(dead_code, reason = "these tests use a part of it")]
mod postgres;
mod record;
mod scenes;
mod share;
mod stage;

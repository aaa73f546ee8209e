//! The portal from outside: the real server on a real socket and a real PostgreSQL. How it is set up is `support`;
//! the other folders mirror the rooms of `src`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up stops there"
)]

mod admin;
mod api;
mod app;
mod atlassian_clients;
mod audit;
mod cli;
mod client_sites;
mod clients;
mod demo;
mod embed;
mod embed_health;
mod live;
mod migrations;
mod races;
mod readme;
mod routes;
mod secrets_in_logs;
mod support;
mod upgrade;
mod visitor;

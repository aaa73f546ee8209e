//! Queries on live connections: their access and settings, how they are doing, and the installations some of them have.

pub mod health;
pub mod installations;
pub mod live;

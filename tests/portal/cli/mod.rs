//! The commands of the binary, each against the database of a portal that runs.

mod accounts;
mod audit;
mod configuration;
mod connection;
mod drain;
mod export;
mod import;
mod migrate;
mod unlock;

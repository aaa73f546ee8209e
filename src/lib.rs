//! Vestibule: a self-hosted external share portal for Confluence.

pub mod accounts;
pub mod admin;
pub mod api;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod db;
pub mod demo;
pub mod guess_limit;
pub mod keys;
pub mod pages;
pub mod password;
pub mod routes;
pub mod schema;
pub mod server;
pub mod shares;
pub mod space_export;
pub mod telemetry;
pub mod visitor;
pub mod web;

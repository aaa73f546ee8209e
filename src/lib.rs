//! Vestibule: a self-hosted external share portal for Confluence.

pub mod accounts;
pub mod admin;
pub mod api;
pub mod content;
pub mod demo;
pub mod pages;
pub mod shares;
pub mod space_export;
pub mod visitor;
pub mod web;

//! The public pages. Handlers live in one file per page; what their templates are given lives in [`views`].

pub mod views;

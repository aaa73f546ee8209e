//! A place in a wiki of which at least the outline is stored, so that it can be shared. How it is found is `root`'s
//! subject, who may share it that of `rights`.

use uuid::Uuid;

use crate::shares::share::{RestrictedPages, Scope};

/// A place that exists.
#[derive(Debug)]
pub struct Root {
    pub connection_id: Uuid,
    pub space_key: String,
    pub scope: Scope,
    /// Of the page or the space: a share's name, if it gets no other.
    pub title: String,
    /// What a share of it shows of restricted pages, unless it is told.
    pub restricted_pages: RestrictedPages,
}

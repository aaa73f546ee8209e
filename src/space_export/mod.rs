//! Reads Confluence space exports, and writes small ones. Pure over a reader: no database, no HTTP, no rendering.

pub mod builder;
mod model;

pub use model::{
    BodyFormat, ExportedBody, ExportedFile, ExportedPage, ExportedSpace, ExportedUser, PageKind,
    SkipReason, Skipped, SpaceStatus,
};

//! What Confluence has rendered itself, `body.export_view` and its relative `view`, in the words of storage format.
//!
//! The HTML is parsed and each form that Confluence writes becomes the element or macro it once was, so that one
//! renderer writes everything. What Confluence could not render is taken from the page's storage format, where that
//! can be told apart without guessing. No markup is written here.

mod boxes;
mod build;
mod charts;
mod failed;
mod html;
mod inks;
mod issues;
mod layouts;
mod lists;
mod normalise;
mod people;
mod pictures;
mod recover;
mod shown;
mod usable;

use super::dom::Node;
use super::tree::Fragment;
use normalise::Normaliser;

pub use shown::{ShownFile, shown_files};
pub use usable::{is_usable_export_view, pulls_other_pages};

/// An export view as the renderer reads it.
pub(super) struct ExportView {
    pub(super) nodes: Vec<Node>,
    pub(super) problem: Option<String>,
    /// What was pulled in from other pages: a title, or the name of the macro that did it.
    pub(super) pulled: Vec<String>,
}

/// Parses an export view; `storage` is the parsed storage body of the same page.
pub(super) fn parse(view: &str, storage: Option<&[Node]>, wiki_hosts: &[String]) -> ExportView {
    let Fragment { nodes, problem } = html::parse(view);
    let mut normaliser = Normaliser::new(&nodes, wiki_hosts);
    let mut nodes = normaliser.nodes(&nodes);
    let Normaliser {
        sightings, pulled, ..
    } = normaliser;
    let pulled = match storage {
        Some(storage) => {
            recover::fill(&mut nodes, &sightings, storage);
            recover::pulled(storage)
        }
        None => pulled,
    };
    ExportView {
        nodes,
        problem,
        pulled,
    }
}

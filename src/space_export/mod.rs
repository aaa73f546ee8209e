//! Reads Confluence space exports, and writes small ones. Pure over a reader: no database, no HTTP, no rendering.
//!
//! An export is a zip archive with one `entities.xml`, which can be gigabytes long, and the attachments beside it. It
//! is read twice from front to back: pass 1 keeps titles and relations, pass 2 hands out one body after the other.
//! Nothing of the archive is trusted: see [`Limits`] for how much it may ask, and [`ExportError`] for what is refused.

mod archive;
mod assemble;
mod bodies;
pub mod builder;
mod collect;
mod descriptor;
mod entities;
mod error;
mod limits;
mod model;
mod object;
mod people;
mod rows;
mod tree;

#[cfg(test)]
mod tests;

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use archive::Archive;
use assemble::{Content, FindEntry};
use collect::{Collected, METADATA};
use entities::Entities;

pub use descriptor::{Descriptor, ExportType, Source};
pub use error::ExportError;
pub use limits::Limits;
pub use model::{
    BodyFormat, ExportedBody, ExportedFile, ExportedPage, ExportedSpace, ExportedUser, PageKind,
    SkipReason, Skipped, SpaceStatus,
};

const DESCRIPTOR: &str = "exportDescriptor.properties";
const DESCRIPTOR_BYTES: u64 = 64 << 10;

/// An opened export that has passed every check; only damage inside files that were not read yet can still show.
pub struct SpaceExport<R> {
    archive: Archive<R>,
    limits: Limits,
    descriptor: Descriptor,
    content: Content,
}

impl<R: Read + Seek> SpaceExport<R> {
    /// Checks the archive and reads everything but bodies and files.
    ///
    /// # Errors
    /// Why the archive is refused, in words for the admin.
    pub fn open(reader: R, limits: &Limits) -> Result<Self, ExportError> {
        let mut archive = Archive::open(reader, limits)?;
        let descriptor = read_descriptor(&mut archive)?;
        let mut rows = Collected::default();
        let mut entities = Entities::new(archive.entities()?, METADATA, limits);
        while let Some(object) = entities.next_object()? {
            rows.add(object, limits)?;
        }
        drop(entities);
        let content = assemble::assemble(rows, &descriptor, &archive)?;
        Ok(Self {
            archive,
            limits: limits.clone(),
            descriptor,
            content,
        })
    }

    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// At least one; several in the export of a whole site.
    pub fn spaces(&self) -> &[ExportedSpace] {
        &self.content.spaces
    }

    /// Current pages and blog posts, sorted by id.
    pub fn pages(&self) -> &[ExportedPage] {
        &self.content.pages
    }

    /// Current files of [`SpaceExport::pages`], sorted by id; no page has two of one name.
    pub fn files(&self) -> &[ExportedFile] {
        &self.content.files
    }

    pub fn users(&self) -> &[ExportedUser] {
        &self.content.users
    }

    /// What was left out or moved, each reason once.
    pub fn skipped(&self) -> &[Skipped] {
        &self.content.skipped
    }

    /// Reads the bodies of [`SpaceExport::pages`] in the order of the file, holding one at a time, until `f` breaks.
    ///
    /// Pages without a readable body are not called for.
    ///
    /// # Errors
    /// Damage that shows only now.
    pub fn for_each_body(
        &mut self,
        f: impl FnMut(ExportedBody) -> ControlFlow<()>,
    ) -> Result<(), ExportError> {
        let unmarked = match self.descriptor.is_before_storage_format() {
            true => BodyFormat::WikiMarkup,
            false => BodyFormat::Storage,
        };
        bodies::for_each(
            self.archive.entities()?,
            &self.content,
            unmarked,
            &self.limits,
            f,
        )
    }

    /// Streams one file. The last read answers an error if the bytes are not those Confluence packed.
    ///
    /// # Errors
    /// When the archive does not hold the file.
    pub fn open_file(&mut self, file: &ExportedFile) -> Result<impl Read, ExportError> {
        let no_bytes = || ExportError::NoBytes {
            file_name: error::printable(&file.file_name),
        };
        self.archive.stream(file.entry.ok_or_else(no_bytes)?)
    }
}

impl<R: Read + Seek> FindEntry for Archive<R> {
    fn find_entry(&self, path: &str) -> Option<(usize, u64)> {
        self.find(path).map(|entry| (entry, self.size_of(entry)))
    }
}

/// Exports without a descriptor are read all the same; it says nothing that cannot be guessed.
fn read_descriptor<R: Read + Seek>(archive: &mut Archive<R>) -> Result<Descriptor, ExportError> {
    let Some(entry) = archive.find(DESCRIPTOR) else {
        return Ok(Descriptor::default());
    };
    let mut properties = Vec::new();
    let mut bytes = archive.stream(entry)?.take(DESCRIPTOR_BYTES);
    bytes
        .read_to_end(&mut properties)
        .map_err(|error| ExportError::unreadable_entry(&error))?;
    Ok(Descriptor::parse(&String::from_utf8_lossy(&properties)))
}

//! Why an export is refused, in words for the admin who uploaded it: what is wrong, and what to do about it.

use std::io;

use thiserror::Error;

#[derive(Debug, Error)]
pub enum ExportError {
    #[error(
        "This is not a zip archive. Upload the file as Confluence made it, without unpacking or renaming it."
    )]
    NotAZip,
    #[error(
        "The zip archive breaks off: its end is missing. The download was cut; download the export again."
    )]
    CutOff,
    #[error(
        "This is not an export in XML: it has no entities.xml. In Confluence choose Space settings → Export space → XML."
    )]
    NoEntities,
    #[error("This is an HTML export. In Confluence choose Space settings → Export space → XML.")]
    HtmlExport,
    #[error(
        "There is another zip archive inside this one. Unpack the outer one and upload {entry}."
    )]
    NestedArchive { entry: String },
    #[error(
        "The archive is encrypted ({entry}). Upload the export as Confluence made it, without a password."
    )]
    Encrypted { entry: String },
    #[error(
        "The archive holds a name that no Confluence writes: {entry}. It was changed after the export; export the space again."
    )]
    BadName { entry: String },
    #[error(
        "The archive holds a link instead of a file: {entry}. It was changed after the export; export the space again."
    )]
    Link { entry: String },
    #[error(
        "The archive holds two files of one name or in one place. It was changed after the export; export the space again."
    )]
    Ambiguous,
    #[error(
        "{entry} is compressed in a way that Confluence does not use. Upload the export as Confluence made it, without packing it anew."
    )]
    Compression { entry: String },
    #[error(
        "The archive holds more than {limit} files. Export single spaces instead of the whole site."
    )]
    TooManyEntries { limit: usize },
    #[error(
        "{entry} would unpack to more than {}. Export the space without that file, or without attachments.", in_words(*limit)
    )]
    EntryTooLarge { entry: String, limit: u64 },
    #[error(
        "The archive would unpack to more than {}. Export single spaces, or without attachments.", in_words(*limit)
    )]
    ArchiveTooLarge { limit: u64 },
    #[error(
        "The archive would unpack to more than {ratio} times its size. No Confluence export does; it is not read."
    )]
    Bomb { ratio: u64 },
    #[error(
        "{entry} cannot be unpacked ({source}). The download was cut or the file was changed; download the export again."
    )]
    Damaged { entry: String, source: io::Error },
    #[error("entities.xml breaks off at byte {at}: {reason}. Export the space again.")]
    BrokenXml { at: u64, reason: String },
    #[error(
        "entities.xml is not the entities.xml of a Confluence export: it does not begin with <hibernate-generic>."
    )]
    ForeignXml,
    #[error(
        "entities.xml declares entities of its own. No Confluence export does; it is not read."
    )]
    EntityDeclaration,
    #[error(
        "entities.xml holds a text of more than {} before byte {at}. Split or empty that page, then export the space again.", in_words(*limit)
    )]
    TextTooLong { at: u64, limit: u64 },
    #[error(
        "entities.xml is nested more than {limit} levels deep at byte {at}. No Confluence export is; it is not read."
    )]
    TooDeep { at: u64, limit: usize },
    #[error(
        "The export describes more than can be kept in mind at once ({} without page texts). Export single spaces.", in_words(*limit)
    )]
    TooMuch { limit: u64 },
    #[error("The export holds no space. In Confluence choose Space settings → Export space → XML.")]
    NoSpace,
    #[error(
        "The bytes of the file “{file_name}” are not in the archive. Export the space again, with attachments."
    )]
    NoBytes { file_name: String },
    #[error("The archive cannot be read: {0}")]
    Read(#[source] io::Error),
}

impl ExportError {
    /// The XML parser keeps I/O errors to itself, so what went wrong is told once more.
    pub(super) fn unreadable_entry(error: &io::Error) -> Self {
        let same = |error: &io::Error| io::Error::new(error.kind(), error.to_string());
        match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(Self::Damaged { entry, source }) => Self::Damaged {
                entry: entry.clone(),
                source: same(source),
            },
            _ => Self::Read(same(error)),
        }
    }
}

fn in_words(bytes: u64) -> String {
    const UNITS: [(u64, &str); 2] = [(1 << 30, "GiB"), (1 << 20, "MiB")];
    let unit = UNITS
        .iter()
        .find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit));
    match unit {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

/// A name from the archive, made safe to print: no control characters, no endless line.
pub(super) fn printable(name: &str) -> String {
    const SHOWN_CHARS: usize = 120;
    let mut shown: String = name.escape_debug().take(SHOWN_CHARS).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    shown
}

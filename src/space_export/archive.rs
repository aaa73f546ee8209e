//! The zip archive around an export: opened, checked against tricks and limits, its entries found and streamed.
//!
//! What stands inside the entries is not known here.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use zip::read::{ZipArchiveMetadata, ZipFileEntry};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive, ZipReadOptions};

use super::error::{ExportError, printable};
use super::limits::Limits;

pub(super) const ENTITIES: &str = "entities.xml";

/// What one entry may take up in the archive's directory; Confluence needs about a hundred bytes.
const DIRECTORY_BYTES_PER_ENTRY: u64 = 256;
/// The search for the directory reads the end of the archive a few times.
const DIRECTORY_SEARCH_BYTES: u64 = 1 << 20;

/// An archive whose every entry has passed the checks.
pub(super) struct Archive<R> {
    reader: R,
    directory: Arc<ZipArchiveMetadata>,
    /// Entry numbers by name; without the folder that some unpack-and-repack tools put around everything.
    entries: HashMap<String, usize>,
}

impl<R: Read + Seek> Archive<R> {
    pub(super) fn open(mut reader: R, limits: &Limits) -> Result<Self, ExportError> {
        let directory = read_directory(&mut reader, limits)?;
        let entries = check_entries(&directory, limits)?;
        let entries = without_outer_folder(entries)?;
        Ok(Self {
            reader,
            directory,
            entries,
        })
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.entries.get(name).copied()
    }

    pub(super) fn entities(&mut self) -> Result<EntryReader<impl Read>, ExportError> {
        let entry = self.find(ENTITIES).ok_or(ExportError::NoEntities)?;
        self.stream(entry)
    }

    /// The unpacked size; reading the entry fails at the first byte beyond it.
    pub(super) fn size_of(&self, entry: usize) -> u64 {
        self.directory.entry(entry).map_or(0, |entry| entry.size())
    }

    /// A reader over one entry that answers an error if the bytes are not those of the checksum.
    pub(super) fn stream(&mut self, entry: usize) -> Result<EntryReader<impl Read>, ExportError> {
        let found = self
            .directory
            .entry(entry)
            .map_err(|error| ExportError::Read(error.into()))?;
        let name = name_of(&found);
        let damaged = |error: ZipError| ExportError::Damaged {
            entry: name.clone(),
            source: error.into(),
        };
        let bytes = found
            .with_reader(&mut self.reader, ZipReadOptions::new())
            .map_err(damaged)?;
        Ok(EntryReader { name, bytes })
    }
}

/// Streams one entry; its errors name the entry.
pub(super) struct EntryReader<R> {
    name: String,
    bytes: R,
}

impl<R: Read> Read for EntryReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes
            .read(buffer)
            .map_err(|source| match source.kind() {
                io::ErrorKind::Interrupted => source,
                kind => io::Error::new(
                    kind,
                    ExportError::Damaged {
                        entry: self.name.clone(),
                        source,
                    },
                ),
            })
    }
}

fn read_directory<R: Read + Seek>(
    reader: &mut R,
    limits: &Limits,
) -> Result<Arc<ZipArchiveMetadata>, ExportError> {
    let looks_like_zip = starts_like_zip(reader).map_err(ExportError::Read)?;
    // The zip crate reads the whole directory into memory before anybody can count its entries.
    let entries = u64::try_from(limits.entries).unwrap_or(u64::MAX);
    let left = entries
        .saturating_mul(DIRECTORY_BYTES_PER_ENTRY)
        .saturating_add(DIRECTORY_SEARCH_BYTES);
    let mut metered = Metered {
        inner: reader,
        left,
    };
    let opened = ZipArchive::new(&mut metered).and_then(|mut archive| {
        let ambiguous = archive.has_duplicate_names() || archive.has_overlapping_files()?;
        Ok((archive.metadata(), ambiguous))
    });
    match opened {
        Ok((_, true)) => Err(ExportError::Ambiguous),
        Ok((directory, false)) => Ok(directory),
        Err(_) if metered.left == 0 => Err(ExportError::TooManyEntries {
            limit: limits.entries,
        }),
        Err(ZipError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Err(ExportError::Read(error))
        }
        Err(_) if looks_like_zip => Err(ExportError::CutOff),
        Err(_) => Err(ExportError::NotAZip),
    }
}

fn starts_like_zip<R: Read + Seek>(reader: &mut R) -> io::Result<bool> {
    let mut start = Vec::new();
    reader.rewind()?;
    reader.by_ref().take(4).read_to_end(&mut start)?;
    Ok(start == b"PK\x03\x04")
}

/// Every entry is checked, also those nobody will read: an archive with one trick is not trusted for the rest.
fn check_entries(
    directory: &ZipArchiveMetadata,
    limits: &Limits,
) -> Result<HashMap<String, usize>, ExportError> {
    if directory.len() > limits.entries {
        return Err(ExportError::TooManyEntries {
            limit: limits.entries,
        });
    }
    let mut entries = HashMap::with_capacity(directory.len());
    let (mut unpacked, mut packed) = (0_u64, 0_u64);
    for number in 0..directory.len() {
        let entry = directory
            .entry(number)
            .map_err(|error| ExportError::Read(error.into()))?;
        check_entry(&entry, limits)?;
        unpacked = unpacked.saturating_add(entry.size());
        packed = packed.saturating_add(entry.compressed_size());
        if !entry.is_dir() {
            entries.insert(checked_name(&entry)?, number);
        }
    }
    if unpacked > limits.total_bytes {
        return Err(ExportError::ArchiveTooLarge {
            limit: limits.total_bytes,
        });
    }
    if unpacked > limits.ratio_from_bytes && unpacked > packed.saturating_mul(limits.ratio) {
        return Err(ExportError::Bomb {
            ratio: limits.ratio,
        });
    }
    Ok(entries)
}

fn check_entry(entry: &ZipFileEntry<'_>, limits: &Limits) -> Result<(), ExportError> {
    let name = checked_name(entry)?;
    if entry.encrypted() {
        return Err(ExportError::Encrypted {
            entry: printable(&name),
        });
    }
    if entry.is_symlink() {
        return Err(ExportError::Link {
            entry: printable(&name),
        });
    }
    if !matches!(
        entry.compression(),
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) {
        return Err(ExportError::Compression {
            entry: printable(&name),
        });
    }
    let limit = if file_name(&name) == ENTITIES {
        limits.entities_bytes
    } else {
        limits.file_bytes
    };
    if entry.size() > limit {
        return Err(ExportError::EntryTooLarge {
            entry: printable(&name),
            limit,
        });
    }
    Ok(())
}

/// Nothing is ever written under a name of the archive, but a name that climbs out of a folder is never an accident.
fn checked_name(entry: &ZipFileEntry<'_>) -> Result<String, ExportError> {
    let bad = || ExportError::BadName {
        entry: name_of(entry),
    };
    let name = entry.name().map_err(|_undecodable| bad())?;
    let climbs = name.split('/').any(|part| part == ".." || part == ".");
    let has_drive = name.chars().nth(1) == Some(':');
    let strange = name.chars().any(|c| c == '\\' || c.is_control());
    if name.is_empty() || name.starts_with('/') || climbs || has_drive || strange {
        return Err(bad());
    }
    Ok(name.into_owned())
}

fn name_of(entry: &ZipFileEntry<'_>) -> String {
    printable(&String::from_utf8_lossy(entry.name_raw()))
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Safari unpacks downloads, and who packs the folder again gets one folder around everything.
fn without_outer_folder(
    entries: HashMap<String, usize>,
) -> Result<HashMap<String, usize>, ExportError> {
    if entries.contains_key(ENTITIES) {
        return Ok(entries);
    }
    let outer = entries.keys().find_map(|name| {
        let folder = name.strip_suffix(ENTITIES)?;
        (folder.matches('/').count() == 1 && folder.ends_with('/')).then(|| folder.to_owned())
    });
    let Some(outer) = outer else {
        return Err(without_entities(entries));
    };
    let inside =
        |(name, number): (String, usize)| Some((name.strip_prefix(&outer)?.to_owned(), number));
    Ok(entries.into_iter().filter_map(inside).collect())
}

fn without_entities(entries: HashMap<String, usize>) -> ExportError {
    if entries.keys().any(|name| file_name(name) == "index.html") {
        return ExportError::HtmlExport;
    }
    let inner = entries
        .into_keys()
        .filter(|name| name.ends_with(".zip"))
        .min();
    match inner {
        Some(name) => ExportError::NestedArchive {
            entry: printable(&name),
        },
        None => ExportError::NoEntities,
    }
}

/// Fails after so many bytes.
struct Metered<'a, R> {
    inner: &'a mut R,
    left: u64,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("the archive's directory is too long"));
        }
        let read = self.inner.by_ref().take(self.left).read(buffer)?;
        self.left = self
            .left
            .saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

impl<R: Seek> Seek for Metered<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

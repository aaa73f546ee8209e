//! Moves the files of an export into the object store: each through a temporary file, because its name there is the
//! hash of all its bytes.

use std::io::{Read, Seek, Write as _};

use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::convert::without_nul;
use super::progress::{ImportError, Progress};
use crate::pages::files::{FileStore, FileStoreError};
use crate::pages::media_type::{self, HEAD_BYTES};
use crate::pages::model::Attachment;
use crate::space_export::{ExportedFile, SpaceExport};

const BUFFER_BYTES: usize = 64 << 10;

/// Files without bytes in the archive are left out; the reader has counted them.
pub(super) fn upload_files<R: Read + Seek>(
    export: &mut SpaceExport<R>,
    store: &FileStore,
    connection_id: Uuid,
    on_progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Attachment>, ImportError> {
    let files: Vec<ExportedFile> = export
        .files()
        .iter()
        .filter(|file| file.has_bytes())
        .cloned()
        .collect();
    let mut uploaded = Vec::with_capacity(files.len());
    for (done, file) in files.iter().enumerate() {
        on_progress(Progress::Files {
            done,
            of: files.len(),
        });
        uploaded.push(upload_one(export, store, connection_id, file)?);
    }
    Ok(uploaded)
}

fn upload_one<R: Read + Seek>(
    export: &mut SpaceExport<R>,
    store: &FileStore,
    connection_id: Uuid,
    file: &ExportedFile,
) -> Result<Attachment, ImportError> {
    let mut copy =
        tempfile::NamedTempFile::new_in(store.scratch()).map_err(FileStoreError::Read)?;
    let mut source = export.open_file(file)?;
    let mut hash = Sha256::new();
    let mut head = Vec::with_capacity(HEAD_BYTES);
    let mut size_bytes = 0_u64;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let length = source.read(&mut buffer).map_err(ImportError::Archive)?;
        let bytes = buffer.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        hash.update(bytes);
        head.extend_from_slice(
            bytes
                .get(..bytes.len().min(HEAD_BYTES - head.len()))
                .unwrap_or_default(),
        );
        size_bytes += length as u64;
        copy.write_all(bytes).map_err(FileStoreError::Read)?;
    }
    drop(source);
    copy.flush().map_err(FileStoreError::Read)?;
    let sha256: [u8; 32] = hash.finalize().into();
    let pixels = imagesize::size(copy.path()).ok();
    Handle::current().block_on(store.put(connection_id, &sha256, copy.path()))?;
    let file_name = without_nul(&file.file_name);
    Ok(Attachment {
        connection_id,
        attachment_id: file.id.to_string(),
        content_id: file.page_id.to_string(),
        media_type: media_type::detect(&file_name, &head).to_owned(),
        file_name,
        size_bytes,
        sha256: Some(sha256),
        width: pixels.and_then(|size| u32::try_from(size.width).ok()),
        height: pixels.and_then(|size| u32::try_from(size.height).ok()),
        version: i32::try_from(file.version).unwrap_or(i32::MAX),
        comment: Some(without_nul(&file.comment)).filter(|comment| !comment.is_empty()),
        modified_at: file.modified_at,
    })
}

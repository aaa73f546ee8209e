//! Bytes of attachments: fetched from the site when somebody first asks for them, handed on while they come in, and
//! stored once. Whoever asks meanwhile, for whatever range, reads from the same fetch.

use std::collections::HashMap;
use std::io::Write as _;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _};
use futures_util::{TryStreamExt as _, stream};
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};
use tempfile::TempPath;
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

use super::access::Access;
use super::{Live, LiveError};
use crate::confluence::model::ListedFile;
use crate::pages::files::FileStoreError;
use crate::pages::media_type::{self, HEAD_BYTES};
use crate::pages::model::Attachment;
use crate::pages::store::attachments::{self, FetchedFile};

const READ_BYTES: usize = 64 << 10;

type Key = (Uuid, String, i32);

/// Files that this process fetches at once.
const AT_ONCE: usize = 12;
/// How long a file that could not be fetched is not asked for again.
const FAILED: std::time::Duration = std::time::Duration::from_secs(30);

/// Fetches that are running in this process.
pub struct Downloads {
    running: Mutex<HashMap<Key, Arc<Running>>>,
    failed: Cache<Key, ()>,
    slots: Semaphore,
}

impl Default for Downloads {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            failed: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(FAILED)
                .build(),
            slots: Semaphore::new(AT_ONCE),
        }
    }
}

/// One fetch. Its file goes when the last reader is done.
struct Running {
    path: TempPath,
    state: watch::Receiver<State>,
}

#[derive(Debug, Clone, Default)]
struct State {
    written: u64,
    /// By the first bytes, once they are there.
    media_type: Option<&'static str>,
    /// As the site announced it.
    length: Option<u64>,
    end: End,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum End {
    #[default]
    Open,
    Whole,
    Broken,
}

/// A file that can be read from its beginning on, though not all of it may be here yet.
pub struct ComingFile {
    running: Arc<Running>,
    pub size_bytes: u64,
    /// What it is served as.
    pub media_type: &'static str,
}

impl Live {
    /// A file whose bytes are not stored. Waits for its first bytes, which tell its type.
    pub async fn open_file(
        self: &Arc<Self>,
        file: &Attachment,
        now: OffsetDateTime,
    ) -> Result<ComingFile, LiveError> {
        let running = self.running(file, now).await?;
        let mut state = running.state.clone();
        let known = state
            .wait_for(|state| {
                let is_measured = state.length.is_some() || file.size_bytes > 0;
                (state.media_type.is_some() && is_measured) || state.end != End::Open
            })
            .await
            .map_err(|_ended| LiveError::BrokenDownload)?
            .clone();
        let Some(media_type) = known.media_type else {
            return Err(LiveError::BrokenDownload);
        };
        let size_bytes = match (known.end, known.length) {
            (End::Whole, _) => known.written,
            (End::Broken, _) => return Err(LiveError::BrokenDownload),
            (End::Open, length) => length.unwrap_or(file.size_bytes),
        };
        Ok(ComingFile {
            running,
            size_bytes,
            media_type,
        })
    }

    async fn running(
        self: &Arc<Self>,
        file: &Attachment,
        now: OffsetDateTime,
    ) -> Result<Arc<Running>, LiveError> {
        let key = (file.connection_id, file.attachment_id.clone(), file.version);
        if let Some(running) = self.downloads.find(&key) {
            return Ok(running);
        }
        if self.downloads.failed.contains_key(&key) {
            return Err(LiveError::BrokenDownload);
        }
        let access = self.access(file.connection_id, now).await?;
        let limit = limit_of(&access);
        if file.size_bytes > limit {
            return Err(LiveError::FileTooLarge(limit));
        }
        // Data Center tells only here where the bytes are.
        let listed = access.client.attachment(&file.attachment_id).await?;
        let path = tempfile::NamedTempFile::new_in(self.files.scratch())
            .map_err(FileStoreError::Read)?
            .into_temp_path();
        let (sender, state) = watch::channel(State::default());
        let running = Arc::new(Running { path, state });
        if let Some(other) = self.downloads.insert(&key, &running) {
            return Ok(other);
        }
        let (live, kept) = (Arc::clone(self), Arc::clone(&running));
        tokio::spawn(async move {
            // Held until all bytes are here; the semaphore is never closed.
            let _slot = live.downloads.slots.acquire().await;
            let fetched = live
                .fetch_file(&access, &listed, kept.path.to_path_buf(), &sender)
                .await;
            let outcome = match fetched {
                Ok(fetched) => {
                    live.keep(access.connection.id, &listed.id, fetched, &kept.path)
                        .await
                }
                Err(error) => Err(error),
            };
            let failure = outcome.err();
            if let Some(error) = &failure {
                tracing::info!(connection = %access.connection.id, file = listed.id, %error, "a file was not fetched");
            }
            sender.send_modify(|state| {
                state.end = if failure.is_none() {
                    End::Whole
                } else {
                    End::Broken
                };
            });
            if failure.is_some() {
                live.downloads.failed.insert(key.clone(), ());
            }
            live.downloads.remove(&key);
            let recorded = live
                .record_outcome(access.connection.id, failure.as_ref(), now)
                .await;
            if let Err(error) = recorded {
                tracing::warn!(%error, "how a site is doing was not recorded");
            }
        });
        Ok(running)
    }

    /// Replaces the stored bytes of a file by those of its new version.
    pub(super) async fn fetch_new_version(
        self: &Arc<Self>,
        access: &Access,
        file: &ListedFile,
    ) -> Result<(), LiveError> {
        let limit = limit_of(access);
        if file.size_bytes.is_some_and(|size| size > limit) {
            return Err(LiveError::FileTooLarge(limit));
        }
        let path = tempfile::NamedTempFile::new_in(self.files.scratch())
            .map_err(FileStoreError::Read)?
            .into_temp_path();
        let (sender, _state) = watch::channel(State::default());
        let fetched = self
            .fetch_file(access, file, path.to_path_buf(), &sender)
            .await?;
        self.keep(access.connection.id, &file.id, fetched, &path)
            .await
    }

    /// Writes the bytes to a file of ours, and tells how far it is.
    async fn fetch_file(
        &self,
        access: &Access,
        file: &ListedFile,
        path: PathBuf,
        state: &watch::Sender<State>,
    ) -> Result<FetchedFile, LiveError> {
        let limit = limit_of(access);
        let download = access.client.download(file, None).await?;
        let length = download.length.or(file.size_bytes);
        if length.is_some_and(|length| length > limit) {
            return Err(LiveError::FileTooLarge(limit));
        }
        let mut copy = std::fs::File::create(&path).map_err(FileStoreError::Read)?;
        let mut hash = Sha256::new();
        let mut head = Vec::with_capacity(HEAD_BYTES);
        let mut written = 0_u64;
        let mut known_type = None;
        let mut bytes = std::pin::pin!(download.stream);
        while let Some(chunk) = bytes.try_next().await? {
            written += chunk.len() as u64;
            if written > limit || length.is_some_and(|length| written > length) {
                return Err(LiveError::BrokenDownload);
            }
            hash.update(&chunk);
            let room = HEAD_BYTES - head.len();
            head.extend_from_slice(chunk.get(..chunk.len().min(room)).unwrap_or_default());
            copy.write_all(&chunk).map_err(FileStoreError::Read)?;
            if known_type.is_none() && head.len() >= HEAD_BYTES {
                known_type = Some(media_type::detect(&file.name, &head));
            }
            state.send_modify(|state| {
                state.written = written;
                state.length = length;
                state.media_type = known_type;
            });
        }
        if length.is_some_and(|length| written != length) {
            return Err(LiveError::BrokenDownload);
        }
        let media_type = media_type::detect(&file.name, &head);
        state.send_modify(|state| {
            state.length = Some(written);
            state.media_type = Some(media_type);
        });
        let pixels = imagesize::size(&path).ok();
        Ok(FetchedFile {
            version: file.version,
            media_type: media_type.to_owned(),
            size_bytes: written,
            sha256: hash.finalize().into(),
            width: pixels.and_then(|size| u32::try_from(size.width).ok()),
            height: pixels.and_then(|size| u32::try_from(size.height).ok()),
        })
    }

    /// Into the object store first, then the row that names it.
    async fn keep(
        &self,
        connection_id: Uuid,
        attachment_id: &str,
        fetched: FetchedFile,
        path: &std::path::Path,
    ) -> Result<(), LiveError> {
        self.files.put(connection_id, &fetched.sha256, path).await?;
        let attachment_id = attachment_id.to_owned();
        self.db
            .run(move |db| {
                attachments::store_fetched_file(db, connection_id, &attachment_id, &fetched)
            })
            .await?;
        Ok(())
    }
}

fn limit_of(access: &Access) -> u64 {
    u64::try_from(access.connection.settings.file_limit_bytes).unwrap_or(0)
}

impl Downloads {
    fn find(&self, key: &Key) -> Option<Arc<Running>> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(key).cloned()
    }

    /// The fetch that somebody else has begun meanwhile, if there is one.
    fn insert(&self, key: &Key, new: &Arc<Running>) -> Option<Arc<Running>> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = running.get(key) {
            return Some(Arc::clone(other));
        }
        running.insert(key.clone(), Arc::clone(new));
        None
    }

    fn remove(&self, key: &Key) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(key);
    }
}

/// Where a reader of a coming file is.
struct Reading {
    file: tokio::fs::File,
    state: watch::Receiver<State>,
    at: u64,
    end: u64,
    /// Keeps the bytes on disk until the reader is done.
    _running: Arc<Running>,
}

impl ComingFile {
    /// A part of the bytes, as they come in. `range` lies inside the file.
    pub async fn read(
        self,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, std::io::Result<Bytes>>, LiveError> {
        let io = FileStoreError::Read;
        let mut file = tokio::fs::File::open(&self.running.path)
            .await
            .map_err(io)?;
        file.seek(std::io::SeekFrom::Start(range.start))
            .await
            .map_err(io)?;
        let reading = Reading {
            file,
            state: self.running.state.clone(),
            at: range.start,
            end: range.end,
            _running: self.running,
        };
        Ok(stream::try_unfold(reading, next_part).boxed())
    }
}

async fn next_part(mut reading: Reading) -> std::io::Result<Option<(Bytes, Reading)>> {
    if reading.at >= reading.end {
        return Ok(None);
    }
    let at = reading.at;
    let state = reading
        .state
        .wait_for(|state| state.written > at || state.end != End::Open)
        .await
        .map_err(std::io::Error::other)?
        .clone();
    if state.end == End::Broken || state.written <= at {
        return Err(std::io::Error::other(LiveError::BrokenDownload));
    }
    let here = state.written.min(reading.end) - at;
    let length = usize::try_from(here).unwrap_or(READ_BYTES).min(READ_BYTES);
    let mut buffer = vec![0; length];
    reading.file.read_exact(&mut buffer).await?;
    reading.at += length as u64;
    Ok(Some((buffer.into(), reading)))
}

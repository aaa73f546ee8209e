//! Bytes of attachments: fetched from the site when somebody first asks for them, handed on while they come in, and
//! stored once. Whoever asks meanwhile, for whatever range, reads from the same fetch.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tokio::sync::watch;
use uuid::Uuid;

use super::SiteSync;
use super::coming_file::{ComingFile, End, Running, State};
use crate::confluence::model::ListedFile;
use crate::connections::LiveError;
use crate::connections::access::Access;
use crate::pages::files::FileStoreError;
use crate::pages::media_type::{self, HEAD_BYTES};
use crate::pages::model::Attachment;
use crate::pages::store::attachments::{self, FetchedFile};

impl SiteSync {
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
        let access = self.connections.access(file.connection_id, now).await?;
        let limit = limit_of(&access);
        if file.size_bytes > limit {
            return Err(LiveError::FileTooLarge(limit));
        }
        // Some sites tell only here where the bytes are.
        let listed = access.client.attachment(&file.attachment_id).await?;
        let path = tempfile::NamedTempFile::new_in(self.files.scratch())
            .map_err(FileStoreError::Read)?
            .into_temp_path();
        let (sender, state) = watch::channel(State::default());
        let running = Arc::new(Running { path, state });
        if let Some(other) = self.downloads.insert(&key, &running) {
            return Ok(other);
        }
        let (sync, kept) = (Arc::clone(self), Arc::clone(&running));
        tokio::spawn(async move {
            // Held until all bytes are here; the semaphore is never closed.
            let _slot = sync.downloads.slots.acquire().await;
            let fetched = sync
                .fetch_file(&access, &listed, kept.path.to_path_buf(), &sender)
                .await;
            let outcome = match fetched {
                Ok(fetched) => {
                    sync.keep(access.connection.id, &listed.id, fetched, &kept.path)
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
                sync.downloads.failed.insert(key.clone(), ());
            }
            sync.downloads.remove(&key);
            let recorded = sync
                .connections
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

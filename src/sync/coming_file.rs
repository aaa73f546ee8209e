//! Files whose bytes are coming in, and whoever reads along.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::stream;
use futures_util::stream::{BoxStream, StreamExt as _};
use moka::sync::Cache;
use tempfile::TempPath;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

use crate::connections::LiveError;
use crate::pages::files::FileStoreError;

const READ_BYTES: usize = 64 << 10;

pub(super) type Key = (Uuid, String, i32);

/// Files that this process fetches at once.
const AT_ONCE: usize = 12;
/// How long a file that could not be fetched is not asked for again.
const FAILED: std::time::Duration = std::time::Duration::from_secs(30);

/// Fetches that are running in this process.
pub(super) struct Downloads {
    running: Mutex<HashMap<Key, Arc<Running>>>,
    pub(super) failed: Cache<Key, ()>,
    pub(super) slots: Semaphore,
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
pub(super) struct Running {
    pub(super) path: TempPath,
    pub(super) state: watch::Receiver<State>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) written: u64,
    /// By the first bytes, once they are there.
    pub(super) media_type: Option<&'static str>,
    /// As the site announced it.
    pub(super) length: Option<u64>,
    pub(super) end: End,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum End {
    #[default]
    Open,
    Whole,
    Broken,
}

/// A file that can be read from its beginning on, though not all of it may be here yet.
pub struct ComingFile {
    pub(super) running: Arc<Running>,
    pub size_bytes: u64,
    /// What it is served as.
    pub media_type: &'static str,
}

impl Downloads {
    pub(super) fn find(&self, key: &Key) -> Option<Arc<Running>> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(key).cloned()
    }

    /// The fetch that somebody else has begun meanwhile, if there is one.
    pub(super) fn insert(&self, key: &Key, new: &Arc<Running>) -> Option<Arc<Running>> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = running.get(key) {
            return Some(Arc::clone(other));
        }
        running.insert(key.clone(), Arc::clone(new));
        None
    }

    pub(super) fn remove(&self, key: &Key) {
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

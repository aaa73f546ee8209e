//! Where the bytes of attachments lie: a local folder or S3-compatible storage, one object per content. Which bytes
//! belong to which file is the database's knowledge.

use std::collections::HashSet;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::ready;
use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3Builder;
use object_store::client::{ClientConfigKey, HttpClient, HttpConnector};
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use object_store::{
    ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, WriteMultipart,
};
use uuid::Uuid;

use crate::config::{Objects, S3Settings, Storage};
use crate::confluence::http;

/// Why bytes could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileStoreError {
    #[error("the object store failed: {0}")]
    Store(#[from] object_store::Error),
    #[error("the data folder {folder} cannot be used: {error}")]
    Folder {
        folder: PathBuf,
        error: std::io::Error,
    },
    #[error("a file could not be read: {0}")]
    Read(#[from] std::io::Error),
}

/// A handle to the object store; cheap to clone.
#[derive(Clone)]
pub struct FileStore {
    objects: Arc<dyn ObjectStore>,
    scratch: PathBuf,
}

const CHUNK_BYTES: usize = 8 << 20;
const UPLOADS_AT_ONCE: usize = 4;
/// To reach the bucket.
const CONNECT: Duration = Duration::from_secs(5);
/// A request to the bucket, with its answer.
const TOTAL: Duration = Duration::from_secs(30);

impl FileStore {
    /// Makes the folders that are missing.
    pub fn open(storage: &Storage) -> Result<Self, FileStoreError> {
        let folder = |name: &str| {
            let folder = storage.data_dir.join(name);
            std::fs::create_dir_all(&folder)
                .and_then(|()| folder.canonicalize())
                .map_err(|error| FileStoreError::Folder { folder, error })
        };
        let objects: Arc<dyn ObjectStore> = match &storage.objects {
            Objects::Local => Arc::new(LocalFileSystem::new_with_prefix(folder("attachments")?)?),
            Objects::S3(settings) => open_bucket(settings)?,
        };
        Ok(Self {
            objects,
            scratch: folder("scratch")?,
        })
    }

    /// Where unfinished uploads lie; on the same disk as the data.
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Stores the bytes of a local file, unless they are there already.
    pub async fn put(
        &self,
        connection: Uuid,
        sha256: &[u8; 32],
        source: &Path,
    ) -> Result<(), FileStoreError> {
        let path = object_path(connection, sha256);
        if self.objects.head(&path).await.is_ok() {
            return Ok(());
        }
        let upload = self.objects.put_multipart(&path).await?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, CHUNK_BYTES);
        match copy(source, &mut writer).await {
            Ok(()) => {
                writer.finish().await?;
                Ok(())
            }
            Err(error) => {
                writer.abort().await?;
                Err(error)
            }
        }
    }

    /// Gives one connection an object that another one has, unless it is there already. An object that neither has is for
    /// whoever reads it to miss.
    pub async fn copy(&self, from: Uuid, to: Uuid, sha256: &[u8]) -> Result<(), FileStoreError> {
        let (source, target) = (path_of(from, sha256), path_of(to, sha256));
        if self.objects.head(&target).await.is_ok() {
            return Ok(());
        }
        match self.objects.copy(&source, &target).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A part of the bytes, streamed. `range` lies inside the file.
    pub async fn read(
        &self,
        connection: Uuid,
        sha256: &[u8; 32],
        range: Range<u64>,
    ) -> Result<BoxStream<'static, object_store::Result<Bytes>>, FileStoreError> {
        if range.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        Ok(self
            .objects
            .get_opts(&object_path(connection, sha256), options)
            .await?
            .into_stream())
    }

    /// Removes a connection's objects that nothing needs any more.
    pub async fn keep_only(
        &self,
        connection: Uuid,
        needed: &HashSet<Vec<u8>>,
    ) -> Result<(), FileStoreError> {
        self.remove_unneeded(connection, needed, i64::MAX).await
    }

    /// The same, but only objects that were stored before a time in Unix seconds: the row that names a new one may not
    /// be there yet.
    pub async fn remove_unneeded(
        &self,
        connection: Uuid,
        needed: &HashSet<Vec<u8>>,
        stored_before: i64,
    ) -> Result<(), FileStoreError> {
        let folder = ObjectPath::from(connection.to_string());
        let known: Vec<_> = self
            .objects
            .list(Some(&folder))
            .try_filter(|object| ready(object.last_modified.timestamp() < stored_before))
            .map_ok(|object| object.location)
            .try_collect()
            .await?;
        for location in known {
            let digest = location.filename().and_then(|name| hex::decode(name).ok());
            if !digest.is_some_and(|digest| needed.contains(&digest)) {
                self.objects.delete(&location).await?;
            }
        }
        Ok(())
    }
}

async fn copy(source: &Path, writer: &mut WriteMultipart) -> Result<(), FileStoreError> {
    let mut file = std::fs::File::open(source)?;
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        writer.wait_for_capacity(UPLOADS_AT_ONCE).await?;
        writer.write(buffer.get(..length).unwrap_or_default());
    }
}

/// A folder per connection, so that deleting one cannot touch another's files.
fn object_path(connection: Uuid, sha256: &[u8; 32]) -> ObjectPath {
    path_of(connection, sha256)
}

fn path_of(connection: Uuid, sha256: &[u8]) -> ObjectPath {
    ObjectPath::from(format!("{connection}/{}", hex::encode(sha256)))
}

fn open_bucket(settings: &S3Settings) -> Result<Arc<dyn ObjectStore>, FileStoreError> {
    let mut builder = AmazonS3Builder::new()
        .with_http_connector(OwnTls)
        .with_bucket_name(&settings.bucket)
        .with_region(&settings.region);
    if let Some(endpoint) = &settings.endpoint {
        // A storage in the operator's own network may speak plain http.
        builder = builder
            .with_endpoint(endpoint)
            .with_allow_http(endpoint.starts_with("http://"));
    }
    if let (Some(id), Some(secret)) = (&settings.access_key_id, &settings.secret_access_key) {
        builder = builder
            .with_access_key_id(id)
            .with_secret_access_key(secret);
    }
    Ok(Arc::new(PrefixStore::new(
        builder.build()?,
        settings.prefix.as_str(),
    )))
}

/// Requests to the bucket by a client with the portal's own TLS.
#[derive(Debug)]
struct OwnTls;

impl HttpConnector for OwnTls {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let plain_http = options.get_config_value(&ClientConfigKey::AllowHttp);
        let client = http::client_with_tls()
            .map_err(no_client)?
            .https_only(plain_http.as_deref() != Some("true"))
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .http1_only()
            .build()
            .map_err(no_client)?;
        Ok(HttpClient::new(client))
    }
}

fn no_client(error: impl std::error::Error + Send + Sync + 'static) -> object_store::Error {
    object_store::Error::Generic {
        store: "S3",
        source: Box::new(error),
    }
}

//! Where attachment bytes lie: a folder or S3-compatible storage.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use super::error::ConfigError;

/// Where attachments lie: for `serve` and `import`.
#[derive(Clone, clap::Args)]
pub struct StorageArgs {
    /// Folder for attachments and unfinished uploads.
    #[arg(
        long,
        env = "VESTIBULE_DATA_DIR",
        default_value = "data",
        value_name = "FOLDER"
    )]
    pub data_dir: PathBuf,
    /// Keep attachments in S3-compatible storage instead: `s3://bucket/prefix`.
    #[arg(long, env = "VESTIBULE_OBJECT_STORE", value_name = "URL")]
    pub object_store: Option<String>,
    /// Endpoint of the S3-compatible storage, if it is not Amazon's.
    #[arg(long, env = "VESTIBULE_S3_ENDPOINT", value_name = "URL")]
    pub s3_endpoint: Option<String>,
    /// Region of the S3-compatible storage.
    #[arg(
        long,
        env = "VESTIBULE_S3_REGION",
        default_value = "us-east-1",
        value_name = "NAME"
    )]
    pub s3_region: String,
    /// Access key of the S3-compatible storage.
    #[arg(
        long,
        env = "VESTIBULE_S3_ACCESS_KEY_ID",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub s3_access_key_id: Option<String>,
    /// Secret of that access key.
    #[arg(
        long,
        env = "VESTIBULE_S3_SECRET_ACCESS_KEY",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    pub s3_secret_access_key: Option<String>,
}

/// Where attachment bytes lie.
#[derive(Debug, Clone)]
pub struct Storage {
    pub data_dir: PathBuf,
    pub objects: Objects,
}

/// The kind of object store.
#[derive(Debug, Clone)]
pub enum Objects {
    /// The folder `attachments` of the data folder.
    Local,
    S3(S3Settings),
}

/// An S3-compatible bucket.
#[derive(Clone)]
pub struct S3Settings {
    pub bucket: String,
    pub prefix: String,
    pub endpoint: Option<String>,
    pub region: String,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<String>,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

impl StorageArgs {
    /// Everything in one folder of this machine.
    pub fn local(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            object_store: None,
            s3_endpoint: None,
            s3_region: String::new(),
            s3_access_key_id: None,
            s3_secret_access_key: None,
        }
    }

    pub fn read(&self) -> Result<Storage, ConfigError> {
        let mut errors = ConfigError::default();
        self.check(&mut errors).ok_or(errors)
    }

    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<Storage> {
        if self.s3_access_key_id.is_some() != self.s3_secret_access_key.is_some() {
            errors.add(
                "VESTIBULE_S3_ACCESS_KEY_ID",
                "goes together with VESTIBULE_S3_SECRET_ACCESS_KEY; set both or none",
            );
        }
        if let Some(endpoint) = &self.s3_endpoint {
            let parsed = Url::parse(endpoint).map_err(|error| format!("is not a URL: {error}"));
            errors.check("VESTIBULE_S3_ENDPOINT", parsed);
        }
        let objects = match self
            .object_store
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            None => Objects::Local,
            Some(text) => Objects::S3(errors.check("VESTIBULE_OBJECT_STORE", self.parse_s3(text))?),
        };
        Some(Storage {
            data_dir: self.data_dir.clone(),
            objects,
        })
    }

    fn parse_s3(&self, text: &str) -> Result<S3Settings, String> {
        let rest = text
            .strip_prefix("s3://")
            .ok_or_else(|| "must be of the form s3://bucket/prefix".to_owned())?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err("names no bucket; the form is s3://bucket/prefix".to_owned());
        }
        Ok(S3Settings {
            bucket: bucket.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: self.s3_endpoint.clone(),
            region: self.s3_region.clone(),
            access_key_id: self.s3_access_key_id.clone(),
            secret_access_key: self.s3_secret_access_key.clone(),
        })
    }
}

//! Where the pages and files of a share are found: the paths that a reader's browser asks for.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::model::Attachment;

/// What RFC 3986 calls unreserved stands as it is.
const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Makes, from the id of a file, the query that lets its bearer have it; see `shares::file_signature`.
pub type FileSigner = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// The addresses below one path.
#[derive(Clone)]
pub struct Addresses {
    /// `/content/{share}`.
    pub base_path: String,
    /// Where files are to be had without a cookie.
    pub sign_file: Option<FileSigner>,
}

impl Addresses {
    pub fn below(base_path: impl Into<String>) -> Self {
        Self {
            base_path: base_path.into(),
            sign_file: None,
        }
    }

    /// `/content/{share}/{page}`.
    pub fn page(&self, content_id: &str) -> String {
        format!(
            "{}/{}",
            self.base_path,
            utf8_percent_encode(content_id, PATH_SEGMENT)
        )
    }

    /// `/content/{share}/files/{attachment}/{name}`: the name is for people and for saving, the id decides.
    pub fn file(&self, file: &Attachment) -> String {
        let path = format!(
            "{}/files/{}/{}",
            self.base_path,
            utf8_percent_encode(&file.attachment_id, PATH_SEGMENT),
            utf8_percent_encode(&file.file_name, PATH_SEGMENT)
        );
        match &self.sign_file {
            Some(sign) => format!("{path}?{}", sign(&file.attachment_id)),
            None => path,
        }
    }
}

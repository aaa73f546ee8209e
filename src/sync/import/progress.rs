//! How far an import is, and why one is refused.

use crate::db::DbError;
use crate::name::NameError;
use crate::pages::files::FileStoreError;
use crate::space_export::ExportError;

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Reading the archive; how long that takes nobody knows yet.
    Reading,
    Files {
        done: usize,
        of: usize,
    },
    Pages {
        done: usize,
        of: usize,
    },
    /// Making search texts and the report.
    Rendering {
        done: usize,
        of: usize,
    },
}

/// Why nothing was imported; the text is for the admin.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{0}")]
    Export(#[from] ExportError),
    #[error("Another import into “{0}” is running. Wait until it has finished.")]
    AlreadyRunning(String),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(
        "“{0}” holds other pages than this export. Import it under a new name; to replace the content, delete the connection first."
    )]
    OtherContent(String),
    #[error("A file in the archive cannot be read: {0}")]
    Archive(std::io::Error),
    #[error("The export holds no page.")]
    NoPages,
    #[error(transparent)]
    Files(#[from] FileStoreError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for ImportError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

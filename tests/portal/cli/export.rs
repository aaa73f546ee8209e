//! Small space exports in files, for the commands that read one.

use std::io::Cursor;
use std::path::PathBuf;

use tempfile::TempDir;
use uuid::Uuid;
use vestibule::shares::share::{Scope, Share};
use vestibule::space_export::builder::{ExportBuilder, NewPage};

use crate::support::{Portal, Ran};

pub(super) const SPACE: &str = "NOTES";

/// A file that is deleted with this value.
pub(super) struct ExportFile {
    _folder: TempDir,
    pub(super) path: PathBuf,
}

impl ExportFile {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.zip");
        std::fs::write(&path, bytes).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    pub(super) fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }
}

/// The space with these pages: id, title, body.
pub(super) fn space(pages: &[(u64, &str, &str)]) -> ExportBuilder {
    pages.iter().fold(
        ExportBuilder::new(SPACE, "Notes"),
        |export, (id, title, body)| export.page(NewPage::new(*id, title, body)),
    )
}

pub(super) fn zipped(export: ExportBuilder) -> Vec<u8> {
    let mut archive = Cursor::new(Vec::new());
    export.write(&mut archive).unwrap();
    archive.into_inner()
}

impl Portal {
    pub(super) fn import(&self, export: &[u8], name: &str) -> Ran {
        let file = ExportFile::of(export);
        self.run(&["import", file.path(), "--name", name])
    }

    /// An open share of everything that was imported.
    pub(super) fn db_share_of_space(&self, connection: Uuid) -> Share {
        self.db_share(|new| {
            new.connection_id = connection;
            new.space_key = SPACE.to_owned();
            new.scope = Scope::Space { home: None };
            new.password_hash = None;
        })
    }
}

/// What an import that went well prints.
pub(super) fn id_of(imported: &Ran) -> Uuid {
    assert_eq!(imported.code, Some(0), "{}", imported.stderr);
    let line = imported.stdout.strip_suffix('\n').unwrap();
    line.parse().unwrap()
}

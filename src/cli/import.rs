//! `import`: a space export from the command line, with a progress bar at a terminal.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::terminal::{CommandError, note, print, right, the_command_line};
use crate::clock;
use crate::config::{DatabaseArgs, StorageArgs};
use crate::db::{self, Db};
use crate::pages::files::FileStore;
use crate::pages::model::ImportReport;
use crate::sharing::import::Importer;
use crate::sync::import::{ImportAs, Imported, Progress};

pub(super) fn run(
    export: &Path,
    import_as: ImportAs<'_>,
    database: &DatabaseArgs,
    storage: &StorageArgs,
) -> Result<(), CommandError> {
    let url = database.read()?;
    let storage = storage.read()?;
    let refused = |error: &dyn std::fmt::Display| CommandError::Refused(error.to_string());
    let archive = File::open(export)
        .map_err(|error| CommandError::Refused(format!("{}: {error}", export.display())))?;
    db::migrate(&url)?;
    let files = FileStore::open(&storage).map_err(|error| refused(&error))?;
    let right = right()?;
    let (name, wiki_url) = (import_as.name.to_owned(), import_as.wiki_url.cloned());
    let work = move || {
        let bar = ProgressBar::new_spinner();
        let import_as = ImportAs {
            name: &name,
            wiki_url: wiki_url.as_ref(),
        };
        let db = Db::open(&url, 2);
        let mut show = |progress| show(&bar, progress);
        let archive = BufReader::new(archive);
        let by = Importer {
            db: &db,
            files: &files,
            actor: &the_command_line(),
            right,
        };
        let imported = by.import(archive, import_as, &mut show, clock::now());
        bar.finish_and_clear();
        imported
    };
    // The object store is asynchronous and the import is not: it runs beside the runtime, which must stay free.
    let imported =
        actix_web::rt::System::new().block_on(async { tokio::task::spawn_blocking(work).await });
    let imported = imported.map_err(|panic| refused(&panic))?;
    let Imported {
        connection_id,
        report,
        ..
    } = imported.map_err(|error| refused(&error))?;
    report_lines(&report)
        .iter()
        .try_for_each(|line| note(line))?;
    print(&connection_id.to_string())
}

/// Indicatif draws nothing when standard error is not a terminal.
fn show(bar: &ProgressBar, progress: Progress) {
    let (what, done, of) = match progress {
        Progress::Reading => ("reading", 0, 0),
        Progress::Files { done, of } => ("files", done, of),
        Progress::Pages { done, of } => ("pages", done, of),
        Progress::Rendering { done, of } => ("rendering", done, of),
    };
    if bar.length() != Some(of as u64)
        && let Ok(style) = ProgressStyle::with_template("{msg:>10} {wide_bar} {pos}/{len}")
    {
        bar.set_style(style);
        bar.set_length(of as u64);
    }
    bar.set_message(what);
    bar.set_position(done as u64);
}

/// The report in lines for people.
fn report_lines(report: &ImportReport) -> Vec<String> {
    let mut lines = vec![format!(
        "Imported {}, {} and {} ({} bytes) of {}.",
        count(report.pages, "page"),
        count(report.blog_posts, "blog post"),
        count(report.files, "file"),
        report.file_bytes,
        count(report.spaces, "space"),
    )];
    if report.removed_pages > 0 {
        let pages = count(report.removed_pages, "page");
        lines.push(format!("Removed {pages} that the export no longer holds."));
    }
    if report.restricted_pages > 0 {
        let pages = count(report.restricted_pages, "page");
        lines.push(format!(
            "Tree and space shares leave out {pages} with a view restriction."
        ));
    }
    for skipped in &report.skipped {
        lines.push(format!("Left out: {} {}.", skipped.count, skipped.what));
    }
    let (told, troubles): (Vec<_>, Vec<_>) = report
        .findings
        .iter()
        .partition(|finding| finding.kind.is_disclosure());
    for finding in troubles {
        let times = match finding.count {
            1 => String::new(),
            count => format!(" ({count} times)"),
        };
        lines.push(format!("{}{times}", finding.kind.sentence()));
    }
    if !told.is_empty() {
        lines.push(
            "The admin pages list the people, mail addresses and other sites that the pages name."
                .to_owned(),
        );
    }
    lines
}

fn count(number: u32, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

//! Receives a space export and imports it: as a new connection, or into one that is there. The file is streamed to
//! the data folder and never held in memory.

use actix_multipart::form::tempfile::{TempFile, TempFileConfig};
use actix_multipart::form::text::Text;
use actix_multipart::form::{MultipartForm, MultipartFormConfig};
use actix_web::http::StatusCode;
use actix_web::{Error, HttpResponse, web};

use super::{connection_id, list, show};
use crate::admin::form::check_token;
use crate::admin::gate::Admin;
use crate::admin::problems::Problems;
use crate::clock;
use crate::sharing::import::{self, Destination};
use crate::sync::import::Imported;
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::state::AppState;

/// Room for the other fields and the boundaries of the form.
const FORM_OVERHEAD: u64 = 64 << 10;

/// The form; the token comes first, and the file last.
#[derive(MultipartForm)]
pub struct Upload {
    csrf: Text<String>,
    /// Absent when the connection is named by the path.
    name: Option<Text<String>>,
    archive: TempFile,
}

/// An upload, or why it could not be read.
type Received = Result<MultipartForm<Upload>, Error>;

/// How large an upload may be, and where it lies until it is imported.
pub fn configure(state: &AppState) -> (MultipartFormConfig, TempFileConfig) {
    let limit = state
        .settings
        .upload_limit_bytes
        .saturating_add(FORM_OVERHEAD);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    (
        MultipartFormConfig::default().total_limit(limit),
        TempFileConfig::default().directory(state.files.scratch()),
    )
}

/// `POST /admin/connections`: makes a connection from an export.
pub async fn create(
    state: web::Data<AppState>,
    admin: Admin,
    received: Received,
) -> Result<HttpResponse, PageError> {
    let mut problems = Problems::default();
    let Some(upload) = read(&state, &admin, received, &mut problems)? else {
        return list::answer(
            &state,
            &admin,
            StatusCode::UNPROCESSABLE_ENTITY,
            String::new(),
            problems,
        )
        .await;
    };
    let name = upload
        .name
        .as_deref()
        .map(|name| name.trim().to_owned())
        .unwrap_or_default();
    let destination = Destination::New(name.clone());
    if let Some(imported) = run(&state, &admin, upload, destination, &mut problems).await? {
        return done(&admin, &imported);
    }
    list::answer(
        &state,
        &admin,
        StatusCode::UNPROCESSABLE_ENTITY,
        name,
        problems,
    )
    .await
}

/// `POST /admin/connections/{id}/import`: brings a connection up to date.
pub async fn import_again(
    state: web::Data<AppState>,
    admin: Admin,
    path: web::Path<String>,
    received: Received,
) -> Result<HttpResponse, PageError> {
    let id = connection_id(&path)?;
    let mut problems = Problems::default();
    if let Some(upload) = read(&state, &admin, received, &mut problems)?
        && let Some(imported) = run(
            &state,
            &admin,
            upload,
            Destination::Known(id),
            &mut problems,
        )
        .await?
    {
        return done(&admin, &imported);
    }
    show::answer(
        &state,
        &admin,
        id,
        StatusCode::UNPROCESSABLE_ENTITY,
        None,
        problems,
    )
    .await
}

fn done(admin: &Admin, imported: &Imported) -> Result<HttpResponse, PageError> {
    let (pages, files) = (
        imported.report.pages + imported.report.blog_posts,
        imported.report.files,
    );
    admin.say_done(format!(
        "The export is imported: {pages} pages and {files} files."
    ))?;
    Ok(page::see_other(&format!(
        "/admin/connections/{}",
        imported.connection_id
    )))
}

fn read(
    state: &AppState,
    admin: &Admin,
    received: Received,
    problems: &mut Problems,
) -> Result<Option<Upload>, Failure> {
    let upload = match received {
        Ok(MultipartForm(upload)) => upload,
        Err(error) => {
            problems.add(
                "archive",
                unreadable(&error, state.settings.upload_limit_bytes)?,
            );
            return Ok(None);
        }
    };
    check_token(admin, &upload.csrf)?;
    if upload.archive.size == 0 {
        problems.add("archive", "Choose the zip file that Confluence made.");
        return Ok(None);
    }
    Ok(Some(upload))
}

/// What to say of an upload that did not come through; a full disk is ours to answer for.
fn unreadable(error: &Error, limit: u64) -> Result<String, Failure> {
    match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => Ok(format!(
            "The file is larger than {} MiB. Whoever runs the portal can raise VESTIBULE_UPLOAD_LIMIT_MIB, or import it \
             on the server with “vestibule import”.",
            limit >> 20
        )),
        status if status.is_client_error() => {
            Ok("The upload did not come through whole. Please try again.".to_owned())
        }
        _ => Err(Failure::Internal(format!(
            "an upload could not be stored: {error}"
        ))),
    }
}

/// Imports on a thread of its own: that takes minutes for a large export.
async fn run(
    state: &web::Data<AppState>,
    admin: &Admin,
    upload: Upload,
    destination: Destination,
    problems: &mut Problems,
) -> Result<Option<Imported>, Failure> {
    let state = web::Data::clone(state);
    let (actor, right) = (admin.actor().clone(), admin.right());
    let now = clock::now();
    let span = tracing::Span::current();
    let finished = web::block(move || {
        let _entered = span.entered();
        // The temporary file goes with `upload`, whatever comes of the import.
        let archive = upload.archive.file.as_file();
        import::import(&state.sharing, &actor, right, archive, destination, now)
    });
    let finished = finished.await;
    problems.take(finished.map_err(|panic| Failure::Internal(panic.to_string()))?)
}

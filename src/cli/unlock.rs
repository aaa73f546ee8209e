//! `unlock-link` and `check-token`: the integrator's two tools.

use super::terminal::{CommandError, note, print};
use crate::clock;
use crate::config::{BaseUrlArgs, DatabaseArgs};
use crate::db::Db;
use crate::shares::share::{Share, ShareId, WrittenShareId};
use crate::shares::store::{self, StoreError};
use crate::shares::unlock_token::{self, CheckOutcome};

fn find_share(written: &str, database: &DatabaseArgs) -> Result<Share, CommandError> {
    let url = database.read()?;
    let id = match ShareId::parse(written.trim()) {
        Some(WrittenShareId::Canonical(id) | WrittenShareId::OtherSpelling(id)) => id,
        None => {
            return Err(CommandError::Refused(format!(
                "“{written}” is not the id of a share (a UUID)."
            )));
        }
    };
    let found = Db::open(&url, 1).run_blocking(|db| store::find_share(db, id));
    let found = found.map_err(|error: StoreError| CommandError::Refused(error.to_string()))?;
    found.ok_or_else(|| CommandError::Refused(format!("There is no share {id}.")))
}

pub(super) fn print_link(
    share: &str,
    database: &DatabaseArgs,
    base_url: &BaseUrlArgs,
) -> Result<(), CommandError> {
    let base_url = base_url.read()?;
    let share = find_share(share, database)?;
    let minted = unlock_token::mint(
        share.id.uuid(),
        &share.unlock_secret,
        clock::now().unix_timestamp(),
    )
    .map_err(|error| CommandError::Refused(error.to_string()))?;
    if share.embed_only {
        note("The share opens only inside its sites: put the link into a frame of one of them.")?;
    } else if share.password_hash.is_none() {
        note("The share has no password: it opens without an unlock token as well.")?;
    }
    print(&base_url.join(&format!(
        "/content/{}?unlock={}",
        share.id,
        minted.token.as_str()
    )))
}

pub(super) fn check_token(
    share: &str,
    token: &str,
    database: &DatabaseArgs,
) -> Result<(), CommandError> {
    let share = find_share(share, database)?;
    let explanation = unlock_token::explain(token, &share.token_rule(clock::now()));
    for line in &explanation.checks {
        let mark = match line.outcome {
            CheckOutcome::Passed => "ok    ",
            CheckOutcome::Failed => "FAILED",
            CheckOutcome::NotReached => "-     ",
        };
        print(&format!("{mark}  {}: {}", line.check, line.detail))?;
    }
    match explanation.code {
        None => print("valid"),
        Some(code) => Err(CommandError::Refused(format!(
            "the token is refused: {code}"
        ))),
    }
}

//! `admin add` and `token add`.

use std::io::{self, IsTerminal as _};

use super::terminal::{CommandError, note, print, read_line};
use crate::accounts::account::Email;
use crate::accounts::api_token::{TokenName, TokenScope};
use crate::clock;
use crate::config::DatabaseArgs;
use crate::db::{self, Db, DbError};
use crate::password::{self, Password};
use crate::sharing::account;
use crate::sharing::actor::{Actor, Who};
use crate::sharing::api_token::{self, WantedToken};
use crate::sharing::rights::may_administer;

fn refused(error: impl std::fmt::Display) -> CommandError {
    CommandError::Refused(error.to_string())
}

pub(super) fn add_admin(email: &str, database: &DatabaseArgs) -> Result<(), CommandError> {
    let url = database.read()?;
    let email = Email::parse(email).map_err(refused)?;
    let password = Password::new(&read_password()?).map_err(refused)?;
    let hash = password::hash(&password).map_err(refused)?;
    // The first account is often made before the first start.
    db::migrate(&url)?;
    let actor = Actor::local(Who::CommandLine);
    let right = may_administer(&actor).map_err(refused)?;
    Db::open(&url, 1)
        .run_blocking(|db| account::add(db, &actor, right, &email, &hash, clock::now()))
        .map_err(refused)?;
    note(&format!("Added the admin {}.", email.as_str()))
}

/// Asked for twice at a terminal; else the first line of standard input.
fn read_password() -> Result<String, CommandError> {
    if !io::stdin().is_terminal() {
        return read_line();
    }
    let first = rpassword::prompt_password("Password: ")?;
    let second = rpassword::prompt_password("The same again: ")?;
    if first == second {
        Ok(first)
    } else {
        Err(CommandError::Refused(
            "The two passwords differ.".to_owned(),
        ))
    }
}

pub(super) fn add_token(
    name: &str,
    scope: &str,
    database: &DatabaseArgs,
) -> Result<(), CommandError> {
    let url = database.read()?;
    let wanted = WantedToken {
        name: TokenName::parse(name).map_err(refused)?,
        scope: TokenScope::parse(scope)
            .ok_or_else(|| refused("The scope must be read or write."))?,
        expires_at: None,
    };
    db::migrate(&url)?;
    let actor = Actor::local(Who::CommandLine);
    let right = may_administer(&actor).map_err(refused)?;
    let token = Db::open(&url, 1)
        .run_blocking(|db| api_token::make_locally(db, &actor, right, wanted, clock::now()))
        .map_err(refused)?;
    print(&token.reveal())
}

impl From<DbError> for CommandError {
    fn from(error: DbError) -> Self {
        refused(error)
    }
}

//! `audit`: the record of who did what, from the command line.

use std::io::{self, Write as _};

use clap::{Subcommand, ValueEnum};
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::terminal::{CommandError, note, print, right, the_command_line};
use crate::api::audit_answer;
use crate::audit::chain::Head;
use crate::audit::checkpoint::CheckpointKeys;
use crate::audit::event::EventKind;
use crate::audit::store::read::{self, ActorFilter, Filter};
use crate::audit::store::record;
use crate::clock;
use crate::config::{CheckpointKeyArgs, DatabaseArgs};
use crate::db::Db;
use crate::sharing::record::{erase_person as erase, prune as prune_record};

/// So many events are in memory at once.
const CHUNK: i64 = 500;

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Check the whole record, and print its number of rows and its head; exits with 1 and names what is wrong.
    Verify {
        /// A head that was kept elsewhere, as `audit head` prints it and the log has it: finds rows cut off at the end.
        #[arg(long, env = "VESTIBULE_HEAD", value_name = "SEQ:HASH", value_parser = parse_head)]
        head: Option<Head>,
        #[command(flatten)]
        database: DatabaseArgs,
        #[command(flatten)]
        keys: CheckpointKeyArgs,
    },
    /// Print where the record ends, to be kept elsewhere.
    Head {
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// Print events, newest first.
    Export(Box<ExportArgs>),
    /// Remove old events behind a signed checkpoint; the record is verified first.
    Prune {
        /// Events of this day (UTC) or time and later stay.
        #[arg(long, env = "VESTIBULE_BEFORE", value_name = "DATE", value_parser = parse_moment)]
        before: OffsetDateTime,
        #[command(flatten)]
        database: DatabaseArgs,
        #[command(flatten)]
        keys: CheckpointKeyArgs,
    },
    /// Remove from all events what is exactly this name, e-mail address or address of a client.
    ErasePerson {
        name_or_address: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}

#[derive(clap::Args)]
pub(super) struct ExportArgs {
    /// As which lines.
    #[arg(long, env = "VESTIBULE_FORMAT", default_value = "jsonl")]
    format: Format,
    /// Only what this actor did: the id, or the whole name as it was then.
    #[arg(long, env = "VESTIBULE_ACTOR", value_name = "ID_OR_NAME")]
    actor: Option<String>,
    /// Only events of this kind, such as share.created.
    #[arg(long, env = "VESTIBULE_EVENT_KIND", value_parser = parse_kind)]
    kind: Option<EventKind>,
    /// Only what was done to the share with this id.
    #[arg(long, env = "VESTIBULE_SHARE", value_name = "ID")]
    share: Option<Uuid>,
    /// Only events of this day (UTC) or time and later.
    #[arg(long, env = "VESTIBULE_FROM", value_name = "DATE", value_parser = parse_moment)]
    from: Option<OffsetDateTime>,
    /// Only events before this day (UTC) or time.
    #[arg(long, env = "VESTIBULE_TO", value_name = "DATE", value_parser = parse_moment)]
    to: Option<OffsetDateTime>,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// JSON Lines.
    Jsonl,
    /// Comma-separated values.
    Csv,
}

pub(super) fn run(command: AuditCommand) -> Result<(), CommandError> {
    match command {
        AuditCommand::Verify {
            head,
            database,
            keys,
        } => verify(head, &database, &keys),
        AuditCommand::Head { database } => {
            let mut db = Db::open(&database.read()?, 1).connect()?;
            print(&record::head(&mut db)?.to_string())
        }
        AuditCommand::Export(args) => export(&args),
        AuditCommand::Prune {
            before,
            database,
            keys,
        } => prune(before, &database, &keys),
        AuditCommand::ErasePerson {
            name_or_address,
            database,
        } => erase_person(&name_or_address, &database),
    }
}

fn checkpoint_keys(args: &CheckpointKeyArgs) -> Result<CheckpointKeys, CommandError> {
    let (current, previous) = args.read()?;
    Ok(CheckpointKeys::new(&current, previous.as_ref()))
}

fn verify(
    head: Option<Head>,
    database: &DatabaseArgs,
    keys: &CheckpointKeyArgs,
) -> Result<(), CommandError> {
    let (url, keys) = (database.read()?, checkpoint_keys(keys)?);
    let mut db = Db::open(&url, 1).connect()?;
    let verified = read::verify(&mut db, &keys, head)?
        .map_err(|fault| CommandError::Refused(fault.to_string()))?;
    if verified.pruned_to > 0 {
        note(&format!("Pruned up to row {}.", verified.pruned_to))?;
    }
    if verified.erased > 0 {
        note(&format!("{} personal values are erased.", verified.erased))?;
    }
    print(&format!("{} rows, head {}", verified.rows, verified.head))
}

fn export(args: &ExportArgs) -> Result<(), CommandError> {
    let filter = Filter {
        actor: args.actor.as_deref().map(ActorFilter::parse),
        kind: args.kind,
        share: args.share,
        from: args.from,
        to: args.to,
    };
    let mut db = Db::open(&args.database.read()?, 1).connect()?;
    let mut output = io::BufWriter::new(io::stdout().lock());
    if matches!(args.format, Format::Csv) {
        output.write_all(audit_answer::csv_head().as_bytes())?;
    }
    let mut before = None;
    loop {
        let rows = read::list_events(&mut db, &filter, before, CHUNK)?;
        for row in &rows {
            let line = match args.format {
                Format::Jsonl => audit_answer::json_line(row),
                Format::Csv => audit_answer::csv_line(row),
            };
            output.write_all(line.as_bytes())?;
        }
        let Some(last) = rows.last() else {
            return Ok(output.flush()?);
        };
        before = Some(last.entry.seq);
    }
}

fn prune(
    before: OffsetDateTime,
    database: &DatabaseArgs,
    keys: &CheckpointKeyArgs,
) -> Result<(), CommandError> {
    let (url, keys) = (database.read()?, checkpoint_keys(keys)?);
    let mut db = Db::open(&url, 1).connect()?;
    let right = right()?;
    let pruned = prune_record(
        &mut db,
        &keys,
        &the_command_line(),
        right,
        before,
        clock::now(),
    )
    .map_err(|error| CommandError::Refused(error.to_string()))?;
    match pruned {
        None => note("There is nothing to remove."),
        Some(head) => note(&format!("Removed the rows up to {}.", head.seq)),
    }
}

fn erase_person(name_or_address: &str, database: &DatabaseArgs) -> Result<(), CommandError> {
    let mut db = Db::open(&database.read()?, 1).connect()?;
    let (actor, right) = (the_command_line(), right()?);
    let erased = erase(&mut db, &actor, right, name_or_address, clock::now())?;
    note(&format!("Erased {erased} values."))
}

fn parse_head(text: &str) -> Result<Head, String> {
    Head::parse(text).ok_or_else(|| "it is not of the form SEQ:HASH".to_owned())
}

fn parse_kind(word: &str) -> Result<EventKind, String> {
    EventKind::parse(word).ok_or_else(|| "there are no events of this kind".to_owned())
}

/// A day, which begins at midnight UTC, or a time as RFC 3339 has it.
fn parse_moment(text: &str) -> Result<OffsetDateTime, String> {
    let day = time::macros::format_description!("[year]-[month]-[day]");
    if let Ok(date) = Date::parse(text, &day) {
        return Ok(date.midnight().assume_utc());
    }
    OffsetDateTime::parse(text, &Rfc3339).map_err(|_not_a_time| {
        "it is not of the form 2026-12-31 or 2026-12-31T23:59:59Z".to_owned()
    })
}

//! What the demo holds: made at the first start, found again at the next ones. Passwords and the token are drawn at
//! random and kept in the demo's own folder, readable by its owner only.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use diesel::{Connection as _, PgConnection};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::sample_space::{self, GETTING_STARTED, HOME, INSTALLATION};
use crate::accounts::account::{Account, Email, NotAnEmail};
use crate::accounts::api_token::{TokenName, TokenScope};
use crate::accounts::session::Way;
use crate::accounts::store::account::find_by_email;
use crate::audit::actor::{Actor as RecordedActor, ActorKind};
use crate::clock;
use crate::config::Settings;
use crate::db::{Db, DbError};
use crate::name::NameError;
use crate::pages::files::{FileStore, FileStoreError};
use crate::password::{self, HashError, Password, PasswordError, PasswordHash};
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::labels::Labels;
use crate::shares::share::{Creator, ExternalLinks, PassLifetime, RestrictedPages, Scope, Share};
use crate::shares::store::{self, NewShare, ShareChange, StoreError};
use crate::shares::unlock_secret::{NoRandomness, UnlockSecret};
use crate::sharing::actor::{Actor, Person, Who};
use crate::sharing::api_token::{self, WantedToken};
use crate::sharing::error::SharingError;
use crate::sharing::import::Importer;
use crate::sharing::rights::{MayAdminister, may_administer};
use crate::sharing::{account, share};
use crate::sync::import::{ImportAs, ImportError};

const NOTES: &str = "demo.json";
const KEY: &str = "secret-key";
const ADMIN: &str = "admin@example.com";

/// What the demo tells, and reads again at its next start. The unlock secret may have been changed meanwhile, so it
/// comes from the database each time.
#[derive(Serialize, Deserialize)]
pub(super) struct Seeded {
    pub(super) open_share: Uuid,
    pub(super) password_share: Uuid,
    pub(super) embedded_share: Uuid,
    pub(super) share_password: String,
    pub(super) admin_email: String,
    pub(super) admin_password: String,
    pub(super) api_token: String,
    #[serde(skip)]
    pub(super) unlock_secret_hex: String,
}

/// Why the demo could not be filled.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error(
        "the demo's notes in {0} cannot be read or written: {1}. Delete the folder to begin anew."
    )]
    Notes(String, io::Error),
    #[error("the demo's embedded share was deleted. Delete the folder {0} to begin anew.")]
    ShareGone(String),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Files(#[from] FileStoreError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sharing(#[from] SharingError),
    #[error(transparent)]
    Email(#[from] NotAnEmail),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Random(#[from] NoRandomness),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the demo's rows could not be written: {0}")]
    Transaction(#[from] diesel::result::Error),
}

/// The demo's master key, made at the first start: passes outlive a restart.
pub(super) fn secret_key(data_dir: &Path) -> io::Result<String> {
    let path = data_dir.join(KEY);
    match fs::read_to_string(&path) {
        Ok(key) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = hex::encode(rand::random::<[[u8; 32]; 2]>().concat());
            write_private(&path, &key)?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}

/// Fills the demo, or reads what an earlier start has filled in.
pub(super) fn seed(
    settings: &Settings,
    data_dir: &Path,
    client_url: &str,
) -> Result<Seeded, SeedError> {
    let path = data_dir.join(NOTES);
    let unusable = |error| SeedError::Notes(path.display().to_string(), error);
    let db = Db::open(&settings.database_url, 2);
    let known = match fs::read(&path) {
        Ok(json) => Some(serde_json::from_slice(&json).map_err(|error| unusable(error.into()))?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unusable(error)),
    };
    let known: Option<Seeded> = known;
    let mut seeded = match known {
        Some(seeded) if find_embedded(&db, &seeded)?.is_some() => seeded,
        _ => fill(settings, &db, client_url, &path)?,
    };
    let embedded = find_embedded(&db, &seeded)?;
    let embedded = embedded.ok_or_else(|| SeedError::ShareGone(data_dir.display().to_string()))?;
    allow_embedding(&db, &embedded, client_url)?;
    seeded.unlock_secret_hex = embedded.unlock_secret.to_hex();
    Ok(seeded)
}

fn find_embedded(db: &Db, seeded: &Seeded) -> Result<Option<Share>, StoreError> {
    db.run_blocking(|db| store::find_share(db, seeded.embedded_share.into()))
}

/// The client's site may have moved to another port since the last start.
fn allow_embedding(db: &Db, embedded: &Share, client_url: &str) -> Result<(), SeedError> {
    let mut origins = embedded.embed_origins.entries();
    if origins.contains(&client_url) || origins.contains(&"*") {
        return Ok(());
    }
    origins.push(client_url);
    let change = ShareChange {
        embed_origins: EmbedOrigins::parse(origins).ok(),
        ..ShareChange::default()
    };
    let right = right()?;
    db.run_blocking(|db| {
        let change = (embedded.id, &change);
        share::change_own(db, &the_portal(), right, change, clock::now())
    })?;
    Ok(())
}

/// The rows are committed after the notes are written: a start that breaks off in between finds notes without shares
/// and begins anew.
fn fill(settings: &Settings, db: &Db, client_url: &str, notes: &Path) -> Result<Seeded, SeedError> {
    let files = FileStore::open(&settings.storage)?;
    let mut archive = io::Cursor::new(Vec::new());
    sample_space::write_sample_space(&mut archive)
        .map_err(|error| SeedError::Notes("the sample space".to_owned(), error))?;
    archive.set_position(0);
    let by = Importer {
        db,
        files: &files,
        actor: &the_portal(),
        right: right()?,
    };
    let import_as = ImportAs {
        name: "Tern 22 manual",
        wiki_url: None,
    };
    let imported = by.import(archive, import_as, &mut |_| {}, clock::now())?;
    let share_password = readable_password();
    let admin_password = readable_password();
    let share_hash = password::hash(&Password::new(&share_password)?)?;
    let admin_hash = password::hash(&Password::new(&admin_password)?)?;
    let [open, protected, embedded] = demo_shares(&share_hash, client_url);
    let insert = |db: &mut PgConnection| {
        let connection = imported.connection_id;
        let admin = insert_admin(db, &admin_hash)?;
        let admin = Actor::local(Who::Person(Person::of(&admin, Way::Password, None)));
        let seeded = Seeded {
            open_share: insert_share(db, connection, open)?.id.uuid(),
            password_share: insert_share(db, connection, protected)?.id.uuid(),
            embedded_share: insert_share(db, connection, embedded)?.id.uuid(),
            share_password,
            admin_email: ADMIN.to_owned(),
            admin_password,
            api_token: insert_token(db, &admin)?,
            unlock_secret_hex: String::new(),
        };
        let unwritable = |error| SeedError::Notes(notes.display().to_string(), error);
        let json =
            serde_json::to_string_pretty(&seeded).map_err(|error| unwritable(error.into()))?;
        write_private(notes, &json).map_err(unwritable)?;
        Ok::<_, SeedError>(seeded)
    };
    db.run_blocking(|db| db.transaction(insert))
}

/// The whole space open, a page tree behind a password, and a small tree that the client's site embeds.
fn demo_shares(password: &PasswordHash, client_url: &str) -> [NewDemoShare; 3] {
    let tree = |id: u64| Scope::Tree {
        root: id.to_string(),
    };
    let home = Some(HOME.to_string());
    [
        NewDemoShare {
            name: "Tern 22 manual".to_owned(),
            scope: Scope::Space { home },
            password: None,
            origins: EmbedOrigins::None,
        },
        NewDemoShare {
            name: "Installing the Tern 22".to_owned(),
            scope: tree(INSTALLATION),
            password: Some(password.clone()),
            origins: EmbedOrigins::None,
        },
        NewDemoShare {
            name: "Getting started with the Tern 22".to_owned(),
            scope: tree(GETTING_STARTED),
            password: Some(password.clone()),
            origins: EmbedOrigins::parse([client_url]).unwrap_or_default(),
        },
    ]
}

struct NewDemoShare {
    name: String,
    scope: Scope,
    password: Option<PasswordHash>,
    origins: EmbedOrigins,
}

fn insert_share(
    db: &mut PgConnection,
    connection_id: Uuid,
    share: NewDemoShare,
) -> Result<Share, SeedError> {
    let new = NewShare {
        connection_id,
        name: share.name,
        description: String::new(),
        space_key: sample_space::SPACE_KEY.to_owned(),
        scope: share.scope,
        password_hash: share.password,
        enabled: true,
        starts_at: None,
        expires_at: None,
        pass_lifetime: PassLifetime::DEFAULT,
        embed_origins: share.origins,
        embed_only: false,
        external_links: ExternalLinks::Keep,
        restricted_pages: RestrictedPages::None,
        include_labels: Labels::default(),
        exclude_labels: Labels::default(),
        show_comments: false,
        unlock_secret: UnlockSecret::generate()?,
        created_by: ADMIN.to_owned(),
        creator: Creator::default(),
    };
    let made = share::insert_own(db, &the_portal(), right()?, &new, clock::now());
    Ok(made?)
}

/// As the record calls whoever fills the demo.
fn the_portal() -> RecordedActor {
    RecordedActor::local(ActorKind::Portal)
}

fn right() -> Result<MayAdminister, SharingError> {
    may_administer(&Actor::local(Who::Portal))
}

/// A start that broke off after this leaves the account; its password is then the new one.
fn insert_admin(db: &mut PgConnection, hash: &PasswordHash) -> Result<Account, SeedError> {
    let email = Email::parse(ADMIN)?;
    let actor = Actor::local(Who::CommandLine);
    let (right, now) = (may_administer(&actor)?, clock::now());
    Ok(match find_by_email(db, &email)? {
        Some(known) => account::reset_password(db, &actor, right, known.id, hash, now)?,
        None => account::add(db, &actor, right, &email, hash, now)?,
    })
}

fn insert_token(db: &mut PgConnection, admin: &Actor) -> Result<String, SeedError> {
    let wanted = WantedToken {
        name: TokenName::parse("Demo")?,
        scope: TokenScope::Write,
        expires_at: None,
    };
    let right = may_administer(admin)?;
    Ok(api_token::make_locally(db, admin, right, wanted, clock::now())?.reveal())
}

/// Twelve letters and digits that nobody mistakes for another: 59 bits.
fn readable_password() -> String {
    const LETTERS: &[u8; 30] = b"abcdefghjkmnpqrstuvwxyz2345679";
    let bytes: [u8; 64] = rand::random();
    // Bytes from 240 on would favour some letters.
    let letters = bytes
        .iter()
        .filter(|byte| **byte < 240)
        .filter_map(|byte| LETTERS.get(usize::from(byte % 30)));
    letters.take(12).map(|letter| char::from(*letter)).collect()
}

/// Whole or not at all: a start that breaks off leaves no half a file.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // Made readable for its owner only.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

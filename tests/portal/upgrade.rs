//! A database as the release of 2026-11-30 left it, brought up to date: nothing of what people made is lost, on the way
//! up, down and up again, and the portal goes on with it. How the dump was made stands in `tests/fixtures/dumps`.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryableByName, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness as _, embed_migrations};
use serde_json::{Map, Value, json};
use vestibule::{clock, db, seal::Sealer};

use crate::admin::browser::Browser;
use crate::support::{Database, Portal, Setup, sign};

const DUMP: &str = include_str!("../fixtures/dumps/2026-11-30.sql");
const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Tables and columns that were renamed since, by their names in the dump.
const RENAMED_TABLES: [(&str, &str); 1] = [("seen_page", "viewer_rendering")];
const RENAMED_COLUMNS: [(&str, &str); 4] = [
    ("maker_account", "creator_account"),
    ("maker_person", "creator_person"),
    ("maker", "creator"),
    ("eyes", "viewer"),
];
/// Words in renamed columns that were renamed as well.
const RENAMED_VALUES: [(&str, &str); 1] = [("maker", "creator")];

const SHARE: &str = "/content/8cd09940-07e9-41ec-a6b4-49e43182b9c2";
const SHARE_PASSWORD: &str = "bf47qrtam2fr";
const EMBEDDED: &str = "d133a5e8-214b-430c-acd7-07d38257fb5c";
const EMBEDDED_SECRET: &str = "4cc804bd494fe7db4e7eab667f82415325823fe8501d8a2163f72e8b722442e2";
const API_TOKEN: &str = "vst_0e52efb8ef4b40bf421ea90828d95b27118eb486558e508f30824c7f45056a60";
const CLOUD: uuid::Uuid = uuid::uuid!("9a0db4f9-1db1-4f7a-be40-d2c1d002329c");

type Row = Map<String, Value>;
type Tables = BTreeMap<String, Vec<Row>>;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(sql).load(connection).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

/// Every row of every table.
fn content(connection: &mut PgConnection) -> Tables {
    let tables = "select table_name::text as line from information_schema.tables
        where table_schema = 'public' and table_name not like '\\_\\_diesel%'";
    lines(connection, tables)
        .into_iter()
        .map(|table| {
            let rows = format!("select to_jsonb(t)::text as line from public.{table} t");
            let rows = lines(connection, &rows);
            let rows = rows.iter().map(|row| serde_json::from_str(row).unwrap());
            (table, rows.collect())
        })
        .collect()
}

/// The same with only what the dump had, under the names of the dump.
fn as_in_dump(now: &Tables, dump: &Tables) -> Tables {
    let table_of = |(table, rows): (&String, &Vec<Row>)| {
        let found = now.get(renamed(table, &RENAMED_TABLES)).or(now.get(table));
        let Some(first) = rows.first() else {
            return (table.clone(), Vec::new());
        };
        let old = |row: &Row| {
            first
                .keys()
                .map(|column| (column.clone(), old_value(row, column)))
                .collect()
        };
        (table.clone(), found.unwrap().iter().map(old).collect())
    };
    dump.iter().map(table_of).collect()
}

fn old_value(row: &Row, column: &str) -> Value {
    let new_name = renamed(column, &RENAMED_COLUMNS);
    let Some(value) = row.get(new_name).filter(|_| new_name != column) else {
        return row
            .get(column)
            .cloned()
            .unwrap_or_else(|| json!({ "lost": column }));
    };
    let old_word = RENAMED_VALUES.iter().find(|(_, new)| value == new);
    old_word.map_or(value.clone(), |(old, _)| json!(old))
}

fn renamed<'a>(name: &'a str, names: &[(&str, &'static str)]) -> &'a str {
    names
        .iter()
        .find(|(old, _)| *old == name)
        .map_or(name, |(_, new)| new)
}

/// In no order, as rows are.
fn assert_same(now: &Tables, dump: &Tables) {
    for (table, rows) in dump {
        let sorted = |rows: &[Row]| {
            let mut texts: Vec<String> = rows.iter().map(|row| json!(row).to_string()).collect();
            texts.sort();
            texts
        };
        assert_eq!(sorted(&now[table]), sorted(rows), "{table}");
    }
}

#[test]
fn no_row_is_lost_on_the_way_up_or_down() {
    let database = Database::bare();
    database.connect().batch_execute(DUMP).unwrap();
    let mut connection = database.connect();
    let dump = content(&mut connection);
    let of_the_dump = connection.applied_migrations().unwrap().len();
    assert_eq!(dump.values().filter(|rows| rows.is_empty()).count(), 0);

    db::migrate(&database.url()).unwrap();
    assert_same(&as_in_dump(&content(&mut connection), &dump), &dump);

    while connection.applied_migrations().unwrap().len() > of_the_dump {
        connection.revert_last_migration(MIGRATIONS).unwrap();
    }
    assert_same(&content(&mut connection), &dump);

    db::migrate(&database.url()).unwrap();
    assert_same(&as_in_dump(&content(&mut connection), &dump), &dump);
}

#[actix_web::test]
async fn what_people_know_opens_what_it_opened_before() {
    let portal = Portal::start_with(Setup {
        dump: Some(DUMP),
        ..Setup::default()
    })
    .await;
    let visitor = portal.visitor();
    assert_eq!(visitor.get(SHARE).await.status, 401);
    let session = format!("{SHARE}/session");
    let typed = [("password", SHARE_PASSWORD)];
    assert_eq!(visitor.post(&session, &typed).await.status, 303);
    assert_eq!(visitor.get(SHARE).await.status, 200);

    let admin = Browser::new(&portal);
    let signed_in = admin.sign_in("admin@example.com", "932f335gczd7").await;
    assert_eq!(signed_in.status, 303);

    let secret = hex::decode(EMBEDDED_SECRET).unwrap();
    let now = clock::now().unix_timestamp();
    let claims = json!({ "iss": EMBEDDED, "nbf": now - 5, "exp": now + 55 }).to_string();
    let token = sign(r#"{"alg":"HS256","typ":"JWT"}"#, &claims, &secret);
    let unlocked = format!("/content/{EMBEDDED}?unlock={token}");
    assert_eq!(portal.visitor().get(&unlocked).await.status, 303);
}

#[actix_web::test]
async fn programs_and_sealed_credentials_go_on_as_well() {
    let portal = Portal::start_with(Setup {
        dump: Some(DUMP),
        ..Setup::default()
    })
    .await;
    let bearer = format!("Bearer {API_TOKEN}");
    let answer = portal
        .visitor()
        .get("/api/v1/shares?limit=100")
        .header("authorization", &bearer)
        .await;
    let shares: Value = serde_json::from_str(answer.text()).unwrap();
    assert_eq!(shares["items"].as_array().unwrap().len(), 9);

    let sealed =
        "select encode(credentials, 'hex') as line from connection where name = 'Our cloud'";
    let sealed = hex::decode(&portal.db(|db| lines(db, sealed))[0]).unwrap();
    let bound_to = [b"connection ", &CLOUD.as_bytes()[..]].concat();
    let sealer = Sealer::new(&portal.seal_key(), None);
    let opened = sealer.open(&sealed, &bound_to).unwrap().bytes;
    assert!(String::from_utf8_lossy(&opened).contains("s3cret-token-cloud"));
}

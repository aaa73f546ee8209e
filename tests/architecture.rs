//! What a compiler does not check: who may import what, which crate is used where, and how files begin and end.
//! The picture that this holds is in `src/lib.rs`. A place that is let off stands in a table here, with its reason.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read the sources stops there"
)]

#[path = "architecture/modules.rs"]
mod modules;
#[path = "architecture/rings.rs"]
mod rings;
#[path = "architecture/tokens.rs"]
mod tokens;
#[path = "architecture/writes.rs"]
mod writes;

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the ground up. A room uses rows below its own, never a room beside it.
const ROWS: &[&[&str]] = &[
    &[
        "clock",
        "db",
        "keys",
        "name",
        "password",
        "schema",
        "seal",
        "strict_json",
        "telemetry",
    ],
    &["config", "guess_limit"],
    &["client_kit", "confluence", "content", "space_export"],
    &["accounts", "audit", "pages", "shares"],
    &["connections"],
    &["cloud_app"],
    &["sync"],
    &["sharing"],
    &["web"],
    &["admin", "api", "visitor"],
    &["routes"],
    &["server"],
    // The demo starts a server, and seeds it through the rooms; only its command calls it.
    &["demo"],
    &["cli"],
];

/// Rooms that know nothing of the others, not even of those below.
const PURE: &[&str] = &["client_kit", "confluence", "content", "space_export"];

/// What pure rooms may use all the same: a parser without settings or I/O. Tokens of sites and of clients have to be read by
/// the same one, because a second one could take another of two keys.
const EVEN_FOR_PURE: &[&str] = &["strict_json"];

/// Words and the only places, below `src`, that may hold them.
const ONLY_IN: &[(&[&str], &[&str])] = &[
    // HTTP.
    (
        &["actix"],
        &[
            "web/",
            "admin/",
            "api/",
            "visitor/",
            "routes.rs",
            "routes/",
            "server.rs",
            // Commands block on actix's runtime, as the server does.
            "cli.rs",
            "cli/",
            // The page of the sample client site, on a port of its own.
            "demo/",
            // What the client site in Rust has to install.
            "client_kit/mod.rs",
        ],
    ),
    // Templates.
    (&["askama"], &["web/", "admin/", "visitor/", "demo/"]),
    // Queries.
    (
        &[
            "crate::schema",
            "diesel::prelude",
            "diesel::insert_into",
            "diesel::update(",
            "diesel::delete(",
            "sql_query",
            "batch_execute",
            "::table.",
            "::table)",
        ],
        &[
            "accounts/store/",
            "audit/store/",
            "cloud_app/store/",
            "connections/store/",
            "pages/store.rs",
            "pages/store/",
            "shares/store.rs",
            "shares/store/",
            // Settings of a session, and the table of migrations.
            "db.rs",
            // Two statements and the table that only they know.
            "guess_limit.rs",
            // Asks a server that it has just started whether it answers.
            "demo/private_postgres.rs",
            "demo/private_postgres/tests.rs",
        ],
    ),
    // Markup from outside.
    (&["ammonia"], &["content/"]),
    (
        &["quick_xml"],
        &["content/", "space_export/", "demo/sample_space/tests.rs"],
    ),
    // Reads what a test was answered.
    (
        &["scraper"],
        &[
            "content/tests/",
            "demo/client_site/tests.rs",
            "visitor/views/tests.rs",
        ],
    ),
    // Requests to others: to sites of Confluence only. The test asks the demo.
    (&["reqwest"], &["confluence/", "demo/client_site/tests.rs"]),
    (&["SanitizedHtml("], &["content/"]),
    // What a template prints as it is: sanitized pages, and templates within templates.
    (
        &["HtmlSafe"],
        &[
            "admin/shares/page_choices.rs",
            "visitor/views.rs",
            "visitor/views/page.rs",
        ],
    ),
    // Tokens, passwords, files: one place each.
    (
        &["jsonwebtoken"],
        &[
            "shares/unlock_token/",
            // Signatures of Confluence and of ours to it.
            "confluence/public_key.rs",
            "confluence/signed_token.rs",
            // Signs what Atlassian would.
            "confluence/tests/keys.rs",
            // Signs with a real library and its own clock, as a client would.
            "demo/client_site.rs",
            "demo/client_site/tests.rs",
            // Only names it, as above.
            "client_kit/mod.rs",
        ],
    ),
    // Sign-in at a provider, and the times of that library.
    (&["openidconnect", "chrono::"], &["accounts/openid/"]),
    (&["argon2"], &["password.rs"]),
    (&["chacha20poly1305"], &["seal.rs"]),
    (&["object_store::"], &["pages/files.rs"]),
    // Below the handlers `now` is an argument.
    (&["now_utc", "now_local", "SystemTime::now"], &["clock.rs"]),
    // Settings come through `config`, which reads them with clap.
    (
        &["env::var"],
        // PATH is how programs are found, and no setting of ours.
        &["demo/private_postgres/programs.rs"],
    ),
    (&["block_in_place", "thread_local!"], &[]),
    // Such imports would get past the rows.
    (&["crate::{", "crate::*"], &[]),
];

/// Types whose value must not get out unless somebody means it to.
const SECRETS: &[&str] = &[
    "Jar",
    "MasterKey",
    "Password",
    "PlainToken",
    "Secret",
    "UnlockSecret",
    "UnlockToken",
];

/// What would let a secret out, or make another one of it.
const LEAKS: &[&str] = &[
    "Clone",
    "Deref",
    "Display",
    "LowerHex",
    "PartialEq",
    "Serialize",
    "ToSchema",
    "ToString",
];

const LONGEST_FILE: usize = 400;

struct File {
    /// Below the folder that was searched, with `/`.
    path: String,
    text: String,
}

impl File {
    /// Without comments. A `//` in a text, as in URLs, follows a colon.
    fn code(&self) -> String {
        let code = |line: &str| match line
            .match_indices("//")
            .find(|(at, _)| !line[..*at].ends_with(':'))
        {
            Some((at, _)) => line[..at].to_owned(),
            None => line.to_owned(),
        };
        self.text.lines().map(code).collect::<Vec<_>>().join("\n")
    }

    /// The first part of the path: `shares` of `shares/pass.rs`, `db` of `db.rs`.
    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.trim_end_matches(".rs")
    }
}

fn files(folder: &str, ending: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(File {
                    path: path
                        .strip_prefix(&root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .replace('\\', "/"),
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    assert!(!found.is_empty(), "no {ending} in {folder}");
    found
}

fn sources() -> Vec<File> {
    files("src", ".rs")
}

/// Identifiers that follow `prefix` in a text: `db` and `schema` after `crate::`.
fn names_after<'a>(text: &'a str, prefix: &str) -> Vec<&'a str> {
    let is_outside = |letter: char| !letter.is_alphanumeric() && letter != '_';
    text.split(prefix)
        .skip(1)
        .map(|rest| rest.split(is_outside).next().unwrap())
        .collect()
}

fn row_of(room: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&room))
}

#[track_caller]
fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn a_room_imports_only_from_rows_below_it() {
    let mut problems = Vec::new();
    for file in sources() {
        let room = file.room();
        if ["lib", "main"].contains(&room) {
            continue;
        }
        let Some(row) = row_of(room) else {
            problems.push(format!("{}: {room} stands in no row", file.path));
            continue;
        };
        for used in names_after(&file.code(), "crate::") {
            let may_use = !PURE.contains(&room) || EVEN_FOR_PURE.contains(&used);
            let is_below = row_of(used).is_some_and(|below| below < row) && may_use;
            if used != room && !is_below {
                problems.push(format!("{}: {room} may not use {used}", file.path));
            }
        }
    }
    assert_none(&problems);
}

/// With `super` a file stays in its room, so that `crate::` shows every import of another.
#[test]
fn nobody_climbs_out_of_a_room() {
    let mut problems = Vec::new();
    for file in sources() {
        let module = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let climb = "super::".repeat(module.split('/').count());
        // A module of tests inside a file is one further down.
        let code = file.code();
        let outer = code.split("mod tests {").next().unwrap();
        // The generated file has modules inside.
        let is_exempt = ["lib.rs", "schema.rs"].contains(&file.path.as_str());
        if !is_exempt && outer.contains(&climb) {
            problems.push(format!("{}: {climb} leaves the room", file.path));
        }
    }
    assert_none(&problems);
}

#[test]
fn words_stay_in_their_places() {
    let sources = sources();
    let mut problems = Vec::new();
    for (words, places) in ONLY_IN {
        for file in &sources {
            if places.iter().any(|place| file.path.starts_with(place)) {
                continue;
            }
            let code = file.code();
            for word in words.iter().filter(|word| code.contains(**word)) {
                problems.push(format!("{}: {word} belongs into {places:?}", file.path));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn every_exception_is_still_needed() {
    let sources = sources();
    let mut problems = Vec::new();
    for (words, places) in ONLY_IN {
        for place in *places {
            let mut there = sources.iter().filter(|file| file.path.starts_with(place));
            if !there.any(|file| words.iter().any(|word| file.code().contains(word))) {
                problems.push(format!("{place} no longer holds any of {words:?}"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn secrets_can_be_neither_printed_nor_copied() {
    let sources = sources();
    let mut problems = Vec::new();
    for secret in SECRETS {
        let declaration = format!("pub struct {secret}(");
        let mut declared = sources
            .iter()
            .filter(|file| file.text.contains(&declaration));
        let file = declared.next().expect(secret);
        assert!(declared.next().is_none(), "{secret} is declared twice");
        let (before, _) = file.text.split_once(&declaration).unwrap();
        let attributes = before.rsplit("\n\n").next().unwrap();
        if attributes.contains("derive(") {
            problems.push(format!("{}: {secret} derives something", file.path));
        }
        for file in &sources {
            for leak in LEAKS {
                if file.code().contains(&format!("{leak} for {secret} ")) {
                    problems.push(format!("{}: {leak} for {secret}", file.path));
                }
            }
            let debug = format!("Debug for {secret} ");
            if let Some((_, shown)) = file.text.split_once(&debug)
                && shown.split("\n}").next().unwrap().contains("self.")
            {
                problems.push(format!("{}: the Debug of {secret} looks inside", file.path));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn every_file_opens_with_what_lives_there() {
    let mut problems = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        for file in files(folder, ".rs") {
            if !file.text.starts_with("//! ") {
                problems.push(format!("{folder}/{}: opens without //!", file.path));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn a_file_has_at_most_400_lines() {
    let mut problems = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        let is_generated = file.path == "schema.rs";
        if lines > LONGEST_FILE && !is_generated {
            problems.push(format!("{}: {lines} lines", file.path));
        }
    }
    assert_none(&problems);
}

#[test]
fn no_template_goes_without_escaping() {
    let mut problems = Vec::new();
    for file in files("templates", ".html") {
        let text = file.text.replace(char::is_whitespace, "");
        for word in ["|safe", "|escape(", "|e(", "autoescape"] {
            if text.contains(word) {
                problems.push(format!("templates/{}: {word}", file.path));
            }
        }
    }
    for file in sources() {
        let code = file.code().replace(char::is_whitespace, "");
        if code.contains("escape=\"none\"") {
            problems.push(format!("src/{}: a template without escaping", file.path));
        }
    }
    assert_none(&problems);
}

/// They would be refused by our own Content-Security-Policy, in the browser of a visitor.
#[test]
fn no_template_has_a_script_or_style_of_its_own() {
    let mut problems = Vec::new();
    for file in files("templates", ".html") {
        for word in [
            "<script>",
            "<style",
            " style=\"",
            " onclick=",
            " onload=",
            "javascript:",
        ] {
            if file.text.contains(word) {
                problems.push(format!("templates/{}: {word}", file.path));
            }
        }
    }
    assert_none(&problems);
}

/// `by_key` and `by_signature` were once open to the whole room.
#[test]
fn only_the_gate_makes_the_proof_that_a_visitor_may_read() {
    let sources = sources();
    let mut problems = Vec::new();
    for file in &sources {
        if file.path != "visitor/gate.rs" && file.code().contains("Unlocked {") {
            problems.push(format!("{}: makes or hands out an Unlocked", file.path));
        }
    }
    let gate = sources.iter().find(|file| file.path == "visitor/gate.rs");
    let gate = gate.unwrap().code();
    let (_, fields) = gate.split_once("pub struct Unlocked {").unwrap();
    if fields.split('}').next().unwrap().contains("pub") {
        problems.push("visitor/gate.rs: a field of Unlocked is open".to_owned());
    }
    let (_, methods) = gate.split_once("impl Unlocked {").unwrap();
    if methods.split("\n}").next().unwrap().contains("Self") {
        problems.push("visitor/gate.rs: Unlocked has a constructor".to_owned());
    }
    // Its declaration, its methods, and the one place where it is made.
    if gate.matches("Unlocked {").count() != 3 {
        problems.push("visitor/gate.rs: Unlocked is made in several places".to_owned());
    }
    assert_none(&problems);
}

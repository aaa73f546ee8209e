//! Tokens of real libraries: client sites sign with PyJWT, jsonwebtoken and jose, and the running server takes them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use vestibule::shares::share::Share;

use crate::support::{Portal, path};

/// Variants of `tests/clients`, with the answer each must get.
const ANSWERS: [(&str, Option<&str>); 6] = [
    ("bytes", None),
    ("hex_text", None),
    ("window_61", Some("window_too_long")),
    ("expired", Some("expired")),
    ("wrong_issuer", Some("wrong_share")),
    ("hs512", Some("bad_alg")),
];

/// The folder with `venv` and `node_modules`.
fn installed() -> PathBuf {
    let folder = std::env::var_os("VESTIBULE_TEST_CLIENTS").map(PathBuf::from);
    folder.expect(
        "VESTIBULE_TEST_CLIENTS is not set: run script/test, which installs the clients' libraries",
    )
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(name)
}

fn python(name: &str) -> Command {
    let mut command = Command::new(installed().join("venv/bin/python"));
    command.arg(script(name));
    command
}

/// Run as text, because Node looks for libraries beside the file that imports them, and they are installed elsewhere.
fn node(name: &str) -> Command {
    let kind = if name.ends_with(".mjs") {
        "module"
    } else {
        "commonjs"
    };
    let mut command = Command::new("node");
    command
        .current_dir(installed())
        .arg(format!("--input-type={kind}"))
        .arg("--eval")
        .arg(fs::read_to_string(script(name)).unwrap());
    command
}

fn sign(mut client: Command, share: &Share, variant: &str) -> String {
    let order = serde_json::json!({
        "share": share.id.to_string(),
        "secretHex": share.unlock_secret.to_hex(),
        "variant": variant,
    });
    let mut running = client
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the client's language is not installed: run script/test");
    let mut input = running.stdin.take().unwrap();
    input.write_all(order.to_string().as_bytes()).unwrap();
    drop(input);
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{variant}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn assert_answers(client: fn(&str) -> Command, script: &str) {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    for (variant, refused) in ANSWERS {
        let token = sign(client(script), &share, variant);
        let visitor = portal.visitor();
        let answer = visitor
            .get(&format!("{}?unlock={token}", path(&share)))
            .await;
        let status = if refused.is_some() { 401 } else { 303 };
        assert_eq!(answer.header("vestibule-unlock"), refused, "{variant}");
        assert_eq!(answer.status, status, "{variant}");
        let page = visitor.get(&path(&share)).await;
        assert_eq!(page.status == 200, refused.is_none(), "{variant}");
    }
}

#[tokio::test]
async fn tokens_of_pyjwt_are_judged_by_the_rule() {
    assert_answers(python, "pyjwt_mint.py").await;
}

#[tokio::test]
async fn tokens_of_jsonwebtoken_for_node_are_judged_by_the_rule() {
    assert_answers(node, "jsonwebtoken_mint.cjs").await;
}

#[tokio::test]
async fn tokens_of_jose_for_node_are_judged_by_the_rule() {
    assert_answers(node, "jose_mint.mjs").await;
}

//! Tokens that real libraries of client sites sign, at the running server. The scripts are in `tests/clients`; which
//! claims open a share is tested in `tests/unlock_tokens`.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;
use vestibule::shares::share::Share;

use crate::support::Portal;

/// Each variant of the scripts, and the code it is refused with.
const VARIANTS: [(&str, Option<&str>); 6] = [
    ("bytes", None),
    ("hex_text", None),
    ("window_61", Some("window_too_long")),
    ("expired", Some("expired")),
    ("wrong_issuer", Some("wrong_share")),
    ("hs512", Some("bad_alg")),
];

#[tokio::test]
async fn tokens_of_pyjwt_are_judged_by_the_rule() {
    let python = client_libraries().join("venv/bin/python");
    every_variant(|| script(&python, &scripts().join("pyjwt_mint.py"))).await;
}

#[tokio::test]
async fn tokens_of_jsonwebtoken_are_judged_by_the_rule() {
    every_variant_in_node("jsonwebtoken_mint.cjs").await;
}

#[tokio::test]
async fn tokens_of_jose_are_judged_by_the_rule() {
    every_variant_in_node("jose_mint.mjs").await;
}

async fn every_variant_in_node(name: &str) {
    let folder = node_folder(name);
    every_variant(|| script(Path::new("node"), &folder.path().join(name))).await;
}

/// A folder with one script of ours and the libraries, for which Node looks beside the script.
pub(crate) fn node_folder(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let modules = client_libraries().join("node_modules");
    symlink(modules, folder.path().join("node_modules")).unwrap();
    fs::copy(scripts().join(name), folder.path().join(name)).unwrap();
    folder
}

async fn every_variant(signer: impl Fn() -> Command) {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let path = format!("/content/{}?page=2", share.id);
    for (variant, refused_with) in VARIANTS {
        let token = mint(signer(), &share, variant);
        let visitor = portal.visitor();
        let answer = visitor.get(&format!("{path}&unlock={token}")).await;
        assert_eq!(
            answer.header("vestibule-unlock"),
            refused_with,
            "{variant}: {token}"
        );
        let then = visitor.get(&format!("/content/{}", share.id)).await;
        if refused_with.is_none() {
            assert_eq!((answer.status, answer.location()), (303, path.as_str()));
            assert_eq!(answer.cookies().len(), 1, "{variant}");
            assert_eq!(then.status, 200, "{variant}");
        } else {
            assert_eq!((answer.status, then.status), (401, 401), "{variant}");
            assert!(answer.cookies().is_empty(), "{variant}");
        }
    }
}

fn mint(mut signer: Command, share: &Share, variant: &str) -> String {
    let order = json!({
        "share": share.id.to_string(),
        "secretHex": share.unlock_secret.to_hex(),
        "variant": variant,
    });
    let mut child = signer
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(order.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{variant}: the script failed");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

fn script(interpreter: &Path, path: &Path) -> Command {
    let mut command = Command::new(interpreter);
    command.arg(path);
    command
}

/// The folder that `script/test` fills: `venv` and `node_modules`.
pub(crate) fn client_libraries() -> PathBuf {
    let folder = std::env::var_os("VESTIBULE_TEST_CLIENTS").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("test-clients"),
        PathBuf::from,
    );
    for part in ["venv", "node_modules"] {
        assert!(
            folder.join(part).exists(),
            "{} has no {part}: run script/test, which installs the libraries of client sites",
            folder.display()
        );
    }
    folder
}

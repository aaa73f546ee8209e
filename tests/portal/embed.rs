//! What client sites are given for their pages: the script, its module and its types, and the note by which a framed
//! page speaks to them. How it works in a browser is tested in `tests/browser`.

use std::fs;
use std::process::Command;

use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::share::Share;

use crate::clients::client_libraries;
use crate::support::{Answer, PASSWORD, Portal, Shown, path};

const META: &str = "head > meta[name=vestibule-frame]";

fn embeddable(portal: &Portal) -> Share {
    let origins = ["https://intranet.example.com", "https://www.example.com"];
    portal.db_share(|new| new.embed_origins = EmbedOrigins::parse(origins).unwrap())
}

/// State and refusal code of the note, if there is one.
fn note(answer: &Answer) -> Option<(String, Option<String>)> {
    let state = answer.attributes(META, "data-state").pop()?;
    Some((state, answer.attributes(META, "data-code").pop()))
}

fn said(state: &str, code: Option<&str>) -> Option<(String, Option<String>)> {
    Some((state.to_owned(), code.map(str::to_owned)))
}

#[tokio::test]
async fn the_script_is_kept_for_an_hour_and_asked_about_by_its_tag() {
    let portal = Portal::start().await;
    let visitor = portal.visitor();
    for address in ["/embed.js", "/embed.mjs", "/embed.d.ts"] {
        let answer = visitor.get(address).await;
        assert_eq!(answer.status, 200, "{address}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=3600"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            Some("cross-origin")
        );
        let tag = answer.header("etag").unwrap();
        let again = visitor.get(address).header("if-none-match", tag).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
    }
}

#[tokio::test]
async fn every_page_of_a_framed_share_says_what_it_is() {
    let portal = Portal::with_sample().await;
    let share = embeddable(&portal);
    let visitor = portal.visitor_in(Shown::Iframe);
    let base = path(&share);

    let locked = visitor.get(&base).await;
    let refused = visitor.get(&format!("{base}?unlock=x")).await;
    let wrong = visitor.enter(&share, "wrong").await;
    visitor.enter(&share, PASSWORD).await;
    let page = visitor.get(&base).await;
    let search = visitor.get(&format!("{base}/search?q=a")).await;
    let outside = visitor.get(&format!("{base}/999")).await;

    assert_eq!(note(&locked), said("locked", None));
    assert_eq!(note(&refused), said("locked", Some("malformed")));
    assert_eq!(note(&wrong), said("locked", None));
    assert_eq!(note(&page), said("open", None));
    assert_eq!(note(&search), said("open", None));
    assert_eq!(note(&outside), said("error", None));
    for answer in [&locked, &refused, &wrong, &page, &search, &outside] {
        let share_id = answer.attributes(META, "data-share");
        assert_eq!(share_id, [share.id.to_string()]);
        let origins = answer.attributes(META, "data-origins");
        assert_eq!(
            origins,
            ["https://intranet.example.com https://www.example.com"]
        );
    }
}

#[tokio::test]
async fn a_share_that_is_switched_off_is_an_error_that_no_token_mends() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| {
        new.enabled = false;
        new.embed_origins = EmbedOrigins::Any;
    });
    let answer = portal.visitor_in(Shown::Iframe).get(&path(&share)).await;
    assert_eq!(answer.status, 403);
    assert_eq!(note(&answer), said("error", None));
}

#[tokio::test]
async fn a_page_in_a_tab_says_nothing_although_the_framed_one_is_in_memory() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| {
        new.password_hash = None;
        new.embed_origins = EmbedOrigins::Any;
    });
    let mut notes = Vec::new();
    for shown in [Shown::Iframe, Shown::Document, Shown::Unsaid, Shown::Iframe] {
        notes.push(note(&portal.visitor_in(shown).get(&path(&share)).await));
    }
    let open = said("open", None);
    assert_eq!(notes, [open.clone(), None, open.clone(), open]);
}

#[tokio::test]
async fn a_share_that_nobody_may_frame_says_nothing() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let answer = portal.visitor_in(Shown::Iframe).get(&path(&share)).await;
    assert_eq!(note(&answer), None);
}

/// What the compiler of TypeScript says of a client's code.
fn check_types(code: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let types = concat!(env!("CARGO_MANIFEST_DIR"), "/static/embed/embed.d.ts");
    fs::copy(types, folder.path().join("embed.d.ts")).unwrap();
    fs::write(folder.path().join("page.ts"), code).unwrap();
    let compiler = client_libraries().join("node_modules/.bin/tsc");
    let flags = "--noEmit --strict --target es2022 --module esnext --lib es2022,dom --types";
    let checked = Command::new(compiler)
        .args(flags.split(' '))
        .args(["", "embed.d.ts", "page.ts"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(checked.stdout).unwrap();
    (checked.status.success(), said)
}

#[test]
fn the_types_describe_the_element_the_global_and_the_module() {
    let code = r#"
        import { connect } from "https://portal.example.com/embed.mjs"
        const element = document.createElement("vestibule-share")
        element.src = "https://portal.example.com/content/s"
        element.getUnlockUrl = async ({ share, path, reason, signal }) => {
            const text: string = `${share} ${path} ${reason === "expired"}`
            return (await fetch("/unlock", { method: "POST", body: text, signal })).text()
        }
        element.addEventListener("vestibule:error", ({ detail }) => {
            if (detail.reason === "renewal_refused") console.log(detail.code?.length)
        })
        document.addEventListener("vestibule:navigated", event => {
            event.preventDefault()
            document.title = event.detail.title ?? ""
        })
        const frame = document.querySelector("iframe")!
        const connection: Vestibule.Connection = connect(frame, { maxHeight: 900 })
        connection.renew()
        Vestibule.connect(frame, { getUnlockUrl: () => new URL(location.href) }).disconnect()
        window.Vestibule.connect(connection.frame)
        const attributes: Vestibule.Attributes = { "unlock-url": "/unlock", "max-height": 700 }
        element.renew()
        export { attributes }
    "#;
    let (accepted, said) = check_types(code);
    assert!(accepted, "{said}");
}

#[test]
fn the_types_find_mistakes() {
    let code = r#"
        const frame = document.querySelector("iframe")!
        Vestibule.connect(document.body)
        Vestibule.connect(frame, { getUnlockUrl: () => 7 })
        Vestibule.connect(frame, { height: 7 })
        frame.addEventListener("vestibule:error", ({ detail }) => detail.reason === "locked")
        frame.addEventListener("vestibule:ready", ({ detail }) => detail.reason)
        document.createElement("vestibule-share").renew("now")
        export {}
    "#;
    let (accepted, said) = check_types(code);
    assert!(!accepted);
    let mut lines: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("page.ts(")?.split(',').next())
        .collect();
    lines.dedup();
    assert_eq!(lines, ["3", "4", "5", "6", "7", "8"], "{said}");
}

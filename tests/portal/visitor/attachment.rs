//! Files: parts of them, what the browser has, and that nothing in them runs.

use reqwest::Method;
use vestibule::shares::share::Scope;
use vestibule::space_export::builder::{ExportBuilder, NewPage};

use crate::support::{Portal, path};

const DOWNLOADS: u64 = 1_310_780;

#[tokio::test]
async fn a_file_comes_whole_with_its_name_and_length() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let address = portal.db_file(&share, DOWNLOADS, "release-notes-3.2.txt");
    let visitor = portal.visitor();

    let file = visitor.get(&address).await;
    let head = visitor.request(Method::HEAD, &address).await;

    assert_eq!(file.status, 200);
    assert_eq!(
        file.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(
        file.header("content-disposition"),
        Some("inline; filename*=UTF-8''release-notes-3.2.txt")
    );
    assert_eq!(file.header("accept-ranges"), Some("bytes"));
    assert_eq!(file.header("cache-control"), Some("private, no-cache"));
    let length = file.body.len().to_string();
    assert_eq!(file.header("content-length"), Some(length.as_str()));
    assert_eq!(head.header("content-length"), Some(length.as_str()));
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn a_file_comes_in_parts() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let address = portal.db_file(&share, DOWNLOADS, "tern-22-data-sheet.pdf");
    let visitor = portal.visitor();
    let whole = visitor.get(&address).await;
    let (size, etag) = (whole.body.len(), whole.header("etag").unwrap());
    let part = async |range: &str| visitor.get(&address).header("range", range).await;

    let begin = part("bytes=0-99").await;
    let end = part("bytes=-50").await;
    let beyond = part(&format!("bytes={size}-")).await;
    let several = part("bytes=0-1,5-6").await;

    assert_eq!((begin.status, &begin.body[..]), (206, &whole.body[..100]));
    assert_eq!(
        begin.header("content-range"),
        Some(format!("bytes 0-99/{size}").as_str())
    );
    assert_eq!(begin.header("etag"), Some(etag));
    assert_eq!((end.status, &end.body[..]), (206, &whole.body[size - 50..]));
    assert_eq!((beyond.status, beyond.body.len()), (416, 0));
    assert_eq!(
        beyond.header("content-range"),
        Some(format!("bytes */{size}").as_str())
    );
    assert_eq!((several.status, several.body.len()), (200, size));
}

#[tokio::test]
async fn a_download_goes_on_only_with_the_same_version() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let address = portal.db_file(&share, DOWNLOADS, "tern-22-data-sheet.pdf");
    let visitor = portal.visitor();
    let etag = visitor.get(&address).await;
    let etag = etag.header("etag").unwrap();
    let go_on = async |version: &str| {
        let request = visitor.get(&address).header("range", "bytes=10-19");
        request.header("if-range", version).await.status
    };
    assert_eq!(go_on(etag).await, 206);
    assert_eq!(go_on("\"older\"").await, 200);
    let known = visitor.get(&address).header("if-none-match", etag).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
}

/// What a hostile wiki could hold, with the type it would claim.
fn hostile_files() -> Vec<(&'static str, &'static str, &'static [u8])> {
    let html = b"<!doctype html><script>alert(1)</script>";
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    vec![
        ("page.html", "text/html", html),
        ("page.htm", "text/plain", html),
        ("page.xhtml", "application/xhtml+xml", html),
        ("page.shtml", "text/html", html),
        ("page.mhtml", "multipart/related", html),
        ("page.xml", "text/xml", br#"<?xml version="1.0"?><x/>"#),
        ("page.xsl", "text/xsl", br#"<?xml version="1.0"?><x/>"#),
        ("script.js", "text/javascript", b"alert(1)"),
        ("script.mjs", "application/javascript", b"alert(1)"),
        ("style.css", "text/css", b"body{display:none}"),
        ("picture.png", "image/png", html),
        ("picture.jpg", "image/jpeg", b"alert(1)"),
        ("picture.svgz", "image/svg+xml", svg),
        ("data.json", "text/html", html),
        ("notes.txt", "text/html", html),
        ("page.html.txt", "text/html", html),
        ("noextension", "text/html", html),
        ("flash.swf", "application/x-shockwave-flash", b"FWS\x08"),
        ("app.wasm", "application/wasm", b"\0asm\x01\0\0\0"),
        ("page.pdf", "application/pdf", html),
        ("feed.rss", "application/rss+xml", html),
        ("card.vcf", "text/vcard", b"BEGIN:VCARD"),
        ("\u{202e}gpj.exe", "application/x-msdownload", b"MZ\x90\0"),
        ("quote\".html", "text/html", html),
        ("line\u{85}break.html", "text/html", html),
        ("semi;colon=.html", "text/html", html),
        ("ünï.html", "text/html", html),
        ("drawing.svg", "image/svg+xml", svg),
    ]
}

#[tokio::test]
async fn nothing_in_a_hostile_file_runs() {
    let portal = Portal::start().await;
    let mut export = ExportBuilder::new("EVIL", "Evil").page(NewPage::new(7, "Files", "<p/>"));
    for (name, claimed, bytes) in hostile_files() {
        export = export.file(7, name, claimed, bytes.to_vec());
    }
    let connection_id = portal.db_import(export, "Evil");
    let share = portal.db_share_of(connection_id, |new| {
        new.scope = Scope::Page {
            root: "7".to_owned(),
        };
        new.password_hash = None;
    });
    let visitor = portal.visitor();
    for (name, _, bytes) in hostile_files() {
        let answer = visitor.get(&portal.db_file(&share, 7, name)).await;
        assert_eq!((answer.status, &answer.body[..]), (200, bytes), "{name}");
        let kind = answer.header("content-type").unwrap();
        let disposition = answer.header("content-disposition").unwrap();
        let harmless = match kind {
            "text/plain; charset=utf-8" => true,
            "application/octet-stream" | "image/svg+xml" => disposition.starts_with("attachment; "),
            _ => false,
        };
        assert!(harmless, "{name}: {kind}, {disposition}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; "),
            "{name}: {policy}"
        );
        assert!(
            policy.contains("; sandbox; frame-ancestors 'none'"),
            "{name}: {policy}"
        );
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            Some("same-origin")
        );
        let plain = |c: char| c.is_ascii_graphic() || c == ' ';
        assert!(
            disposition.chars().all(plain) && !disposition.contains('"'),
            "{disposition}"
        );
    }
}

#[tokio::test]
async fn a_pdf_opens_in_place_without_a_sandbox_that_viewers_do_not_bear() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let address = portal.db_file(&share, DOWNLOADS, "tern-22-data-sheet.pdf");

    let pdf = portal.visitor().get(&address).await;

    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    let policy = pdf.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("sandbox"));
}

#[tokio::test]
async fn odd_ids_of_files_are_unknown() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    let long = "1".repeat(300);
    for id in ["0", "x", "%00", "..%2F..%2Fetc%2Fpasswd", "%F0", &long] {
        let address = format!("{}/files/{id}/a.png", path(&share));
        assert_eq!(portal.visitor().get(&address).await.status, 404, "{id}");
    }
}

//! Reports as Chromium 148 and Firefox 153 send them, and what nobody should.

use super::{CspReport, MAX_BYTES, read};

const OLD: &str = "application/csp-report";
const LIST: &str = "application/reports+json";

/// Chromium: the blocked document's own origin, and nothing of the site around it, which its Referer names.
const CHROMIUM_BLOCKED: &str = r#"{"csp-report":{"document-uri":"https://portal.test:9443/","referrer":"","violated-directive":"frame-ancestors","effective-directive":"frame-ancestors","original-policy":"default-src 'none'; frame-ancestors 'none'; report-uri /reports","disposition":"enforce","blocked-uri":"https://portal.test:9443/","status-code":200,"script-sample":""}}"#;
const CHROMIUM_SCRIPT: &str = r#"{"csp-report":{"document-uri":"https://portal.test:9443/share?n=1","referrer":"https://client.test:9443/","violated-directive":"script-src-elem","effective-directive":"script-src-elem","original-policy":"script-src 'self'","disposition":"enforce","blocked-uri":"inline","line-number":1,"source-file":"https://portal.test:9443/share","status-code":200,"script-sample":""}}"#;
const CHROMIUM_LIST: &str = r#"[{"age":51050,"body":{"blockedURL":"inline","disposition":"enforce","documentURL":"https://portal.test:9443/share","effectiveDirective":"script-src-elem","lineNumber":1,"originalPolicy":"script-src 'self'","referrer":"https://client.test:9443/","sample":"","sourceFile":"https://portal.test:9443/share","statusCode":200},"type":"csp-violation","url":"https://portal.test:9443/share","user_agent":"Mozilla/5.0"},{"age":1,"body":{"id":"x"},"type":"deprecation","url":"https://portal.test:9443/share"}]"#;
/// Firefox: the referrer is the page right around the frame, listed or not.
const FIREFOX_BLOCKED: &str = r#"{"csp-report":{"blocked-uri":"","column-number":1,"disposition":"enforce","document-uri":"https://portal.test:9443/share?unlock=a.b.c","effective-directive":"frame-ancestors","original-policy":"default-src 'none'; frame-ancestors 'none'; report-uri https://portal.test:9443/reports","referrer":"https://client.test:9443/","status-code":0,"violated-directive":"frame-ancestors"}}"#;

fn report(directive: &'static str, referrer: &str) -> CspReport {
    CspReport {
        directive,
        referrer: referrer.to_owned(),
    }
}

#[test]
fn reports_of_real_browsers_are_read() {
    let client = "https://client.test:9443/";
    let table = [
        (OLD, CHROMIUM_BLOCKED, report("frame-ancestors", "")),
        (OLD, CHROMIUM_SCRIPT, report("script-src-elem", client)),
        (LIST, CHROMIUM_LIST, report("script-src-elem", client)),
        (OLD, FIREFOX_BLOCKED, report("frame-ancestors", client)),
        (
            "Application/CSP-Report; charset=utf-8",
            FIREFOX_BLOCKED,
            report("frame-ancestors", client),
        ),
        // A browser before `effective-directive`.
        (
            OLD,
            r#"{"csp-report":{"violated-directive":"frame-ancestors 'none'"}}"#,
            report("frame-ancestors", ""),
        ),
    ];
    for (media_type, body, expected) in table {
        assert_eq!(read(media_type, body.as_bytes()), [expected], "{body}");
    }
}

#[test]
fn a_directive_is_one_of_the_known_words() {
    let made_up = r#"{"csp-report":{"effective-directive":"<script>"}}"#;
    assert_eq!(read(OLD, made_up.as_bytes()), [report("other", "")]);
    let empty = r#"{"csp-report":{"effective-directive":""}}"#;
    assert_eq!(read(OLD, empty.as_bytes()), [report("other", "")]);
}

#[test]
fn what_is_no_report_is_nothing() {
    let deep = format!("{}1{}", "[".repeat(7_000), "]".repeat(7_000));
    let deep_inside = format!(r#"{{"csp-report":{deep}}}"#);
    let wrong_types = r#"{"csp-report":{"effective-directive":["frame-ancestors"]}}"#;
    let bodies: [&[u8]; 10] = [
        b"",
        b"null",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b"{\"csp-report\":null}",
        b"{\"csp-report\":{}}",
        wrong_types.as_bytes(),
        deep.as_bytes(),
        deep_inside.as_bytes(),
    ];
    for body in bodies {
        for media_type in [OLD, LIST] {
            assert_eq!(
                read(media_type, body),
                [],
                "{}",
                String::from_utf8_lossy(body)
            );
        }
    }
    // A list of the old form, and the old form as a list.
    assert_eq!(read(LIST, CHROMIUM_BLOCKED.as_bytes()), []);
    assert_eq!(read(OLD, CHROMIUM_LIST.as_bytes()), []);
    for foreign in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        assert_eq!(read(foreign, FIREFOX_BLOCKED.as_bytes()), [], "{foreign}");
    }
}

#[test]
fn a_list_gives_ten_reports_at_most() {
    let one = r#"{"type":"csp-violation","body":{"effectiveDirective":"img-src"}}"#;
    let list = format!("[{}]", [one; 100].join(","));
    assert!(list.len() < MAX_BYTES);
    assert_eq!(read(LIST, list.as_bytes()).len(), 10);
}

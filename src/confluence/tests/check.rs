//! The test of a connection, against sites that are well and sites that are not.

use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};

use super::server::{Asked, Reply, TestServer};
use crate::confluence::{
    check::{CheckName, Outcome, TestReport},
    product::Product,
};

const NOW: OffsetDateTime = datetime!(2026-11-22 14:44 UTC);

fn reply(body: &Value) -> Reply {
    Reply::new(
        200,
        &[("Date", "Sun, 22 Nov 2026 14:44:10 GMT")],
        &body.to_string(),
    )
}

fn good_cloud(asked: &Asked) -> Reply {
    let one = |item: Value| reply(&json!({"results": [item], "_links": {}}));
    let none = json!({"results": [], "size": 0});
    let page = json!({
        "id": "7", "type": "page", "status": "current", "title": "T", "_links": {"webui": "/spaces/DS/pages/7/T"},
        "body": {"export_view": {"value": "<p>x</p>"}},
        "restrictions": {"read": {"restrictions": {"user": none, "group": none}}},
    });
    match asked.target.split('?').next().unwrap() {
        "/_edge/tenant_info" => reply(&json!({"cloudId": "11-22"})),
        "/wiki/rest/api/user/current" => reply(&json!({
            "type": "known", "accountId": "acc-1", "displayName": "Portal",
        })),
        "/wiki/api/v2/spaces" => one(json!({"id": "77", "key": "DS", "name": "Demo"})),
        "/wiki/api/v2/pages" | "/wiki/rest/api/content/search" => one(page),
        "/wiki/api/v2/pages/7" => reply(&page),
        "/wiki/api/v2/pages/7/attachments" => one(json!({"id": "att9", "title": "plan.png"})),
        "/wiki/rest/api/content/7/child/attachment/att9/download" => Reply::new(200, &[], "x"),
        _ => Reply::new(404, &[], ""),
    }
}

async fn report(
    product: Product,
    answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> TestReport {
    let server = TestServer::start(answer).await;
    server.client(product).test(NOW).await
}

#[track_caller]
fn check(report: &TestReport, name: CheckName, outcome: Outcome, words: &str) {
    let found = report.checks.iter().find(|check| check.name == name);
    let found = found.unwrap_or_else(|| panic!("{name:?} is missing in {report:?}"));
    assert_eq!(found.outcome, outcome, "{found:?}");
    assert!(found.detail.contains(words), "{found:?}");
}

#[tokio::test]
async fn a_good_site_passes_everything_but_encryption() {
    let report = report(Product::Cloud, good_cloud).await;
    assert!(report.is_good(), "{report:?}");
    assert_eq!(report.account.as_ref().unwrap().display_name, "Portal");
    for name in [
        CheckName::Reachable,
        CheckName::Product,
        CheckName::Account,
        CheckName::Clock,
        CheckName::Spaces,
        CheckName::Pages,
        CheckName::Attachments,
        CheckName::Restrictions,
        CheckName::Search,
    ] {
        check(&report, name, Outcome::Ok, "");
    }
    check(&report, CheckName::Tls, Outcome::Warning, "not encrypted");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json["checks"][0],
        json!({
            "name": "reachable", "outcome": "ok", "detail": "The site answers.",
        })
    );
}

#[tokio::test]
async fn a_missing_scope_is_named_and_the_rest_still_tried() {
    let report = report(Product::Cloud, |asked| {
        match asked.target.contains("/attachments") {
            true => Reply::new(
                401,
                &[],
                "{\"code\":401,\"message\":\"Unauthorized; scope does not match\"}",
            ),
            false => good_cloud(asked),
        }
    })
    .await;
    check(
        &report,
        CheckName::Attachments,
        Outcome::Failed,
        "read:attachment:confluence",
    );
    check(&report, CheckName::Search, Outcome::Ok, "");
}

#[tokio::test]
async fn nobody_is_no_account() {
    let report = report(Product::DataCenter, |asked| match asked.target.as_str() {
        "/wiki/rest/api/server-information" => reply(&json!({"version": "9.2.1"})),
        "/wiki/rest/api/user/current" => {
            reply(&json!({"type": "anonymous", "displayName": "Anonymous"}))
        }
        _ => Reply::new(404, &[], ""),
    })
    .await;
    assert_eq!(report.version.as_deref(), Some("9.2.1"));
    check(
        &report,
        CheckName::Account,
        Outcome::Failed,
        "takes us for nobody",
    );
    assert!(!report.is_good());
}

#[tokio::test]
async fn a_cloud_token_on_data_center_is_recognised_and_sent_once_more_at_most() {
    let server = TestServer::start(|_asked| Reply::new(401, &[], "")).await;
    let report = server.client(Product::DataCenter).test(NOW).await;
    check(
        &report,
        CheckName::Account,
        Outcome::Failed,
        "API token of Confluence Cloud",
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_captcha_is_explained() {
    let report = report(Product::DataCenter, |_asked| {
        Reply::new(
            403,
            &[("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE")],
            "",
        )
    })
    .await;
    check(&report, CheckName::Account, Outcome::Failed, "CAPTCHA");
}

#[tokio::test]
async fn a_wrong_context_path_is_explained() {
    let report = report(Product::DataCenter, |_asked| Reply::new(404, &[], "<html>")).await;
    check(
        &report,
        CheckName::Account,
        Outcome::Failed,
        "/confluence, add the path",
    );
}

#[tokio::test]
async fn a_login_page_instead_of_an_answer_is_explained() {
    let report = report(Product::DataCenter, |_asked| {
        Reply::new(200, &[], "<html>Log in</html>")
    })
    .await;
    check(&report, CheckName::Product, Outcome::Failed, "a login page");
}

#[tokio::test]
async fn a_site_that_wants_https_is_explained() {
    let report = report(Product::DataCenter, |_asked| {
        Reply::new(
            301,
            &[(
                "Location",
                "https://127.0.0.1/wiki/rest/api/server-information",
            )],
            "",
        )
    })
    .await;
    check(
        &report,
        CheckName::Reachable,
        Outcome::Failed,
        "Enter https://127.0.0.1",
    );
}

#[tokio::test]
async fn clocks_that_differ_are_told() {
    let late = datetime!(2026-11-22 14:54:10 UTC);
    let server = TestServer::start(good_cloud).await;
    let report = server.client(Product::Cloud).test(late).await;
    check(&report, CheckName::Clock, Outcome::Warning, "600 seconds");
}

//! What the specification does not allow is answered as a mistake, and fails the test that made it.

use super::{ask, get};
use fake_confluence::fake::FakeConfluence;

#[tokio::test]
async fn an_unknown_parameter_is_a_violation() {
    let fake = FakeConfluence::cloud().start();

    let answer = get(&fake, "/wiki/api/v2/pages?ids=1").await;

    assert_eq!(answer.status, 400);
    assert_eq!(
        fake.take_violations(),
        ["GET /wiki/api/v2/pages?ids=1: the parameter ids does not exist"]
    );
}

#[tokio::test]
async fn a_limit_beyond_the_largest_is_a_violation() {
    let fake = FakeConfluence::cloud().start();

    get(&fake, "/wiki/api/v2/pages?limit=251").await;

    assert_eq!(fake.take_violations().len(), 1);
}

#[tokio::test]
async fn a_format_that_lists_do_not_have_is_a_violation() {
    let fake = FakeConfluence::cloud().start();

    get(&fake, "/wiki/api/v2/pages?body-format=export_view").await;

    assert_eq!(fake.take_violations().len(), 1);
}

#[tokio::test]
async fn removed_endpoints_of_cloud_are_gone() {
    let fake = FakeConfluence::cloud().start();

    let answer = get(&fake, "/wiki/rest/api/content/12345").await;

    assert_eq!(answer.status, 410);
    assert!(
        answer.json()["message"]
            .as_str()
            .unwrap()
            .contains("GoneException")
    );
    assert_eq!(fake.take_violations().len(), 1);
}

#[tokio::test]
async fn a_get_with_a_body_is_refused() {
    let fake = FakeConfluence::cloud().start();
    let url = format!("{}/wiki/api/v2/pages", fake.base_url());

    let answer = reqwest::Client::new()
        .get(url)
        .body("{}")
        .send()
        .await
        .unwrap();

    assert_eq!(answer.status(), 403);
    assert_eq!(fake.take_violations().len(), 1);
}

#[tokio::test]
async fn facts_beside_the_specification_are_fine() {
    let fake = FakeConfluence::cloud().start();

    let answer = ask(&format!("{}/_edge/tenant_info", fake.base_url()), "")
        .await
        .unwrap();

    assert_eq!(
        answer.json()["cloudId"],
        fake_confluence::credentials::CLOUD_ID
    );
}

#[tokio::test]
#[should_panic(expected = "against the specification")]
async fn a_violation_fails_the_test() {
    let fake = FakeConfluence::data_center().start();

    get(&fake, "/rest/api/content/1/permission/check").await;
}

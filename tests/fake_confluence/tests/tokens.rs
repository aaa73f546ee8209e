//! Cloud: which credential is good where, and how OAuth gives them.

use serde_json::json;

use super::{ask, get, get_through_gateway, post};
use fake_confluence::credentials::{
    CLASSIC, CLIENT_ID, CLIENT_SECRET, EMAIL, SCOPED_TOKEN, SITE_TOKEN, basic, bearer,
};
use fake_confluence::fake::FakeConfluence;

#[tokio::test]
async fn tokens_are_good_in_their_own_place_only() {
    let fake = FakeConfluence::cloud().start();
    let path = "/wiki/rest/api/user/current";

    let scoped = ask(
        &format!("{}{path}", fake.base_url()),
        &basic(EMAIL, SCOPED_TOKEN),
    )
    .await
    .unwrap();
    let download = get(&fake, "/wiki/download/attachments/1/x.png").await;

    assert_eq!(scoped.status, 401);
    assert_eq!(download.status, 401);
    assert!(
        download
            .header("www-authenticate")
            .starts_with("OAuth realm=")
    );
    assert_eq!(get(&fake, path).await.status, 200);
    assert_eq!(get_through_gateway(&fake, path).await.status, 200);
    fake.revoke(SITE_TOKEN);
    assert_eq!(get(&fake, path).await.status, 401);
}

#[tokio::test]
async fn a_missing_scope_is_told_by_the_gateway() {
    let fake = FakeConfluence::cloud().start();
    fake.set_scopes(CLASSIC);

    let search = get_through_gateway(&fake, "/wiki/rest/api/search?cql=type%3Dpage").await;
    let pages = get_through_gateway(&fake, "/wiki/api/v2/pages").await;

    assert_eq!(search.status, 200);
    assert_eq!(pages.status, 401);
    assert_eq!(
        pages.json(),
        json!({"code": 401, "message": "Unauthorized; scope does not match"})
    );
}

#[tokio::test]
async fn a_refresh_token_is_good_once() {
    let fake = FakeConfluence::cloud().start();
    let client = json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
    let with = |more: serde_json::Value| {
        let mut body = client.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let consent = format!(
        "{}?audience=api.atlassian.com&client_id={CLIENT_ID}&scope=offline_access%20read:page:confluence\
         &redirect_uri=http%3A%2F%2Fportal.example%2Fback&state=s&response_type=code&prompt=consent",
        fake.authorize_url(),
    );
    let back = ask(&consent, "").await.unwrap();
    let (_, code) = back.header("location").split_once("code=").unwrap();
    let redeem = with(json!({
        "grant_type": "authorization_code", "code": code, "redirect_uri": "http://portal.example/back",
    }));
    let (_, first) = post(&fake.token_url(), redeem).await;
    let refresh =
        with(json!({"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}));

    let (status, second) = post(&fake.token_url(), refresh.clone()).await;
    let again = post(&fake.token_url(), refresh).await;

    assert_eq!(status, 200);
    assert_eq!(
        again,
        (
            403,
            json!({"error": "invalid_grant", "error_description": "Unknown or invalid refresh token."})
        )
    );
    let url = format!("{}/oauth/token/accessible-resources", fake.gateway_url());
    let bearer = bearer(second["access_token"].as_str().unwrap());
    assert_eq!(ask(&url, &bearer).await.unwrap().json()[0]["name"], "acme");
    fake.expire_bearers();
    assert_eq!(ask(&url, &bearer).await.unwrap().status, 401);
    fake.revoke_refresh_tokens();
    let refresh =
        with(json!({"grant_type": "refresh_token", "refresh_token": second["refresh_token"]}));
    assert_eq!(post(&fake.token_url(), refresh).await.0, 403);
}

#[tokio::test]
async fn a_client_gets_a_bearer_by_its_credentials() {
    let fake = FakeConfluence::cloud().start();
    let body = json!({"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});

    let (status, token) = post(&fake.token_url(), body).await;

    assert_eq!(status, 200);
    assert_eq!(token["expires_in"], 3600);
}

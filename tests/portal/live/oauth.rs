//! Tokens that change on every use: two nodes must not lose the connection over them.

use std::sync::Arc;

use time::Duration;
use vestibule::clock;
use vestibule::confluence::Product;
use vestibule::connections::credentials::Credentials;

use super::site::Site;
use fake_confluence::credentials::{
    CLIENT_ID, CLIENT_SECRET, EMAIL, SCOPED_TOKEN, SERVICE_ACCOUNT_TOKEN,
};
use fake_confluence::fake::FakeConfluence;

fn consent() -> Credentials {
    Credentials::AuthorizationCode {
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        access: None,
        refresh_token: None,
    }
}

/// Agrees as an admin's browser would, and returns the code.
async fn agree(site: &Site, redirect_uri: &str) -> String {
    let connection = site
        .portal
        .connections()
        .find(site.connection)
        .await
        .unwrap();
    let url = site
        .portal
        .connections()
        .consent_url(&connection, redirect_uri, "state")
        .unwrap();
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = browser.get(url).send().await.unwrap();
    let back = answer.headers()["location"].to_str().unwrap().to_owned();
    let back = url::Url::parse(&back).unwrap();
    let code = back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1;
    code.into_owned()
}

#[tokio::test]
async fn two_nodes_that_refresh_at_once_keep_the_connection() {
    let site = Site::connect(FakeConfluence::cloud().start(), Product::Cloud, consent()).await;
    let back = "http://localhost/admin/connections/oauth";
    let code = agree(&site, back).await;
    site.portal.agree(site.connection, &code, back).await;
    let other = site.portal.another_node();
    // Long after the token's end, for both of them.
    let later = clock::now() + Duration::hours(2);

    for _ in 0..3 {
        let later = later + Duration::hours(2);
        let nodes = [
            Arc::clone(site.portal.connections()),
            Arc::clone(other.connections()),
        ];
        let [one, two] =
            nodes.map(|node| async move { node.access(site.connection, later).await.map(|_| ()) });
        let (one, two) = tokio::join!(one, two);
        one.unwrap();
        two.unwrap();
    }
}

#[tokio::test]
async fn a_consent_that_was_taken_back_stops_the_connection_and_says_so() {
    let site = Site::connect(FakeConfluence::cloud().start(), Product::Cloud, consent()).await;
    let back = "http://localhost/admin/connections/oauth";
    let code = agree(&site, back).await;
    site.portal.agree(site.connection, &code, back).await;
    site.fake.revoke_refresh_tokens();

    let refused = site
        .portal
        .connections()
        .access(site.connection, clock::now() + Duration::hours(2))
        .await
        .map(|_| ())
        .unwrap_err();

    assert!(refused.is_refusal(), "{refused:?}");
    assert!(
        refused.sentence().to_lowercase().contains("authoriz"),
        "{}",
        refused.sentence()
    );
}

#[tokio::test]
async fn every_kind_of_credentials_passes_the_test_of_its_connection() {
    let cloud = [
        Credentials::ScopedToken {
            email: Some(EMAIL.to_owned()),
            token: SCOPED_TOKEN.to_owned(),
        },
        Credentials::ScopedToken {
            email: None,
            token: SERVICE_ACCOUNT_TOKEN.to_owned(),
        },
        Credentials::ClientCredentials {
            token_url: None,
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.to_owned(),
            access: None,
        },
    ];
    for credentials in cloud {
        let kind = credentials.kind();
        let site =
            Site::connect(FakeConfluence::cloud().start(), Product::Cloud, credentials).await;
        let report = site
            .portal
            .connections()
            .test(site.connection, clock::now())
            .await
            .unwrap();
        assert!(report.is_good(), "{kind:?}: {report:?}");
    }
    let server = Credentials::ClientCredentials {
        token_url: None,
        client_id: CLIENT_ID.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        access: None,
    };
    let site = Site::connect(
        FakeConfluence::data_center().start(),
        Product::DataCenter,
        server,
    )
    .await;
    let report = site
        .portal
        .connections()
        .test(site.connection, clock::now())
        .await
        .unwrap();
    assert!(report.is_good(), "{report:?}");
}

//! The fakes are themselves tested here, through HTTP as the portal would ask: that they hold requests against the
//! specification, page, refuse and fail as the real ones do.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up stops there"
)]

mod app;
mod cloud;
mod cql;
mod crowd;
mod data_center;
mod faults;
mod specification;
mod tokens;
mod webhooks;

use serde_json::Value;

use fake_confluence::credentials::{
    EMAIL, PERSONAL_ACCESS_TOKEN, SERVICE_ACCOUNT_TOKEN, SITE_TOKEN, basic, bearer,
};
use fake_confluence::fake::FakeConfluence;

/// An answer, read to its end.
struct Got {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    fn titles(&self) -> Vec<String> {
        let results = self.json()["results"].as_array().unwrap().clone();
        results
            .iter()
            .map(|one| one["title"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn ask(url: &str, authorization: &str) -> reqwest::Result<Got> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let mut request = client.build().unwrap().get(url);
    if !authorization.is_empty() {
        request = request.header("Authorization", authorization);
    }
    let answer = request.send().await?;
    Ok(Got {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        body: answer.bytes().await?.to_vec(),
    })
}

/// With the credential that fits the site.
async fn get(fake: &FakeConfluence, path: &str) -> Got {
    let credential = match fake.base_url().ends_with("/confluence") {
        true => bearer(PERSONAL_ACCESS_TOKEN),
        false => basic(EMAIL, SITE_TOKEN),
    };
    ask(&format!("{}{path}", fake.base_url()), &credential)
        .await
        .unwrap()
}

async fn titles(fake: &FakeConfluence, path: &str) -> Vec<String> {
    get(fake, path).await.titles()
}

async fn get_through_gateway(fake: &FakeConfluence, path: &str) -> Got {
    let url = format!(
        "{}/ex/confluence/{}{path}",
        fake.gateway_url(),
        fake_confluence::credentials::CLOUD_ID
    );
    ask(&url, &bearer(SERVICE_ACCOUNT_TOKEN)).await.unwrap()
}

async fn post(url: &str, body: Value) -> (u16, Value) {
    let answer = reqwest::Client::new()
        .post(url)
        .json(&body)
        .send()
        .await
        .unwrap();
    (
        answer.status().as_u16(),
        answer.json().await.unwrap_or_default(),
    )
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

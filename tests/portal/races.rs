//! Requests that arrive together.

use futures_util::future::join_all;
use reqwest::Client;
use serde_json::{Value, json};
use vestibule::accounts::api_token::{NewApiToken, TokenName, TokenScope};
use vestibule::accounts::store::api_token;
use vestibule::clock;
use vestibule::space_export::builder::{ExportBuilder, NewPage};

use crate::support::{PASSWORD, Portal, Ran, sign, token};

#[tokio::test]
async fn parallel_wrong_passwords_get_no_more_answers_than_single_ones() {
    let portal = Portal::with_sample().await;
    let path = format!("/content/{}/session", portal.db_share(|_| {}).id);
    let guesses: Vec<_> = (0..50).map(|guess| (portal.visitor(), guess)).collect();
    let answers = join_all(guesses.iter().map(async |(visitor, guess)| {
        let password = format!("guess {guess}");
        visitor.post(&path, &[("password", &password)]).await.status
    }))
    .await;
    let count = |status: u16| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(422), count(429)), (5, 45), "{answers:?}");
}

#[tokio::test]
async fn a_right_password_costs_no_guess() {
    let portal = Portal::with_sample().await;
    let path = format!("/content/{}/session", portal.db_share(|_| {}).id);
    let sign_in = async |password: &str| {
        let visitor = portal.visitor();
        visitor.post(&path, &[("password", password)]).await.status
    };
    for _ in 0..4 {
        assert_eq!(sign_in("wrong").await, 422);
    }
    for _ in 0..6 {
        assert_eq!(sign_in(PASSWORD).await, 303);
    }
    assert_eq!(sign_in("wrong").await, 422);
    assert_eq!(sign_in(PASSWORD).await, 429);
}

#[tokio::test]
async fn two_shares_that_one_visitor_unlocks_together_both_stay_open() {
    let portal = Portal::with_sample().await;
    let shares = [portal.db_share(|_| {}), portal.db_share(|_| {})];
    let visitor = portal.visitor();
    let unlocked = join_all(shares.iter().map(async |share| {
        let path = format!("/content/{}?unlock={}", share.id, token(share));
        visitor.get(&path).await.status
    }));
    assert_eq!(unlocked.await, [303, 303]);
    for share in &shares {
        let page = visitor.get(&format!("/content/{}", share.id)).await;
        assert_eq!(page.status, 200);
    }
}

#[tokio::test]
async fn of_two_parallel_changes_of_the_secret_one_stays() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let api_token = db_api_token(&portal);
    let url = portal.url(&format!("/api/v1/shares/{}/unlock-secret", share.id));
    let http = Client::new();
    let changes = join_all((0..2).map(|_| async {
        let request = http.post(&url).bearer_auth(&api_token);
        let answer = request.json(&json!({"overlapSeconds": 0})).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 200);
        let body: Value = answer.json().await.unwrap();
        hex::decode(body["unlockSecret"].as_str().unwrap()).unwrap()
    }))
    .await;
    let now = clock::now().unix_timestamp();
    let claims = json!({"iss": share.id.to_string(), "nbf": now - 5, "exp": now + 55});
    let mut statuses = Vec::new();
    for secret in changes {
        let token = sign(r#"{"alg":"HS256"}"#, &claims.to_string(), &secret);
        let path = format!("/content/{}?unlock={token}", share.id);
        statuses.push(portal.visitor().get(&path).await.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 401]);
}

#[tokio::test]
async fn of_two_parallel_imports_under_one_name_one_is_told_to_wait() {
    let portal = Portal::start().await;
    let titles: Vec<String> = (1..=400).map(|page| format!("Page {page}")).collect();
    let export = (1..).zip(&titles).fold(
        ExportBuilder::new("NOTES", "Notes"),
        |export, (id, title)| export.page(NewPage::new(id, title, "<p>Words</p>")),
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    export.write(file.as_file()).unwrap();
    let args = ["import", file.path().to_str().unwrap(), "--name", "Notes"];
    let started = [(); 2].map(|()| portal.vestibule(&args).spawn().unwrap());
    let mut ended = started.map(Ran::end_of);
    ended.sort_by_key(|ran| ran.code);
    let [won, told] = ended;
    assert_eq!((won.code, told.code), (Some(0), Some(1)), "{}", told.stderr);
    assert_eq!(
        told.stderr,
        "vestibule: Another import into “Notes” is running. Wait until it has finished.\n"
    );
}

fn db_api_token(portal: &Portal) -> String {
    let new = NewApiToken {
        name: TokenName::parse("race").unwrap(),
        scope: TokenScope::Write,
        created_by: "test".to_owned(),
        expires_at: None,
    };
    let made = portal.db(|db| api_token::insert_token(db, &new, clock::now()));
    made.unwrap().1.reveal().to_string()
}

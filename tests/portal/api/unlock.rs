//! Secrets, links and the token checker: what a client site needs.

use reqwest::redirect::Policy;
use serde_json::{Value, json};

use super::caller::{path_of, portal_and_writer};
use crate::support::Visitor;

#[actix_web::test]
async fn a_link_opens_the_share_without_its_password() {
    let (_portal, writer) = portal_and_writer().await;
    let share = locked_share(&writer).await;
    let link = writer
        .post_json(&format!("{}/unlock-links", path_of(&share)), json!({}))
        .await;
    assert_eq!(link.status, 200);
    let (url, token) = (text(&link.json, "url"), text(&link.json, "token"));
    assert_eq!(url, format!("{}?unlock={token}", text(&share, "url")));
    assert_eq!(
        seconds(&link.json, "expiresAt") - seconds(&link.json, "notBefore"),
        60
    );
    assert_eq!(opens(&url).await, (303, None));
}

#[actix_web::test]
async fn a_changed_secret_ends_the_old_one_at_once() {
    let (_portal, writer) = portal_and_writer().await;
    let share = locked_share(&writer).await;
    let path = path_of(&share);
    let link = writer
        .post_json(&format!("{path}/unlock-links"), json!({}))
        .await;
    let changed = writer
        .post_json(
            &format!("{path}/unlock-secret"),
            json!({"overlapSeconds": 0}),
        )
        .await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.json["unlockSecret"], share["unlockSecret"]);
    assert_eq!(changed.json["previousUnlockSecretExpiresAt"], Value::Null);
    let refused = opens(&text(&link.json, "url")).await;
    assert_eq!(refused, (401, Some("bad_signature".to_owned())));
}

#[actix_web::test]
async fn an_overlap_keeps_the_old_secret_in_force() {
    let (_portal, writer) = portal_and_writer().await;
    let share = locked_share(&writer).await;
    let path = path_of(&share);
    let link = writer
        .post_json(&format!("{path}/unlock-links"), json!({}))
        .await;
    let changed = writer
        .post_json(
            &format!("{path}/unlock-secret"),
            json!({"overlapSeconds": 3600}),
        )
        .await;
    assert_ne!(changed.json["unlockSecret"], share["unlockSecret"]);
    let end = seconds(&changed.json, "previousUnlockSecretExpiresAt");
    assert_eq!(end - seconds(&changed.json, "updatedAt"), 3600);
    assert_eq!(opens(&text(&link.json, "url")).await, (303, None));
}

#[actix_web::test]
async fn an_overlap_lasts_at_most_seven_days_and_is_none_if_left_out() {
    let (_portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let path = format!("{}/unlock-secret", path_of(&share));
    for overlap in [
        json!(-1),
        json!(604_801),
        json!("60"),
        json!(1.5),
        json!(null),
    ] {
        let refused = writer
            .post_json(&path, json!({"overlapSeconds": overlap}))
            .await;
        assert_eq!(refused.status, 422, "{overlap}");
        assert_eq!(refused.wrong_fields(), ["overlapSeconds"]);
    }
    assert_eq!(
        writer
            .post_json(&path, json!({"overlapSeconds": 604_800}))
            .await
            .status,
        200
    );
    let bare = writer.request(reqwest::Method::POST, &path).await;
    assert_eq!(bare.status, 200);
    assert_eq!(bare.json["previousUnlockSecretExpiresAt"], Value::Null);
}

#[actix_web::test]
async fn no_link_is_made_for_a_share_that_would_not_open() {
    let (_portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    writer
        .patch(&path_of(&share), json!({"enabled": false}))
        .await;
    let refused = writer
        .post_json(&format!("{}/unlock-links", path_of(&share)), json!({}))
        .await;
    assert_eq!(refused.status, 409);
}

#[actix_web::test]
async fn the_checker_says_which_check_a_token_fails() {
    let (_portal, writer) = portal_and_writer().await;
    let share = locked_share(&writer).await;
    let path = path_of(&share);
    let link = writer
        .post_json(&format!("{path}/unlock-links"), json!({}))
        .await
        .json;
    let check = async |token: Value| {
        let answer = writer
            .post_json(&format!("{path}/unlock-checks"), json!({"token": token}))
            .await;
        assert_eq!(answer.status, 200);
        answer.json
    };
    let valid = check(link["url"].clone()).await;
    assert_eq!(
        (&valid["valid"], &valid["code"]),
        (&json!(true), &Value::Null)
    );
    assert!(
        valid["checks"]
            .as_array()
            .unwrap()
            .iter()
            .all(|line| line["ok"] == true)
    );
    let malformed = check(json!("not.a.token")).await;
    assert_eq!(
        (&malformed["valid"], &malformed["code"]),
        (&json!(false), &json!("malformed"))
    );
    assert_eq!(malformed["checks"][0]["ok"], false);
    assert_eq!(malformed["checks"][1]["ok"], Value::Null);
    let activity = writer.get(&format!("{path}/activity")).await.json;
    assert_eq!(activity["items"], json!([]));
}

async fn locked_share(writer: &Visitor) -> Value {
    let share = writer.create_share("Manual").await;
    let locked = writer
        .patch(&path_of(&share), json!({"password": "correct horse"}))
        .await;
    assert_eq!(locked.status, 200);
    locked.json
}

/// What a visitor without a pass gets: the status, and the refusal's code.
async fn opens(url: &str) -> (u16, Option<String>) {
    let visitor = reqwest::Client::builder()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let answer = visitor.get(url).send().await.unwrap();
    let code = answer.headers().get("vestibule-unlock");
    let code = code.map(|code| code.to_str().unwrap().to_owned());
    (answer.status().as_u16(), code)
}

fn text(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap().to_owned()
}

fn seconds(body: &Value, field: &str) -> i64 {
    let format = &time::format_description::well_known::Rfc3339;
    let moment = time::OffsetDateTime::parse(body[field].as_str().unwrap(), format);
    moment.unwrap().unix_timestamp()
}

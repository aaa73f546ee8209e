//! Changing a share: what is left out stays, null removes.

use serde_json::json;

use super::caller::{path_of, portal_and_writer};

#[actix_web::test]
async fn an_empty_change_changes_only_the_time_of_the_last_change() {
    let (_portal, writer) = portal_and_writer().await;
    let mut share = writer.create_share("Manual").await;
    let changed = writer.patch(&path_of(&share), json!({})).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.json["updatedAt"], share["updatedAt"]);
    share["updatedAt"] = changed.json["updatedAt"].clone();
    assert_eq!(changed.json, share);
}

#[actix_web::test]
async fn each_field_changes_alone() {
    let (_portal, writer) = portal_and_writer().await;
    let before = writer.create_share("Manual").await;
    for (field, value) in [
        ("name", json!("Handbook")),
        ("description", json!("For dealers")),
        ("startsAt", json!("2026-01-01T00:00:00Z")),
        ("expiresAt", json!("2099-01-01T00:00:00Z")),
        ("passLifetimeSeconds", json!(3600)),
        ("embedOrigins", json!(["https://www.example.com"])),
        ("embedOnly", json!(true)),
        ("embedOnly", json!(false)),
        ("enabled", json!(false)),
    ] {
        let mut expected = writer.get(&path_of(&before)).await.json;
        let changed = writer
            .patch(&path_of(&before), json!({field: value}))
            .await
            .json;
        expected[field] = value;
        expected["updatedAt"] = changed["updatedAt"].clone();
        assert_eq!(changed, expected, "{field}");
    }
}

#[actix_web::test]
async fn each_option_changes_alone() {
    let (_portal, writer) = portal_and_writer().await;
    let before = writer.create_share("Manual").await;
    for (option, value) in [
        ("externalLinks", json!("keep")),
        ("restrictedPages", json!("all")),
        ("includeLabels", json!(["public", "faq"])),
        ("excludeLabels", json!(["internal"])),
        ("includeLabels", json!([])),
        ("showComments", json!(true)),
    ] {
        let mut expected = writer.get(&path_of(&before)).await.json;
        let changed = writer
            .patch(&path_of(&before), json!({"options": {option: value}}))
            .await
            .json;
        expected["options"][option] = value;
        expected["updatedAt"] = changed["updatedAt"].clone();
        assert_eq!(changed, expected, "{option}");
    }
}

#[actix_web::test]
async fn null_removes_the_password_and_the_dates() {
    let (_portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let path = path_of(&share);
    let link = share["url"].as_str().unwrap();
    let set = json!({"password": "correct horse", "startsAt": "2026-01-01T00:00:00Z", "expiresAt": "2099-01-01T00:00:00Z"});
    assert_eq!(
        writer.patch(&path, set).await.json["passwordProtected"],
        true
    );
    assert_eq!(reqwest::get(link).await.unwrap().status(), 401);
    let left_out = writer.patch(&path, json!({"name": "Handbook"})).await.json;
    assert_eq!(left_out["passwordProtected"], true);
    assert_eq!(left_out["expiresAt"], "2099-01-01T00:00:00Z");
    let removed = writer
        .patch(
            &path,
            json!({"password": null, "startsAt": null, "expiresAt": null}),
        )
        .await;
    assert_eq!(removed.json["passwordProtected"], false);
    assert_eq!(removed.json["startsAt"], json!(null));
    assert_eq!(removed.json["expiresAt"], json!(null));
    assert_eq!(reqwest::get(link).await.unwrap().status(), 200);
}

#[actix_web::test]
async fn an_end_before_the_start_that_is_stored_is_refused() {
    let (_portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let path = path_of(&share);
    writer
        .patch(&path, json!({"startsAt": "2030-01-01T00:00:00Z"}))
        .await;
    let refused = writer
        .patch(&path, json!({"expiresAt": "2029-01-01T00:00:00Z"}))
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.wrong_fields(), ["expiresAt"]);
}

#[actix_web::test]
async fn what_a_share_points_at_cannot_be_changed() {
    let (_portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let refused = writer
        .patch(
            &path_of(&share),
            json!({"scope": "page", "pageId": "101", "nmae": "x", "name": 5}),
        )
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.wrong_fields(), ["scope", "pageId", "nmae", "name"]);
    assert_eq!(writer.get(&path_of(&share)).await.json, share);
}

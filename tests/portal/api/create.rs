//! Creating, reading and deleting shares.

use diesel::connection::SimpleConnection as _;
use serde_json::{Value, json};

use super::caller::{MANUAL, SPARE, path_of, portal_and_writer};

#[actix_web::test]
async fn a_new_share_has_what_was_sent_and_sound_defaults() {
    let (portal, writer) = portal_and_writer().await;
    let created = writer
        .post_json(
            "/shares",
            json!({"connectionId": MANUAL, "scope": "tree", "pageId": "100"}),
        )
        .await;
    assert_eq!(created.status, 201);
    let share = &created.json;
    assert_eq!(
        created.header("location"),
        Some(&*format!("/api/v1{}", path_of(share)))
    );
    let id = share["id"].as_str().unwrap();
    let secret = share["unlockSecret"].as_str().unwrap();
    assert_eq!(secret.len(), 64);
    assert!(
        secret
            .bytes()
            .all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
    );
    let created_at = &share["createdAt"];
    assert!(created_at.as_str().unwrap().ends_with('Z'));
    assert_eq!(
        *share,
        json!({
            "id": id,
            "url": portal.url(&format!("/content/{id}")),
            "name": "Home",
            "description": "",
            "connectionId": MANUAL,
            "scope": "tree",
            "root": {"id": "100", "title": "Home"},
            "passwordProtected": false,
            "unlockSecret": secret,
            "previousUnlockSecretExpiresAt": null,
            "enabled": true,
            "startsAt": null,
            "expiresAt": null,
            "passLifetimeSeconds": 43200,
            "embedOrigins": [],
            "embedOnly": false,
            "options": {
                "externalLinks": "plainText",
                "restrictedPages": "none",
                "includeLabels": [],
                "excludeLabels": [],
                "showComments": false,
            },
            "createdAt": created_at,
            "updatedAt": created_at,
            "createdBy": "api:build server",
        })
    );
    assert_eq!(writer.get(&path_of(share)).await.json, *share);
}

#[actix_web::test]
async fn everything_that_can_be_sent_arrives() {
    let (_portal, writer) = portal_and_writer().await;
    let sent = json!({
        "connectionId": MANUAL,
        "scope": "space",
        "spaceKey": "DOC",
        "name": "For dealers",
        "description": "Two\nlines",
        "password": "correct horse",
        "startsAt": "2026-01-01T02:00:00+02:00",
        "expiresAt": "2099-01-01T00:00:00Z",
        "passLifetimeSeconds": 60,
        "embedOrigins": ["https://WWW.example.com/", "http://localhost:8090"],
        "embedOnly": true,
        "options": {
            "externalLinks": "keep",
            "restrictedPages": "all",
            "includeLabels": ["Public", "faq", "public"],
            "excludeLabels": ["internal"],
            "showComments": true,
        },
        "enabled": false,
    });
    let share = writer.post_json("/shares", sent).await.json;
    assert_eq!(share["root"], json!({"id": "100", "title": "Home"}));
    assert_eq!(share["name"], "For dealers");
    assert_eq!(share["description"], "Two\nlines");
    assert_eq!(share["passwordProtected"], true);
    assert_eq!(share["startsAt"], "2026-01-01T00:00:00Z");
    assert_eq!(share["expiresAt"], "2099-01-01T00:00:00Z");
    assert_eq!(share["passLifetimeSeconds"], 60);
    assert_eq!(
        share["embedOrigins"],
        json!(["https://www.example.com", "http://localhost:8090"])
    );
    assert_eq!(share["embedOnly"], true);
    assert_eq!(
        share["options"],
        json!({
            "externalLinks": "keep",
            "restrictedPages": "all",
            "includeLabels": ["public", "faq"],
            "excludeLabels": ["internal"],
            "showComments": true,
        })
    );
    assert_eq!(share["enabled"], false);
}

#[actix_web::test]
async fn a_root_that_is_restricted_now_is_what_was_meant() {
    let (portal, writer) = portal_and_writer().await;
    let restricted_pages = async |scope: &str, root: Value, options: Value| {
        let mut body = json!({"connectionId": MANUAL, "scope": scope, "options": options});
        body.as_object_mut()
            .unwrap()
            .extend(root.as_object().unwrap().clone());
        let share = writer.post_json("/shares", body).await.json;
        share["options"]["restrictedPages"].clone()
    };
    let home = || json!({"pageId": "100"});
    let space = || json!({"spaceKey": "DOC"});
    assert_eq!(restricted_pages("tree", home(), json!({})).await, "none");
    portal
        .db(|db| db.batch_execute("update page_snapshot set view_restricted = true"))
        .unwrap();
    assert_eq!(restricted_pages("tree", home(), json!({})).await, "root");
    assert_eq!(restricted_pages("space", space(), json!({})).await, "none");
    let sent = json!({"restrictedPages": "none"});
    assert_eq!(restricted_pages("tree", home(), sent).await, "none");
}

#[actix_web::test]
async fn every_wrong_option_is_named() {
    let (_portal, writer) = portal_and_writer().await;
    let refused = async |options: Value| {
        let body =
            json!({"connectionId": MANUAL, "scope": "tree", "pageId": "100", "options": options});
        let answer = writer.post_json("/shares", body).await;
        assert_eq!(answer.status, 422);
        answer.wrong_fields().join(" ")
    };
    let wrong = json!({
        "externalLinks": "maybe",
        "restrictedPages": "some",
        "includeLabels": ["two words"],
        "excludeLabels": [""],
        "showComments": "yes",
        "labels": [],
    });
    assert_eq!(
        refused(wrong).await,
        "options.labels options.externalLinks options.restrictedPages options.includeLabels \
         options.excludeLabels options.showComments"
    );
    let many: Vec<String> = (0..51).map(|n| format!("label-{n}")).collect();
    assert_eq!(
        refused(json!({"includeLabels": many, "excludeLabels": ["x".repeat(256)]})).await,
        "options.includeLabels options.excludeLabels"
    );
    assert_eq!(
        refused(json!({"restrictedPages": null, "includeLabels": [7]})).await,
        "options.restrictedPages options.includeLabels"
    );
}

#[actix_web::test]
async fn a_root_is_found_by_id_key_and_address_if_it_fits_the_scope() {
    let (_portal, writer) = portal_and_writer().await;
    let create = async |scope: &str, root: Value| {
        let mut body = json!({"connectionId": MANUAL, "scope": scope});
        body.as_object_mut()
            .unwrap()
            .extend(root.as_object().unwrap().clone());
        let answer = writer.post_json("/shares", body).await;
        match answer.status {
            201 => Ok(answer.json["name"].as_str().unwrap().to_owned()),
            _ => Err(answer.wrong_fields().join(" ")),
        }
    };
    let home = "https://any.example/wiki/spaces/DOC/pages/100/Home";
    let overview = "https://any.example/wiki/spaces/DOC/overview";
    let ok = |name: &str| Ok(name.to_owned());
    let wrong = |field: &str| Err(field.to_owned());
    assert_eq!(create("page", json!({"pageId": "100"})).await, ok("Home"));
    assert_eq!(create("page", json!({"url": home})).await, ok("Home"));
    assert_eq!(
        create("blogPost", json!({"pageId": "101"})).await,
        ok("News")
    );
    assert_eq!(
        create("space", json!({"spaceKey": "DOC"})).await,
        ok("Documentation")
    );
    assert_eq!(
        create("space", json!({"url": overview})).await,
        ok("Documentation")
    );
    assert_eq!(
        create("page", json!({"pageId": "101"})).await,
        wrong("scope")
    );
    assert_eq!(
        create("blogPost", json!({"pageId": "100"})).await,
        wrong("scope")
    );
    assert_eq!(
        create("page", json!({"pageId": "999"})).await,
        wrong("pageId")
    );
    assert_eq!(create("page", json!({"url": overview})).await, wrong("url"));
    assert_eq!(
        create("page", json!({"spaceKey": "DOC"})).await,
        wrong("spaceKey")
    );
    assert_eq!(
        create("space", json!({"pageId": "100"})).await,
        wrong("pageId")
    );
    assert_eq!(
        create("space", json!({"spaceKey": "NOPE"})).await,
        wrong("spaceKey")
    );
    let elsewhere = json!({"pageId": "100", "connectionId": SPARE});
    assert_eq!(create("page", elsewhere).await, wrong("pageId"));
    let nowhere = json!({"pageId": "100", "connectionId": "33333333-3333-4333-8333-333333333333"});
    assert_eq!(create("page", nowhere).await, wrong("connectionId"));
}

#[actix_web::test]
async fn a_missing_page_and_a_wrong_field_are_reported_together() {
    let (_portal, writer) = portal_and_writer().await;
    let refused = writer
        .post_json(
            "/shares",
            json!({"connectionId": MANUAL, "scope": "page", "pageId": "999", "name": ""}),
        )
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.wrong_fields(), ["name", "pageId"]);
}

#[actix_web::test]
async fn a_deleted_share_is_gone_for_everybody() {
    let (_portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let link = share["url"].as_str().unwrap();
    assert_eq!(reqwest::get(link).await.unwrap().status(), 200);
    assert_eq!(writer.delete(&path_of(&share)).await.status, 204);
    assert_eq!(reqwest::get(link).await.unwrap().status(), 404);
    assert_eq!(writer.get(&path_of(&share)).await.status, 404);
    assert_eq!(writer.delete(&path_of(&share)).await.status, 404);
}

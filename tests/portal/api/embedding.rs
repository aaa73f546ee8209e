//! The sites of a share: that it opens only inside them, and wildcards in their list.

use serde_json::{Value, json};
use vestibule::accounts::api_token::TokenScope;
use vestibule::config::EmbedWildcards;
use vestibule::shares::embed_origins::EmbedOrigins;

use super::caller::{MANUAL, caller, path_of, portal_and_writer};
use crate::support::{Answer, Portal, Setup, Visitor};

async fn create(writer: &Visitor, fields: Value) -> Answer {
    let mut body = json!({"connectionId": MANUAL, "scope": "tree", "pageId": "100"});
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    writer.post_json("/shares", body).await
}

const FIX: &str = "A share that opens only inside its sites needs at least one site in the list.";

#[actix_web::test]
async fn a_new_share_that_opens_only_inside_its_sites_lists_one() {
    let (_portal, writer) = portal_and_writer().await;
    for fields in [
        json!({"embedOnly": true}),
        json!({"embedOnly": true, "embedOrigins": []}),
        json!({"embedOnly": true, "embedOrigins": null}),
    ] {
        let refused = create(&writer, fields).await;
        assert_eq!(refused.status, 422);
        assert_eq!(
            refused.json["errors"],
            json!([{"field": "embedOrigins", "detail": FIX}])
        );
    }
    let wrong_too = json!({"embedOnly": true, "embedOrigins": ["nope"]});
    assert_eq!(
        create(&writer, wrong_too).await.wrong_fields(),
        ["embedOrigins"]
    );
    assert_eq!(
        create(&writer, json!({"embedOnly": 1}))
            .await
            .wrong_fields(),
        ["embedOnly"]
    );
    let made = create(&writer, json!({"embedOnly": true, "embedOrigins": ["*"]})).await;
    assert_eq!((made.status, &made.json["embedOnly"]), (201, &json!(true)));
}

#[actix_web::test]
async fn the_last_site_stays_while_a_share_opens_only_inside_it() {
    let (_portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let path = path_of(&share);
    let refused = async |change: Value| {
        let answer = writer.patch(&path, change).await;
        assert_eq!(answer.status, 422);
        assert_eq!(
            answer.json["errors"],
            json!([{"field": "embedOrigins", "detail": FIX}])
        );
    };
    refused(json!({"embedOnly": true})).await;
    refused(json!({"embedOnly": true, "embedOrigins": []})).await;
    let both = json!({"embedOnly": true, "embedOrigins": ["https://www.example.com"]});
    assert_eq!(writer.patch(&path, both).await.json["embedOnly"], true);
    refused(json!({"embedOrigins": []})).await;
    let off = json!({"embedOnly": false, "embedOrigins": []});
    assert_eq!(writer.patch(&path, off).await.json["embedOnly"], false);
}

#[actix_web::test]
async fn wildcards_are_taken_where_the_operator_allows_them() {
    let (portal, writer) = portal_and_writer().await;
    let sites = json!({"embedOrigins": ["https://*.Example.com", "https://example.com"]});
    let refused = create(&writer, sites.clone()).await;
    assert_eq!(refused.status, 422);
    let detail = refused.json["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("VESTIBULE_EMBED_WILDCARDS"), "{detail}");

    let open = Portal::start_with(Setup {
        embed_wildcards: Some("allow"),
        sample: true,
        ..Setup::default()
    })
    .await;
    let free_writer = caller(&open, TokenScope::Write);
    let share = open.db_share(|_| {});
    let stored = free_writer
        .patch(&format!("/shares/{}", share.id), sites)
        .await;
    assert_eq!(
        stored.json["embedOrigins"],
        json!(["https://*.example.com", "https://example.com"])
    );
    let page = open.visitor().get(&format!("/content/{}", share.id)).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("; frame-ancestors https://*.example.com https://example.com; report-uri ")
    );
    let bare = json!({"embedOrigins": ["https://*.com"]});
    let refused = free_writer
        .patch(&format!("/shares/{}", share.id), bare)
        .await;
    assert_eq!(refused.wrong_fields(), ["embedOrigins"]);
    drop(portal);
}

#[actix_web::test]
async fn a_wildcard_that_was_allowed_once_stays_until_the_list_is_saved_again() {
    let (portal, writer) = portal_and_writer().await;
    let share = writer.create_share("Manual").await;
    let path = path_of(&share);
    let id = share["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap();
    let entries = ["https://*.example.com"];
    portal.db_change(
        id.into(),
        &vestibule::shares::store::ShareChange {
            embed_origins: EmbedOrigins::parse_with(entries, EmbedWildcards::Allow).ok(),
            ..Default::default()
        },
    );
    let renamed = writer.patch(&path, json!({"name": "Handbook"})).await;
    assert_eq!(renamed.json["embedOrigins"], json!(entries));
    let saved = writer.patch(&path, json!({"embedOrigins": entries})).await;
    assert_eq!(saved.wrong_fields(), ["embedOrigins"]);
}

//! Connections: list, read, delete.

use serde_json::json;

use super::caller::{MANUAL, SPARE, path_of, portal_and_writer};

#[actix_web::test]
async fn connections_are_listed_with_their_spaces() {
    let (_portal, writer) = portal_and_writer().await;
    let list = writer.get("/connections").await.json;
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["id"], MANUAL);
    assert_eq!(
        items[0]["spaces"],
        json!([{"key": "DOC", "name": "Documentation", "homePageId": "100"}])
    );
    let one = writer.get(&format!("/connections/{MANUAL}")).await;
    assert_eq!(one.json, items[0]);
}

#[actix_web::test]
async fn a_connection_that_shares_show_stays() {
    let (_portal, writer) = portal_and_writer().await;
    let first = writer.create_share("First").await;
    let second = writer.create_share("Second").await;
    let path = format!("/connections/{MANUAL}");
    let refused = writer.delete(&path).await;
    assert_eq!(refused.status, 409);
    assert!(refused.json["detail"].as_str().unwrap().contains(": 2."));
    for share in [first, second] {
        assert_eq!(writer.delete(&path_of(&share)).await.status, 204);
    }
    assert_eq!(writer.delete(&path).await.status, 204);
    assert_eq!(writer.get(&path).await.status, 404);
    assert_eq!(
        writer.get(&format!("/connections/{SPARE}")).await.status,
        200
    );
}

#[actix_web::test]
async fn what_is_no_connection_is_not_found() {
    let (_portal, writer) = portal_and_writer().await;
    for path in [
        "/connections/x",
        "/connections/33333333-3333-4333-8333-333333333333",
    ] {
        assert_eq!(writer.get(path).await.status, 404);
        assert_eq!(writer.delete(path).await.status, 404);
    }
}

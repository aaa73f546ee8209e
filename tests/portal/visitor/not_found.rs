//! Unknown, deleted and malformed shares: one answer, whatever else the request says.

use vestibule::shares::store;

use crate::support::{Answer, Portal, eventually, path, token};

/// What of an answer a visitor could tell two cases apart by.
fn seen(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let told_apart = |name: &str| name != "date" && name != "x-request-id";
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| told_apart(name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let mut headers: Vec<_> = headers.collect();
    headers.sort_unstable();
    (answer.status, headers, answer.text().to_owned())
}

#[tokio::test]
async fn unknown_malformed_and_deleted_shares_get_the_same_answer_with_and_without_a_token() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let token = token(&share);
    portal.db(|db| store::delete_share(db, share.id).unwrap());
    let unknown = format!("/content/{}", uuid::Uuid::new_v4());
    let expected = seen(&portal.visitor().get(&unknown).await);
    assert_eq!(expected.0, 404);
    for address in [
        path(&share),
        "/content/nonsense".to_owned(),
        "/content/00000000-0000-0000-0000-000000000000".to_owned(),
        format!("{unknown}0"),
        format!("{unknown}/1310721"),
        format!("{unknown}/search?q=x"),
        format!("{unknown}/files/1/a.png"),
        "/content/nonsense/1310721".to_owned(),
        "/content/%00".to_owned(),
        "/content/%F0%9F".to_owned(),
    ] {
        let separator = if address.contains('?') { '&' } else { '?' };
        let with_token = format!("{address}{separator}unlock={token}");
        assert_eq!(
            seen(&portal.visitor().get(&address).await),
            expected,
            "{address}"
        );
        assert_eq!(
            seen(&portal.visitor().get(&with_token).await),
            expected,
            "{with_token}"
        );
    }
}

#[tokio::test]
async fn a_password_for_an_unknown_share_gets_the_same_answer() {
    let portal = Portal::with_sample().await;
    let unknown = format!("/content/{}", uuid::Uuid::new_v4());
    let expected = seen(&portal.visitor().get(&unknown).await);
    for share in [unknown, "/content/nonsense".to_owned()] {
        let session = format!("{share}/session");
        let tried = portal.visitor().post(&session, &[("password", "x")]).await;
        assert_eq!(seen(&tried), expected);
        let end = portal.visitor().post(&format!("{session}/end"), &[]).await;
        assert_eq!(seen(&end), expected);
    }
}

#[tokio::test]
async fn a_deleted_share_is_gone_for_those_who_were_in() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;
    assert_eq!(visitor.get(&path(&share)).await.status, 200);

    portal.db(|db| store::delete_share(db, share.id).unwrap());

    eventually("the share is gone", async || {
        visitor.get(&path(&share)).await.status == 404
    })
    .await;
}

#[tokio::test]
async fn other_addresses_get_a_page_as_well() {
    let portal = Portal::with_sample().await;
    for address in ["/nothing", "/content", "/content/", "/static/x/nothing.css"] {
        let answer = portal.visitor().get(address).await;
        assert_eq!(answer.status, 404, "{address}");
    }
}

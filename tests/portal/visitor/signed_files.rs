//! Files of framed pages by the signature in their address.

use vestibule::clock;
use vestibule::shares::share::Share;
use vestibule::shares::store;

use crate::support::{Portal, Shown, eventually, path};

/// A page with pictures.
const IN_THE_BOX: u64 = 1_310_731;

/// The address of a picture as a framed page shows it.
async fn picture(portal: &Portal, share: &Share) -> String {
    let visitor = portal.visitor_in(Shown::Iframe);
    visitor.unlock(share).await;
    let page = visitor.get(&format!("{}/{IN_THE_BOX}", path(share))).await;
    let pictures = page.attributes("article img", "src");
    pictures.first().expect("the page has a picture").clone()
}

#[tokio::test]
async fn a_signed_picture_needs_no_cookie_where_a_page_of_ours_asks() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let picture = picture(&portal, &share).await;
    assert!(picture.contains("?x=") && picture.contains("&s="));
    let stranger = portal.visitor();
    let host = portal.url("");

    let ours = stranger
        .get(&picture)
        .header("sec-fetch-dest", "image")
        .header("sec-fetch-site", "same-origin")
        .await;
    // A sandboxed frame is another site, but its pictures say where they stand.
    let sandboxed = stranger
        .get(&picture)
        .header("sec-fetch-dest", "image")
        .header("sec-fetch-site", "cross-site")
        .header("referer", &format!("{host}/"))
        .await;
    let head = stranger
        .request(reqwest::Method::HEAD, &picture)
        .header("sec-fetch-dest", "image")
        .header("sec-fetch-site", "same-origin")
        .await;

    assert_eq!(
        [ours.status, sandboxed.status, head.status],
        [200, 200, 200]
    );
    assert_eq!(ours.header("cache-control"), Some("private, no-cache"));
}

#[tokio::test]
async fn hot_linked_or_pasted_a_signature_is_worth_nothing() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let picture = picture(&portal, &share).await;
    let stranger = portal.visitor();

    for (destination, site, referrer) in [
        ("image", "cross-site", "https://evil.example/"),
        ("image", "same-site", ""),
        ("image", "cross-site", ""),
        ("document", "none", ""),
        ("document", "cross-site", "http://localhost/"),
        ("iframe", "cross-site", "https://evil.example/"),
    ] {
        let answer = stranger
            .get(&picture)
            .header("sec-fetch-dest", destination)
            .header("sec-fetch-site", site)
            .header("referer", referrer)
            .await;
        assert_eq!(answer.status, 401, "{destination} {site} {referrer}");
    }
    let silent = portal.visitor_in(Shown::Unsaid).get(&picture).await;
    assert_eq!(silent.status, 401);
}

#[tokio::test]
async fn a_changed_or_raised_signature_opens_nothing() {
    let portal = Portal::with_sample().await;
    let (share, other) = (portal.db_share(|_| {}), portal.db_share(|_| {}));
    let picture = picture(&portal, &share).await;
    let visitor = portal.visitor();
    let ask = async |address: &str| {
        let request = visitor
            .get(address)
            .header("sec-fetch-dest", "image")
            .header("sec-fetch-site", "same-origin");
        request.await.status
    };
    let (_, query) = picture.split_once('?').unwrap();
    let file = portal.db_file(&share, 1_310_780, "release-notes-3.2.txt");
    let expires = query.strip_prefix("x=").unwrap().split('&').next().unwrap();
    let later = (expires.parse::<i64>().unwrap() + 600).to_string();
    for changed in [
        format!("{file}?{query}"),
        picture.replace(&path(&share), &path(&other)),
        picture.replace(expires, &later),
        picture.replace(expires, "0"),
        picture.replace("&s=", "&s=A"),
        picture.replace("&s=", "&t="),
    ] {
        assert_eq!(ask(&changed).await, 401, "{changed}");
    }
    assert_eq!(ask(&picture).await, 200);

    portal.db(|db| store::sign_everybody_out(db, share.id, clock::now()).unwrap());

    eventually("the signature ends", async || ask(&picture).await == 401).await;
}

#[tokio::test]
async fn only_framed_pages_of_visitors_with_a_pass_sign_their_files() {
    let portal = Portal::with_sample().await;
    let (share, open) = (
        portal.db_share(|_| {}),
        portal.db_share(|new| new.password_hash = None),
    );
    let tab = portal.visitor();
    tab.unlock(&share).await;
    let in_a_tab = tab.get(&format!("{}/{IN_THE_BOX}", path(&share))).await;
    let frame = portal.visitor_in(Shown::Iframe);
    let of_an_open_share = frame.get(&format!("{}/{IN_THE_BOX}", path(&open))).await;
    for page in [in_a_tab, of_an_open_share] {
        let pictures = page.attributes("article img", "src");
        assert!(!pictures.is_empty());
        assert!(
            pictures.iter().all(|src| !src.contains('?')),
            "{pictures:?}"
        );
    }
}

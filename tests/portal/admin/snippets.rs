//! What the page of a share offers to be copied by the developer of a client's site.

use vestibule::client_kit::CLIENT_SITES;
use vestibule::shares::share::ShareId;
use vestibule::shares::store;

use super::browser::portal_and_admin;
use super::content::{db_content, id_in, make_share};

#[actix_web::test]
async fn every_snippet_is_filled_in_and_none_holds_the_secret() {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let path = make_share(&browser, "Notes \"for\" <Bob>", "").await;
    let id = id_in(&path);
    let share = ShareId::from(id.parse::<uuid::Uuid>().unwrap());
    let share = portal.db(|db| store::find_share(db, share)).unwrap();
    let secret = share.unwrap().unlock_secret.to_hex();

    let page = browser.get(&path).await;

    let sites = CLIENT_SITES.map(|site| format!("site-{}", site.folder));
    let frames = ["snippet", "snippet-script", "snippet-element"].map(str::to_owned);
    for snippet in sites.iter().chain(&frames) {
        let text = page.text_of(&format!("#{snippet}"));
        assert!(text.contains(&portal.url("")), "{snippet}: {text}");
        assert!(text.contains(id), "{snippet}: {text}");
        assert!(!text.contains(&secret), "{snippet}");
        assert!(!text.contains("portal.example.com"), "{snippet}");
        assert!(!text.contains("00000000-0000"), "{snippet}");
        let copies = format!("[data-copy={snippet}]");
        assert!(page.attribute(&copies, "type").is_some(), "{snippet}");
    }
    let escaped = "title=\"Notes &quot;for&quot; &lt;Bob>\"";
    assert!(page.text_of("#snippet").contains(escaped));
}

#[actix_web::test]
async fn the_site_that_no_test_runs_says_so() {
    let (portal, browser) = portal_and_admin().await;
    db_content(&portal);
    let path = make_share(&browser, "Notes", "").await;

    let page = browser.get(&path).await;

    let warning = "Our tests do not run this one.";
    assert!(page.text_of("#site-csharp-hint").contains(warning));
    assert!(!page.text_of("#site-go-hint").contains(warning));
}

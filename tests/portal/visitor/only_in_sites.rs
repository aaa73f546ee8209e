//! Shares that open only inside their sites: by a token, in a frame, and nowhere else.

use vestibule::shares::embed_origins::EmbedOrigins;
use vestibule::shares::pass::{Pass, PassContext, WayIn};
use vestibule::shares::share::Share;
use vestibule::shares::store::{NewShare, ShareChange};

use crate::support::{
    Answer, PASSWORD, Portal, Shown, Visitor, eventually, path, token, token_with,
};

const SENTENCE: &str = "This content opens only inside the site it belongs to.";

fn only_in_its_site(new: &mut NewShare) {
    new.embed_origins = EmbedOrigins::parse(["https://www.example.com"]).unwrap();
    new.embed_only = true;
}

fn unlock_address(share: &Share) -> String {
    format!("{}?unlock={}", path(share), token(share))
}

#[track_caller]
fn assert_elsewhere(answer: &Answer) {
    assert_eq!(answer.status, 403);
    assert_eq!(answer.texts("main p"), [SENTENCE]);
    assert_eq!(answer.texts("main form, main a"), Vec::<String>::new());
    assert!(answer.cookies().is_empty());
}

/// The page without a form, for the given sentence.
#[track_caller]
fn assert_token_needed(answer: &Answer, sentence: &str) {
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), Some("Vestibule"));
    assert_eq!(answer.texts("main p"), [sentence]);
    assert_eq!(answer.texts("main form, main a"), Vec::<String>::new());
    assert!(answer.cookies().is_empty());
}

#[tokio::test]
async fn a_token_opens_the_share_in_a_frame() {
    let portal = Portal::with_sample().await;
    for with_password in [true, false] {
        let share = portal.db_share(|new| {
            only_in_its_site(new);
            if !with_password {
                new.password_hash = None;
            }
        });
        let visitor = portal.visitor_in(Shown::Iframe);
        assert_token_needed(
            &visitor.get(&path(&share)).await,
            "Reload the page around this frame to open it.",
        );
        visitor.unlock(&share).await;
        assert_eq!(visitor.get(&path(&share)).await.status, 200);
        let search = format!("{}/search?q=charger", path(&share));
        assert_eq!(visitor.get(&search).await.status, 200);
        let file = portal.db_file(&share, 1_310_780, "tern-22-data-sheet.pdf");
        let picture = visitor.get(&file).header("sec-fetch-dest", "image").await;
        assert_eq!(picture.status, 200);
    }
}

#[tokio::test]
async fn nothing_opens_it_in_a_tab_or_without_fetch_metadata() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(only_in_its_site);
    let file = portal.db_file(&share, 1_310_780, "tern-22-data-sheet.pdf");
    let base = path(&share);
    for shown in [Shown::Document, Shown::Unsaid] {
        let visitor = portal.visitor_in(shown);
        hold_every_pass(&portal, &visitor, &share);
        for address in [
            base.clone(),
            unlock_address(&share),
            format!("{base}?unlock=x"),
            format!("{base}/{}", 1_310_722),
            format!("{base}/search?q=charger"),
            format!("{base}/nothing"),
            file.clone(),
        ] {
            let answer = visitor.get(&address).await;
            assert_elsewhere(&answer);
            assert_eq!(answer.header("vestibule-unlock"), None);
        }
        assert_elsewhere(&visitor.enter(&share, PASSWORD).await);
        assert_elsewhere(&visitor.enter(&share, "wrong").await);
    }
    let with_token = portal.visitor().get(&unlock_address(&share)).await;
    assert_eq!(with_token.header("referrer-policy"), Some("no-referrer"));
}

/// Signed and live, of both contexts and both ways in; under both names, as if a browser mixed them up.
fn hold_every_pass(portal: &Portal, visitor: &Visitor, share: &Share) {
    let now = vestibule::clock::now();
    let token = Pass::issue(share, WayIn::Token, PassContext::Framed, now);
    let password = Pass::issue(share, WayIn::Password, PassContext::TopLevel, now);
    visitor.hold(
        "__Secure-vst-f",
        &portal.pass_key().sign(&token),
        &path(share),
    );
    visitor.hold(
        "__Secure-vst",
        &portal.pass_key().sign(&password),
        &path(share),
    );
}

#[tokio::test]
async fn a_pass_by_password_opens_nothing_and_no_password_is_taken() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(only_in_its_site);
    let visitor = portal.visitor_in(Shown::Iframe);
    let pass = Pass::issue(
        &share,
        WayIn::Password,
        PassContext::Framed,
        vestibule::clock::now(),
    );
    visitor.hold(
        "__Secure-vst-f",
        &portal.pass_key().sign(&pass),
        &path(&share),
    );
    let sentence = "Reload the page around this frame to open it.";
    assert_token_needed(&visitor.get(&path(&share)).await, sentence);
    for _ in 0..7 {
        assert_token_needed(&visitor.enter(&share, PASSWORD).await, sentence);
    }
    visitor.unlock(&share).await;
    let inside = visitor.enter(&share, "wrong").await;
    assert_eq!((inside.status, inside.location()), (303, &*path(&share)));
}

#[tokio::test]
async fn a_frame_says_why_its_token_was_refused_and_offers_no_password() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(only_in_its_site);
    let moved = |by: i64| {
        token_with(&share, |claims, now| {
            claims["nbf"] = (now + by).into();
            claims["exp"] = (now + by + 60).into();
        })
    };
    for (token, code, sentence) in [
        (
            moved(-120),
            "expired",
            "The link behind this frame has expired. Reload the page around it.",
        ),
        (
            moved(120),
            "not_yet_valid",
            "The link behind this frame is not valid yet. Reload the page around it in a moment.",
        ),
        (
            "x".to_owned(),
            "malformed",
            "The link behind this frame does not work. Reload the page around it.",
        ),
    ] {
        let visitor = portal.visitor_in(Shown::Iframe);
        let address = format!("{}?unlock={token}", path(&share));
        let refused = visitor.get(&address).await;
        assert_token_needed(&refused, sentence);
        assert_eq!(refused.header("vestibule-unlock"), Some(code));
        assert_eq!(refused.header("referrer-policy"), Some("no-referrer"));
    }
}

#[tokio::test]
async fn switching_it_on_or_off_ends_every_pass_and_saving_it_again_none() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| {
        only_in_its_site(new);
        new.embed_only = false;
    });
    let switch = |on| ShareChange {
        embed_only: Some(on),
        ..ShareChange::default()
    };
    let visitor = portal.visitor_in(Shown::Iframe);
    visitor.unlock(&share).await;
    let same = portal.db_change(share.id, &switch(false));
    assert_eq!(same.epoch, share.epoch);
    assert_eq!(visitor.get(&path(&share)).await.status, 200);

    let on = portal.db_change(share.id, &switch(true));
    assert_eq!(on.epoch, share.epoch + 1);
    eventually("the pass has ended", async || {
        visitor.get(&path(&share)).await.status == 401
    })
    .await;
    visitor.unlock(&on).await;
    assert_eq!(visitor.get(&path(&share)).await.status, 200);

    let off = portal.db_change(share.id, &switch(false));
    assert_eq!(off.epoch, share.epoch + 2);
    eventually("the password form is back", async || {
        let answer = visitor.get(&path(&share)).await;
        answer.status == 401 && answer.texts("form").len() == 1
    })
    .await;
    let both = portal.db_change(
        share.id,
        &ShareChange {
            password_hash: Some(None),
            ..switch(true)
        },
    );
    assert_eq!(both.epoch, share.epoch + 3);
}

/// However the address of a file is come by, in a tab it opens nothing.
#[tokio::test]
async fn a_signed_file_and_a_key_open_nothing_outside_the_frame() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(only_in_its_site);
    let frame = portal.visitor_in(Shown::Iframe);
    let start = frame.unlock_without_cookies(&share).await;
    let page = frame.get(&format!("{start}/1310731")).await;
    let picture = page.attributes("article img", "src")[0].clone();
    let (key, _) = start.split_at(start.find("/content/").unwrap());
    let without_key = picture.strip_prefix(key).unwrap();
    let with_another = format!("/e/x{without_key}");
    let host = portal.url("");

    for address in [&picture, without_key, &with_another] {
        for destination in ["document", ""] {
            let answer = portal
                .visitor_in(Shown::Unsaid)
                .get(address)
                .header("sec-fetch-dest", destination)
                .header("sec-fetch-site", "same-origin")
                .header("referer", &format!("{host}/"))
                .await;
            assert_ne!(answer.status, 200, "{destination} {address}");
        }
        let silent = portal
            .visitor_in(Shown::Unsaid)
            .get(address)
            .header("referer", &format!("{host}/"))
            .await;
        assert_ne!(silent.status, 200, "{address}");
    }
    let in_the_frame = frame
        .get(&picture)
        .header("sec-fetch-dest", "image")
        .header("sec-fetch-site", "same-origin")
        .await;
    assert_eq!(in_the_frame.status, 200);
    assert_eq!(page.attributes("form[data-open-tab]", "action").len(), 0);
    let offer = frame.post(&format!("{start}/open"), &[]).await;
    assert_eq!(offer.status, 303);
}

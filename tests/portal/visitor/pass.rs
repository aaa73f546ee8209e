//! The pass: how long it lives, what ends it, and that nothing else is one.

use time::Duration;
use vestibule::clock;
use vestibule::demo::sample_space::INSTALLATION;
use vestibule::shares::pass::{Pass, PassContext, PassKey, WayIn};
use vestibule::shares::share::Share;
use vestibule::shares::store::{self, ShareChange};

use crate::support::{PASSWORD, Portal, Shown, eventually, path};

fn pass(share: &Share) -> Pass {
    Pass::issue(share, WayIn::Password, PassContext::TopLevel, clock::now())
}

#[tokio::test]
async fn without_a_pass_every_page_file_and_search_is_the_password_page() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let file = portal.db_file(&share, 1_310_780, "release-notes-3.2.txt");
    let below = [
        "",
        "/1310740",
        "/1310791",
        "/0",
        "/search?q=cable",
        "/a/b/c",
    ];
    let addresses = below.map(|below| format!("{}{below}", path(&share)));
    for address in addresses.into_iter().chain([file]) {
        let answer = portal.visitor().get(&address).await;
        assert_eq!(answer.status, 401, "{address}");
        assert_eq!(answer.texts("h1"), ["Enter the password"], "{address}");
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
        let next = answer.attributes("input[name=next]", "value");
        assert_eq!(next, [address]);
    }
}

#[tokio::test]
async fn the_password_page_does_not_tell_what_the_share_is_called() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.name = "Merger with Acme".to_owned());
    let answer = portal.visitor().get(&path(&share)).await;
    assert!(!answer.text().contains("Acme"));
}

#[tokio::test]
async fn a_pass_that_has_aged_is_renewed_with_the_visit_and_a_fresh_one_is_not() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    let now = clock::now().unix_timestamp();
    let aged = Pass {
        issued: now - 2 * 3600,
        expires: now + 10 * 3600,
        ..pass(&share)
    };
    visitor.hold(
        "__Secure-vst",
        &portal.pass_key().sign(&aged),
        &path(&share),
    );

    let first = visitor.get(&path(&share)).await;
    let second = visitor
        .get(&format!("{}/{INSTALLATION}", path(&share)))
        .await;

    assert_eq!((first.status, second.status), (200, 200));
    let renewed = portal
        .pass_key()
        .verify(first.cookies()[0].value())
        .unwrap();
    assert!((renewed.expires - now - 12 * 3600).abs() < 60);
    assert_eq!(first.cookies()[0].path(), Some(path(&share).as_str()));
    assert_eq!(second.cookies().len(), 0);
}

#[tokio::test]
async fn a_pass_in_a_frame_is_renewed_as_such() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Iframe);
    let now = clock::now().unix_timestamp();
    let aged = Pass {
        issued: now - 2 * 3600,
        expires: now + 10 * 3600,
        context: PassContext::Framed,
        ..pass(&share)
    };
    visitor.hold(
        "__Secure-vst-f",
        &portal.pass_key().sign(&aged),
        &path(&share),
    );

    let cookies = visitor.get(&path(&share)).await.cookies();

    assert_eq!(cookies[0].name(), "__Secure-vst-f");
    assert_eq!(cookies[0].partitioned(), Some(true));
}

#[tokio::test]
async fn what_is_no_pass_for_this_share_now_opens_nothing() {
    let portal = Portal::with_sample().await;
    let (share, other) = (portal.db_share(|_| {}), portal.db_share(|_| {}));
    let now = clock::now().unix_timestamp();
    let sign = |pass: Pass| portal.pass_key().sign(&pass);
    let expired = Pass {
        issued: now - 60,
        expires: now,
        ..pass(&share)
    };
    let of_old_epoch = Pass {
        epoch: share.epoch - 1,
        ..pass(&share)
    };
    let good = sign(pass(&share));
    for value in [
        sign(pass(&other)),
        sign(expired),
        sign(of_old_epoch),
        PassKey::new(&[7; 64]).sign(&pass(&share)),
        good.replacen(&good[..1], "B", 1),
        format!("{good}A"),
        String::new(),
    ] {
        let visitor = portal.visitor();
        visitor.hold("__Secure-vst", &value, &path(&share));
        assert_eq!(visitor.get(&path(&share)).await.status, 401, "{value}");
    }
    let visitor = portal.visitor();
    visitor.hold("__Secure-vst", &good, &path(&share));
    assert_eq!(visitor.get(&path(&share)).await.status, 200);
}

#[tokio::test]
async fn a_cookie_that_another_host_of_the_domain_could_have_set_is_no_pass() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.hold("vst", &portal.pass_key().sign(&pass(&share)), &path(&share));
    assert_eq!(visitor.get(&path(&share)).await.status, 401);
}

#[tokio::test]
async fn signing_everybody_out_ends_passes_for_pages_files_and_search() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;
    let file = portal.db_file(&share, 1_310_780, "release-notes-3.2.txt");
    let search = format!("{}/search?q=cable", path(&share));
    let addresses = [path(&share), file, search];
    for address in &addresses {
        assert_eq!(visitor.get(address).await.status, 200, "{address}");
    }

    portal.db(|db| store::sign_everybody_out(db, share.id, clock::now()).unwrap());

    for address in &addresses {
        eventually("the pass ends", async || {
            visitor.get(address).await.status == 401
        })
        .await;
    }
}

#[tokio::test]
async fn a_new_password_ends_passes_and_so_does_disabling() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor();
    visitor.unlock(&share).await;

    portal.db_change(
        share.id,
        &ShareChange {
            password_hash: Some(share.password_hash.clone()),
            ..ShareChange::default()
        },
    );
    eventually("the pass ends", async || {
        visitor.get(&path(&share)).await.status == 401
    })
    .await;

    visitor.enter(&share, PASSWORD).await;
    let enabled = |enabled| ShareChange {
        enabled: Some(enabled),
        ..ShareChange::default()
    };
    portal.db_change(share.id, &enabled(false));
    eventually("the share is closed", async || {
        visitor.get(&path(&share)).await.status == 403
    })
    .await;
    portal.db_change(share.id, &enabled(true));
    eventually("the share asks again", async || {
        visitor.get(&path(&share)).await.status == 401
    })
    .await;
}

#[tokio::test]
async fn a_pass_does_not_outlive_its_share() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.expires_at = Some(clock::now() + Duration::HOUR));
    let visitor = portal.visitor();

    visitor.unlock(&share).await;

    let max_age = visitor.cookies()[0].max_age().unwrap();
    assert!(max_age.whole_seconds() <= 3600, "{max_age}");
}

#[tokio::test]
async fn signing_out_takes_both_cookies_away() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|_| {});
    let visitor = portal.visitor_in(Shown::Unsaid);
    visitor.unlock(&share).await;
    let page = visitor.get(&path(&share)).await;
    let end = format!("{}/session/end", path(&share));
    assert!(page.attributes("form", "action").contains(&end));

    let out = visitor.post(&end, &[]).await;

    assert_eq!((out.status, out.location()), (303, path(&share).as_str()));
    assert_eq!(out.header("clear-site-data"), Some("\"cache\""));
    let cookies = out.cookies();
    assert_eq!(cookies.len(), 2);
    assert!(cookies.iter().all(|cookie| {
        cookie.max_age() == Some(Duration::ZERO)
            && cookie.path() == Some(path(&share).as_str())
            && cookie.partitioned().unwrap_or(false) == cookie.name().ends_with("-f")
    }));
    assert_eq!(visitor.cookies().len(), 0);
    assert_eq!(visitor.get(&path(&share)).await.status, 401);
}

//! `connection`: live sites from the command line, as far as none needs to answer.

use uuid::Uuid;

use crate::support::{Portal, Ran};
use fake_confluence::credentials::PERSONAL_ACCESS_TOKEN;
use fake_confluence::fake::FakeConfluence;
use fake_confluence::wiki::Wiki;

const SECRET: &str = "a godwit at low tide";

/// Nobody listens there.
const SITE: &str = "http://127.0.0.1:9";

fn add(portal: &Portal, more: &[&str], secret: &str) -> Ran {
    let args = [&["connection", "add", "Wiki", "--url", SITE], more].concat();
    Ran::with_input(&mut portal.vestibule(&args), secret)
}

#[tokio::test]
async fn the_id_stands_alone_on_standard_output_and_the_secret_nowhere() {
    let portal = Portal::start().await;
    let more = ["--kind", "data-center", "--auth", "personal-access-token"];
    let added = add(&portal, &more, &format!("{SECRET}\n"));
    let id: Uuid = added.stdout.trim().parse().unwrap();
    assert_eq!(added.stdout, format!("{id}\n"));
    assert!(!added.stderr.contains(SECRET), "{}", added.stderr);
    let listed = portal.run(&["connection", "list"]);
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
    assert_eq!(listed.stdout, format!("{id}\tdata-center\tWiki\t{SITE}\n"));
    let refreshed = portal.run(&["connection", "refresh", &id.to_string()]);
    assert_eq!((refreshed.code, refreshed.stdout.as_str()), (Some(0), ""));
    let twice = add(&portal, &more, SECRET);
    assert_eq!((twice.code, twice.stdout.as_str()), (Some(1), ""));
    assert!(twice.stderr.contains("has this name"), "{}", twice.stderr);
}

#[tokio::test]
async fn a_new_connection_is_tested_and_stays_whatever_comes_of_it() {
    let fake = FakeConfluence::data_center().wiki(Wiki::sample()).start();
    let portal = Portal::start().await;
    let url = fake.base_url();
    let add = |name: &str, token: &str| {
        let args = [
            "connection",
            "add",
            name,
            "--url",
            &url,
            "--kind",
            "data-center",
            "--auth",
            "personal-access-token",
        ];
        Ran::with_input(&mut portal.vestibule(&args), token)
    };
    let good = add("Good", PERSONAL_ACCESS_TOKEN);
    assert_eq!(good.code, Some(0), "{}", good.stderr);
    assert!(good.stderr.starts_with("ok "), "{}", good.stderr);
    let tested = portal.run(&["connection", "test", good.stdout.trim()]);
    assert_eq!((tested.code, tested.stderr.as_str()), (Some(0), ""));
    assert_eq!(tested.stdout, good.stderr);
    let wrong = add("Wrong", SECRET);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.contains("FAILED"), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("is made, but"), "{}", wrong.stderr);
    let tested = portal.run(&["connection", "test", wrong.stdout.trim()]);
    assert_eq!(tested.code, Some(1));
}

#[tokio::test]
async fn what_is_missing_or_does_not_fit_is_told() {
    let portal = Portal::start().await;
    for (more, secret, told) in [
        (
            ["--kind", "cloud", "--auth", "api-token"],
            SECRET,
            "--email",
        ),
        (
            ["--kind", "cloud", "--auth", "client-credentials"],
            SECRET,
            "--client-id",
        ),
        (
            ["--kind", "data-center", "--auth", "basic"],
            SECRET,
            "--username",
        ),
        (
            ["--kind", "cloud", "--auth", "personal-access-token"],
            SECRET,
            "other product",
        ),
        (
            ["--kind", "data-center", "--auth", "personal-access-token"],
            "\n",
            "empty",
        ),
    ] {
        let refused = add(&portal, &more, secret);
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
        assert!(refused.stderr.contains(told), "{}", refused.stderr);
        assert!(!refused.stderr.contains(SECRET));
    }
    assert_eq!(portal.run(&["connection", "list"]).stdout, "");
}

#[tokio::test]
async fn a_connection_that_is_not_there_is_told() {
    let portal = Portal::start().await;
    for id in ["00000000-0000-4000-8000-000000000000", "no uuid"] {
        for command in ["test", "refresh"] {
            let refused = portal.run(&["connection", command, id]);
            assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""));
            assert!(refused.stderr.starts_with("vestibule: "), "{id}");
        }
    }
}

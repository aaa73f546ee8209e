//! Host names: which ones the portal answers to, and that no redirect depends on them.

use crate::support::{Portal, Setup, path, token};

#[tokio::test]
async fn another_host_name_gets_a_plain_page_and_reaches_nothing() {
    let portal = Portal::with_sample().await;
    let share = portal.db_share(|new| new.password_hash = None);
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1",
        "[::1]",
    ] {
        for address in ["/", "/access", "/nothing", &path(&share)] {
            let answer = portal.visitor().get(address).header("host", host).await;
            assert_eq!(answer.status, 421, "{host}{address}");
            assert_eq!(answer.texts("h1"), ["Unknown host"]);
        }
    }
}

#[tokio::test]
async fn listed_names_serve_the_same_and_redirects_carry_paths_only() {
    let portal = Portal::start_with(Setup {
        sample: true,
        hosts: "docs.example.com, help.example.org",
        ..Setup::default()
    })
    .await;
    let share = portal.db_share(|_| {});
    let with_token = format!("{}?unlock={}", path(&share), token(&share));
    let old = format!("/access?uuid={}", share.id);
    for host in [
        "docs.example.com",
        "HELP.example.org:8443",
        "localhost:9999",
    ] {
        for address in [&with_token, &old] {
            let answer = portal.visitor().get(address).header("host", host).await;
            assert_eq!(
                (answer.status, answer.location()),
                (303, path(&share).as_str()),
                "{host}"
            );
        }
    }
}

#[tokio::test]
async fn probes_may_ask_by_any_name() {
    let portal = Portal::start().await;
    for address in ["/healthz", "/readyz"] {
        let answer = portal
            .visitor()
            .get(address)
            .header("host", "10.0.0.7")
            .await;
        assert_eq!(answer.status, 200, "{address}");
    }
}

//! Whatever a site does wrong: what is stored stays as good as it was, and credentials go nowhere else.

use vestibule::clock;

use super::site::Site;
use crate::support::{eventually, everything_logged};
use fake_confluence::credentials::secrets;
use fake_confluence::exchange::Port;
use fake_confluence::fault::{Fault, NotFound, On};
use fake_confluence::rate_limit::RateLimit;

fn faults() -> Vec<Fault> {
    let limits = [
        RateLimit::CloudQuota,
        RateLimit::CloudBurst,
        RateLimit::CloudPlain,
        RateLimit::ResetSecond,
        RateLimit::ResetMinute,
        RateLimit::Beta,
        RateLimit::Bucket,
        RateLimit::Bare,
    ];
    let others = [
        Fault::Unavailable(None),
        Fault::Unavailable(Some(30)),
        Fault::ServerError,
        Fault::CutBody,
        Fault::LoginPage,
        Fault::Gone,
        Fault::NotFound(NotFound::V1),
        Fault::NotFound(NotFound::V2),
        Fault::NotFound(NotFound::Empty),
        Fault::StrangerNext,
        Fault::RedirectToStranger,
        Fault::HugeBody,
        Fault::EndlessBody,
        Fault::InvalidUtf8,
        Fault::EmptyPagesForEver,
        Fault::WrongContentType,
        Fault::Unauthorized,
    ];
    limits
        .into_iter()
        .map(|form| Fault::TooManyRequests(form, 30))
        .chain(others)
        .collect()
}

/// Runs every fault on lists and on pages, with an edit waiting to be fetched.
async fn nothing_good_is_lost(site: &Site) {
    let share = site.tree("Handbook").await;
    let id = site.id("Runbook");
    for fault in faults() {
        // A 404 of everything is what a site says of pages that it no longer has.
        let is_absence = matches!(fault, Fault::NotFound(_));
        let on = if is_absence {
            On::path("/wiki/api/v2/pages/*/descendants")
        } else {
            On::everything()
        };
        site.fake
            .wiki(|wiki| wiki.edit(id, "<p>Runbook as edited.</p>"));
        site.fake.clear_requests();
        site.fake.fail(on, fault.clone());
        site.refresh().await;
        eventually("the site was asked", async || {
            !site.fake.requests().is_empty()
        })
        .await;

        for title in ["Handbook", "Runbook", "Plans"] {
            let answer = site.page(&share, title).await;
            assert_eq!(answer.status, 200, "{title} after {fault:?}");
            let text = answer.texts(".page-content").concat();
            assert!(text.len() > 10, "{title} after {fault:?}: {text}");
        }
        let strangers = site.fake.requests_to(Port::Stranger);
        assert!(strangers.is_empty(), "{fault:?}: {strangers:?}");
        site.fake.heal();
        let connections = site.portal.connections();
        connections
            .test(site.connection, clock::now())
            .await
            .unwrap();
    }
    site.refresh().await;
    site.shows(&share, "Runbook", "Runbook as edited.").await;
    let log = everything_logged();
    for secret in secrets() {
        assert!(!log.contains(&*secret), "a credential is in the log");
    }
}

#[tokio::test]
async fn a_cloud_site_that_misbehaves_costs_no_page_and_no_credential() {
    nothing_good_is_lost(&Site::cloud().await).await;
}

#[tokio::test]
async fn a_data_center_site_that_misbehaves_costs_no_page_and_no_credential() {
    nothing_good_is_lost(&Site::data_center().await).await;
}

#[tokio::test]
async fn refused_credentials_stop_all_requests_until_they_are_tested_again() {
    let site = Site::data_center().await;
    let share = site.tree("Handbook").await;
    site.fake.fail(On::everything(), Fault::Unauthorized);
    site.refresh().await;
    eventually("the connection is stopped", async || {
        let status = site.portal.status(site.connection);
        status.health.stopped
    })
    .await;
    site.fake.clear_requests();

    site.refresh().await;
    assert_eq!(site.page(&share, "Runbook").await.status, 200);
    assert!(
        site.portal
            .connections()
            .access(site.connection, clock::now())
            .await
            .is_err()
    );
    assert!(site.fake.requests().is_empty());

    site.fake.heal();
    let report = site
        .portal
        .connections()
        .test(site.connection, clock::now())
        .await
        .unwrap();
    assert!(report.is_good(), "{report:?}");
    let status = site.portal.status(site.connection);
    assert!(!status.health.stopped);
}

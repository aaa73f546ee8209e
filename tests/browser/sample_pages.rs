//! Every page of the sample space in a real browser: quiet, complete, and no wider than a phone.

use std::collections::{BTreeSet, VecDeque};

use serde_json::Value;

use crate::browser::Browser;
use crate::demo::Demo;
use crate::watch::{self, Noticed, noticed};

/// Pages and blog posts of the sample without the one that only its author may see.
const SAMPLE_PAGES: usize = 34;

#[tokio::test]
async fn every_sample_page_is_quiet_complete_and_fits_a_phone() {
    let demo = Demo::shared();
    let browser = Browser::chromium().await;
    watch::begin(&browser).await;
    browser.become_a_phone().await;
    let mut found: BTreeSet<String> = BTreeSet::from([demo.open_share.clone()]);
    let mut to_visit: VecDeque<String> = found.iter().cloned().collect();
    while let Some(url) = to_visit.pop_front() {
        browser.open(&url).await;
        look_at(&browser, demo, &url).await;
        for link in pages_linked(&browser, &demo.open_share).await {
            if found.insert(link.clone()) {
                to_visit.push_back(link);
            }
        }
    }
    // The first page has two addresses: the share's and its own.
    assert_eq!(found.len(), SAMPLE_PAGES + 1, "{found:#?}");
    browser.close().await;
}

async fn look_at(browser: &Browser, demo: &Demo, url: &str) {
    browser
        .until(
            "return [...document.querySelectorAll('img')].every(picture => {
                picture.loading = 'eager'
                return picture.complete && picture.naturalWidth > 0
            })",
        )
        .await;
    let sideways = browser
        .run("return document.scrollingElement.scrollWidth - innerWidth")
        .await;
    assert!(
        sideways.as_i64().unwrap() <= 0,
        "{url} is {sideways} px too wide"
    );
    let headings = browser
        .run("return document.querySelectorAll('h1').length")
        .await;
    assert_eq!(headings, 1, "{url}");
    assert_eq!(
        noticed(browser, &demo.portal).await,
        Noticed::default(),
        "{url}"
    );
}

/// Addresses of pages below the share, without anchors.
async fn pages_linked(browser: &Browser, share: &str) -> Vec<String> {
    let links = browser
        .run("return [...document.links].map(link => link.href.replace(/#.*/, ''))")
        .await;
    let Value::Array(links) = links else {
        unreachable!("the script returns a list")
    };
    let is_page = |url: &&str| {
        url.strip_prefix(share)
            .and_then(|rest| rest.strip_prefix('/'))
            .is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let pages = links.iter().filter_map(Value::as_str).filter(is_page);
    pages.map(str::to_owned).collect()
}

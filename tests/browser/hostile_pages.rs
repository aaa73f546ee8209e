//! Hostile wiki pages, imported and shared as any others: nothing runs, nothing is asked from outside. Each is read
//! twice, as readers do and with the page's security policy switched off, so that the sanitizer alone must hold.

use std::path::Path;

use serde_json::{Value, json};
use vestibule::space_export::builder::{ExportBuilder, NewPage};

use crate::attacks::{ATTACKS, FILE_NAMES};
use crate::browser::Browser;
use crate::demo::Demo;
use crate::small_site::{Answer, Asked, serve};
use crate::watch::{self, Noticed, noticed};

const FIRST_PAGE: u64 = 7_000_001;
const SPACE: &str = "EVIL";
/// Elements that no page of content may hold.
const FORBIDDEN: &str = "script, style, link, meta, base, iframe, frame, object, embed, form, template, svg, math, \
    noscript, portal, marquee, [onclick], [onerror], [onload], [onmouseover], [srcdoc], [formaction], [ping]";

#[tokio::test]
async fn nothing_of_a_hostile_page_runs_or_calls_home() {
    let (demo, share) = share_hostile_space().await;
    let browser = Browser::chromium().await;
    watch::begin(&browser).await;
    for bypass in [false, true] {
        let setting = json!({ "enabled": bypass });
        browser.devtools("Page.setBypassCSP", setting).await;
        for (number, (name, _)) in (FIRST_PAGE..).zip(ATTACKS) {
            browser.open(&format!("{share}/{number}")).await;
            poke(&browser).await;
            let seen = noticed(&browser, &demo.portal).await;
            assert_eq!(seen.executed, Vec::<String>::new(), "{name}");
            assert_eq!(seen.outside, Vec::<String>::new(), "{name}");
            assert_eq!(forbidden(&browser).await, json!([]), "{name}");
            assert_eq!(browser.client.windows().await.unwrap().len(), 1, "{name}");
        }
    }
    browser.close().await;
}

#[tokio::test]
async fn the_detectors_see_the_same_attacks_served_raw() {
    let port = serve(|asked: Asked| {
        let number = asked.path.trim_start_matches('/').parse::<usize>();
        let attack = number.ok().and_then(|number| ATTACKS.get(number));
        let body = attack.map_or("", |(_, body)| body);
        Answer {
            headers: "",
            html: format!("<!doctype html><div class=page-body>{body}</div>"),
        }
    });
    let browser = Browser::chromium().await;
    watch::begin(&browser).await;
    let home = format!("http://127.0.0.1:{port}");
    let mut unseen = Vec::new();
    for (number, (name, _)) in ATTACKS.iter().enumerate() {
        browser.open(&format!("{home}/{number}")).await;
        poke(&browser).await;
        let Noticed {
            executed, outside, ..
        } = noticed(&browser, &home).await;
        if executed.is_empty() && outside.is_empty() {
            unseen.push(*name);
        }
    }
    // What is left is harmless as plain HTML: macros, and tricks of browsers of the past.
    let seen = ATTACKS.len() - unseen.len();
    assert!(
        seen >= 60,
        "{seen} of {} were seen, not {unseen:?}",
        ATTACKS.len()
    );
    browser.close().await;
}

async fn poke(browser: &Browser) {
    let poked = browser
        .client
        .execute_async(include_str!("poke.js"), Vec::new())
        .await;
    // A raw attack may have led to another document meanwhile; the log says so.
    drop(poked);
}

async fn forbidden(browser: &Browser) -> Value {
    browser
        .run_with(
            "return [...document.querySelectorAll('.page-body')].flatMap(part => [...part.querySelectorAll(arguments[0])])
                .map(element => element.outerHTML)",
            vec![json!(FORBIDDEN)],
        )
        .await
}

/// A demo with one more connection and a share of its whole space.
async fn share_hostile_space() -> (Demo, String) {
    let demo = Demo::start();
    let export = tempfile::Builder::new().suffix(".zip").tempfile().unwrap();
    write_export(export.path());
    let browser = Browser::chromium().await;
    demo.sign_in(&browser).await;
    browser
        .open(&format!("{}/admin/connections", demo.portal))
        .await;
    let name = browser.find("form[enctype] input[name=name]").await;
    name.send_keys("Hostile").await.unwrap();
    let file = browser.find("form[enctype] input[type=file]").await;
    file.send_keys(&export.path().display().to_string())
        .await
        .unwrap();
    browser
        .click_through("form[enctype] button[type=submit]")
        .await;
    let address = browser.url().await;
    let connection = address.rsplit('/').next().unwrap();
    let share = json!({ "name": "Hostile", "connectionId": connection, "scope": "space", "spaceKey": SPACE });
    let share = demo.create_share(share).await;
    browser.close().await;
    (demo, share["url"].as_str().unwrap().to_owned())
}

fn write_export(path: &Path) {
    let mut export = ExportBuilder::new(SPACE, "<script>alert(1)</script>").user(
        "evil",
        "evil",
        "<img src=x onerror=alert(1)>",
    );
    for (number, (name, body)) in (FIRST_PAGE..).zip(ATTACKS) {
        let title = format!("{name} <img src=x onerror=alert(1)> \"'>");
        let mut page = NewPage::new(number, &title, body);
        page.author_key = Some("evil");
        page.labels = &["<b>", "onclick=alert(1)"];
        export = export.page(page);
    }
    for file_name in FILE_NAMES {
        let bytes = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
        export = export.file(FIRST_PAGE, file_name, "image/svg+xml", bytes);
    }
    export.write(std::fs::File::create(path).unwrap()).unwrap();
}

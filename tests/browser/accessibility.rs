//! Each kind of page, in light and dark, under the rules of axe-core: names, labels, landmarks, order of headings,
//! contrast.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::demo::Demo;

#[tokio::test]
async fn pages_for_visitors_break_no_rule_of_accessibility() {
    let demo = Demo::shared();
    let browser = Browser::chromium().await;
    let axe = read_axe();
    let pages = [
        demo.portal.clone(),
        format!("{}/docs/embedding", demo.portal),
        demo.password_share.clone(),
        format!("{}/content/nothing", demo.portal),
        format!("{}/search?q=charger", demo.open_share),
        format!("{}/search?q=nothingfits", demo.open_share),
        format!("{}/1310721", demo.open_share),
        format!("{}/1310743", demo.open_share),
        format!("{}/1310751", demo.open_share),
        format!("{}/1310761", demo.open_share),
        format!("{}/1310772", demo.open_share),
        format!("{}/1310780", demo.open_share),
        format!("{}/1310802", demo.open_share),
    ];
    for page in pages {
        browser.open(&page).await;
        obeys_the_rules(&browser, &axe).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn pages_for_admins_break_no_rule_of_accessibility() {
    let demo = Demo::shared();
    let browser = Browser::chromium().await;
    let axe = read_axe();
    browser.open(&format!("{}/admin", demo.portal)).await;
    obeys_the_rules(&browser, &axe).await;
    demo.sign_in(&browser).await;
    let share = demo.password_share.rsplit('/').next().unwrap().to_owned();
    let pages = [
        String::new(),
        "/shares/new".to_owned(),
        format!("/shares/{share}"),
        format!("/shares/{share}/unlock-secret"),
        format!("/shares/{share}/deletion"),
        "/connections".to_owned(),
        "/tokens".to_owned(),
        "/account".to_owned(),
    ];
    for page in pages {
        browser.open(&format!("{}/admin{page}", demo.portal)).await;
        obeys_the_rules(&browser, &axe).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn the_rules_are_looked_at() {
    let browser = Browser::chromium().await;
    browser
        .open("data:text/html,<p style='color:%23aaa'>pale<img src=x>")
        .await;
    let broken = broken_rules(&browser, &read_axe()).await.join(" ");
    for rule in ["color-contrast", "image-alt", "html-has-lang"] {
        assert!(broken.contains(rule), "{rule} is not in {broken}");
    }
    browser.close().await;
}

async fn obeys_the_rules(browser: &Browser, axe: &str) {
    for scheme in ["light", "dark"] {
        let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let media = json!({ "features": feature });
        browser.devtools("Emulation.setEmulatedMedia", media).await;
        let broken = broken_rules(browser, axe).await;
        assert!(
            broken.is_empty(),
            "{} ({scheme}): {broken:#?}",
            browser.url().await
        );
    }
}

/// Name of the rule, what it says, where it is broken.
async fn broken_rules(browser: &Browser, axe: &str) -> Vec<String> {
    browser.run(axe).await;
    // A colour on its way from light to dark is neither.
    browser
        .run("for (const animation of document.getAnimations()) animation.finish()")
        .await;
    let found = browser
        .run(
            // Which level a heading of the content has, its author decides.
            "const options = { resultTypes: ['violations'], rules: { 'heading-order': { enabled: false } } }
             return axe.run(document, options).then(result => result.violations.map(
                rule => `${rule.id}: ${rule.help}\\n` + rule.nodes.map(node => `  ${node.html} ${node.failureSummary}`).join('\\n')))",
        )
        .await;
    let Value::Array(found) = found else {
        panic!("axe-core returns a list, not {found}")
    };
    found
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn read_axe() -> String {
    let folder = std::env::var_os("VESTIBULE_TEST_CLIENTS").map(PathBuf::from);
    let folder =
        folder.expect("VESTIBULE_TEST_CLIENTS names the folder with axe-core; script/test sets it");
    let path = folder.join("node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; script/test installs it", path.display()))
}

//! The Forge app in `deploy/forge` against the Connect app's descriptor: the same places in Confluence, and rights to read
//! alone.

use serde_json::Value;

use super::stage::Stage;

const MANIFEST: &str = include_str!("../../../deploy/forge/manifest.yml");
const PAGE: &str = include_str!("../../../deploy/forge/src/main.js");

/// Kinds of modules in the descriptor, and what they are in the manifest.
const KINDS: [(&str, &str); 4] = [
    ("contentBylineItems", "confluence:contentBylineItem"),
    ("webItems", "confluence:contentAction"),
    ("spacePages", "confluence:spacePage"),
    ("adminPages", "confluence:globalSettings"),
];

/// The lines of one kind of modules, or of any other list.
fn part<'a>(name: &str, manifest: &'a str) -> Vec<&'a str> {
    let mut lines = manifest.lines();
    let head = lines
        .by_ref()
        .find(|line| line.trim() == format!("{name}:"))
        .unwrap_or_else(|| panic!("no {name} in the manifest"));
    let depth = head.len() - head.trim_start().len();
    lines
        .take_while(|line| line.trim().is_empty() || line.len() - line.trim_start().len() > depth)
        .map(str::trim)
        .collect()
}

#[tokio::test]
async fn the_forge_app_is_in_the_same_places_as_the_connect_app() {
    let stage = Stage::set().await;
    let answer = stage.portal.visitor().get("/atlassian-connect.json").await;
    let descriptor: Value = serde_json::from_str(answer.text()).unwrap();
    let modules = descriptor["modules"].as_object().unwrap();
    for (connect, forge) in KINDS {
        let lines = part(forge, MANIFEST);
        let modules = modules[connect].as_array().unwrap();
        let keys = lines.iter().filter(|line| line.starts_with("- key: "));
        assert_eq!(keys.count(), modules.len(), "{forge}");
        for module in modules {
            let key = module["key"].as_str().unwrap();
            let title = module["name"]["value"].as_str().unwrap();
            assert!(lines.contains(&format!("- key: {key}").as_str()), "{key}");
            assert!(lines.contains(&format!("title: {title}").as_str()), "{key}");
            assert!(PAGE.contains(&format!("\"{key}\"")), "main.js: {key}");
        }
    }
    let pages = modules.keys().filter(|kind| *kind != "webhooks");
    assert_eq!(pages.count(), KINDS.len());
}

#[test]
fn the_forge_app_may_read_and_nothing_else() {
    let scopes: Vec<&str> = part("scopes", MANIFEST)
        .into_iter()
        .filter_map(|line| line.strip_prefix("- "))
        .collect();
    assert!(
        scopes.iter().all(|scope| scope.starts_with("read:")),
        "{scopes:?}"
    );
    // What every connection with scopes needs.
    let readme = include_str!("../../../README.md");
    let needed = readme.split("need these scopes").nth(1).unwrap();
    let needed = needed.split("An app with consent").next().unwrap();
    let needed: Vec<&str> = needed
        .split('`')
        .filter(|word| word.ends_with(":confluence"))
        .collect();
    assert_eq!(needed.len(), 8);
    for scope in needed {
        assert!(scopes.contains(&scope), "{scope}");
    }
}

#[test]
fn the_portals_address_stands_where_the_readme_says() {
    let readme = include_str!("../../../deploy/forge/README.md");
    assert_eq!(MANIFEST.matches("https://portal.example.com").count(), 4);
    assert!(readme.contains("It stands there four times"));
}

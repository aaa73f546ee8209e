//! Query string hashes, computed on both sides.

use serde_json::{Value, json};
use url::Url;
use vestibule::confluence::connect::qsh;

use super::{VECTORS, answer_of};

#[test]
fn the_library_computes_all_vectors_as_we_do() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["qsh"].as_array().unwrap();
    let requests = cases.iter().map(|case| {
        json!({
            "method": case["method"], "url": case["url"], "body": case["body"], "base": case["base_url"],
        })
    });
    let theirs = hashes(&requests.collect());
    assert_eq!(theirs.len(), 39);
    for (case, theirs) in cases.iter().zip(&theirs) {
        assert_eq!(case["qsh"], *theirs, "{}", case["note"]);
        if case["body"].is_null() {
            let base_path = case["base_url"].as_str().map_or(String::new(), |base| {
                let base = Url::parse(base).unwrap();
                base.path().trim_end_matches('/').to_owned()
            });
            let text = |name: &str| case[name].as_str().unwrap();
            let ours = qsh::hash(text("method"), text("url"), &base_path);
            assert_eq!(ours, *theirs, "{}", case["note"]);
        }
    }
}

/// Whatever a query can be made of, put together by a counter.
#[test]
fn the_library_computes_other_requests_as_we_do() {
    const PIECES: [&str; 26] = [
        "&",
        "=",
        "+",
        "%20",
        "%2B",
        "%26",
        "%3D",
        "%2C",
        ",",
        "a",
        "A",
        "b",
        "jwt",
        "%C3%A4",
        "%F0%9F%98%80",
        "%EF%BF%BD",
        "%FF",
        "%zz",
        "%",
        "*",
        "~",
        "!",
        "(",
        ";",
        ":",
        "/",
    ];
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let targets: Vec<String> = (0..2_000)
        .map(|_| {
            let query: String = (0..next(14)).map(|_| PIECES[next(PIECES.len())]).collect();
            format!("/wiki/a%2fb/{}?{query}", "x/".repeat(next(3)))
        })
        .collect();
    let requests = targets
        .iter()
        .map(|url| json!({"method": "GET", "url": url}));
    let theirs = hashes(&requests.collect());
    for (target, theirs) in targets.iter().zip(&theirs) {
        assert_eq!(qsh::hash("GET", target, ""), *theirs, "{target}");
        assert!(qsh::matches(theirs, "GET", target, ""));
    }
}

fn hashes(requests: &Vec<Value>) -> Vec<String> {
    serde_json::from_value(answer_of("atlassian_hash.cjs", &json!(requests))).unwrap()
}

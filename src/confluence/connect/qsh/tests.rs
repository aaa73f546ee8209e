//! The hash against all vectors of Atlassian's library, and what holds for any request.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;
use url::{Position, Url};

use super::{Names, READINGS, Request, Values, hash, matches, sort_repeated};

const VECTORS: &str = include_str!("../../../../tests/fixtures/connect/jwt-qsh-vectors.json");

/// The request of a vector: method, target and base path.
fn request(case: &Value) -> (String, String, String) {
    let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let base_path = Url::parse(&text("base_url")).map_or(String::new(), |base| {
        base.path().trim_end_matches('/').to_owned()
    });
    // Fields of a form are hashed as if they were the query, if there is none.
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(
            case["body"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, value)| (name, value.as_str().unwrap())),
        )
        .finish();
    let target = match form.is_empty() {
        true => text("url"),
        false => format!("{}?{form}", text("url")),
    };
    (text("method"), target, base_path)
}

#[test]
fn all_vectors_of_the_library_come_out() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let cases = vectors["qsh"].as_array().unwrap();
    assert_eq!(cases.len(), 39);
    for case in cases {
        let (method, target, base_path) = request(case);
        let read = Request::read(&method, &target, &base_path);
        assert_eq!(
            read.canonical(Names::Plain, Values::Sorted),
            case["canonical"].as_str().unwrap(),
            "{}",
            case["note"]
        );
        assert_eq!(hash(&method, &target, &base_path), case["qsh"]);
        let claimed = case["qsh"].as_str().unwrap();
        assert!(matches(claimed, &method, &target, &base_path));
    }
}

#[test]
fn the_other_librarys_order_of_names_counts_too() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let differ = "canonical_in_atlassian_jwt_py_3_0_0";
    let cases = vectors["qsh"].as_array().unwrap().iter();
    let case = cases.rev().find(|case| case[differ].is_string()).unwrap();
    let (method, target, base_path) = request(case);
    let claimed = sha256(case[differ].as_str().unwrap());
    assert_ne!(claimed, hash(&method, &target, &base_path));
    assert!(matches(&claimed, &method, &target, &base_path));
}

#[test]
fn values_in_the_order_sent_count_too() {
    let claimed = sha256("GET&/s&r=b,a");
    assert!(matches(&claimed, "GET", "/s?r=b&r=a", ""));
    assert!(!matches(&claimed, "GET", "/s?r=a&r=b", ""));
}

#[test]
fn both_orders_of_names_go_with_both_orders_of_values() {
    for canonical in [
        "GET&/s&z=1&%C3%A4=a,b",
        "GET&/s&z=1&%C3%A4=b,a",
        "GET&/s&%C3%A4=a,b&z=1",
        "GET&/s&%C3%A4=b,a&z=1",
    ] {
        let target = "/s?%C3%A4=b&z=1&%C3%A4=a";
        assert!(
            matches(&sha256(canonical), "GET", target, ""),
            "{canonical}"
        );
    }
}

#[test]
fn nothing_but_the_hash_of_this_request_matches() {
    let claimed = hash("GET", "/s?a=1", "");
    for (method, target) in [("POST", "/s?a=1"), ("GET", "/t?a=1"), ("GET", "/s?a=2")] {
        assert!(!matches(&claimed, method, target, ""));
    }
    assert!(!matches("", "GET", "/s?a=1", ""));
    assert!(!matches("context-qsh", "GET", "/s?a=1", ""));
    assert!(!matches(&claimed.to_uppercase(), "GET", "/s?a=1", ""));
}

#[test]
fn a_hostile_query_costs_little() {
    let repeats = format!("/s?{}", "a&".repeat(32_000));
    let names: String = (0..8_000)
        .map(|number| format!("%C3%A4{number}=&"))
        .collect();
    let started = Instant::now();
    assert!(!matches("00", "GET", &repeats, ""));
    assert!(!matches("00", "GET", &format!("/s?{names}"), ""));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[track_caller]
fn check_sorted(query: &str, expected: &str) {
    let url = Url::parse(&format!("https://acme.atlassian.net/wiki/s{query}")).unwrap();
    let sorted = sort_repeated(&url);
    assert_eq!(&sorted[Position::AfterPath..], expected);
    let target = &sorted[Position::BeforePath..];
    let read = Request::read("GET", target, "/wiki");
    let hashes = READINGS.map(|(names, values)| read.hash(names, values));
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{query}");
}

#[test]
fn what_we_send_has_one_hash_for_all_libraries() {
    check_sorted("", "");
    check_sorted("?b=2&a=1", "?b=2&a=1");
    check_sorted("?id=2&limit=5&id=1", "?id=1&id=2&limit=5");
    check_sorted("?r=%C3%A4&r=z&r=A", "?r=A&r=z&r=%C3%A4");
}

fn sha256(canonical: &str) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(canonical))
}

proptest! {
    #[test]
    fn whatever_is_sent_has_a_hash(method in ".{0,8}", target in ".{0,200}", base in "[/a-z]{0,5}") {
        let hash = hash(&method, &target, &base);
        prop_assert_eq!(hash.len(), 64);
        prop_assert!(matches(&hash, &method, &target, &base));
    }

    #[test]
    fn the_order_of_different_parameters_does_not_matter(
        (pairs, shuffled) in proptest::collection::btree_map("[a-zäß%+ ]{1,5}", "[a-z%+&= ]{0,5}", 1..8)
            .prop_map(|pairs| pairs.into_iter().collect::<Vec<_>>())
            .prop_flat_map(|pairs| (Just(pairs.clone()), Just(pairs).prop_shuffle()))
    ) {
        let target = |pairs: &[(String, String)]| {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(pairs)
                .finish();
            format!("/s?{query}")
        };
        for (names, values) in READINGS {
            let of = |target: &str| Request::read("GET", target, "").canonical(names, values);
            prop_assert_eq!(of(&target(&pairs)), of(&target(&shuffled)));
        }
    }

    #[test]
    fn the_token_itself_is_not_hashed(query in "[a-z=&]{0,30}", token in "[a-z.]{0,30}") {
        let with_token = format!("/s?{query}&jwt={token}");
        prop_assert_eq!(hash("GET", &with_token, ""), hash("GET", &format!("/s?{query}"), ""));
    }
}

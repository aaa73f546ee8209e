//! The search page.

use super::samples::{self, HOSTILE};
use super::{all, attributes, one, render, text, texts};
use crate::visitor::views::search::{Found, Outcome};

#[test]
fn hits_are_marked_and_everything_else_stays_text() {
    let page = render(&samples::search_page("bracket", samples::found()));

    let excerpt = one(&page, ".hit-excerpt");

    assert_eq!(text(excerpt), format!("{HOSTILE}bracket fits."));
    assert_eq!(texts(&page, ".hit-excerpt mark"), ["bracket"]);
    assert!(all(&page, "main script").is_empty());
}

#[test]
fn the_question_stays_in_the_box() {
    let page = render(&samples::search_page(HOSTILE, Outcome::Nothing));

    assert_eq!(attributes(&page, "input[name=q]", "value"), [HOSTILE]);
    assert_eq!(text(one(&page, "h1")), format!("Results for “{HOSTILE}”"));
}

#[test]
fn a_file_is_told_from_a_page_by_its_kind() {
    let page = render(&samples::search_page("bracket", samples::found()));

    let titles = texts(&page, ".hit h2");

    assert_eq!(titles, ["Mount the bracket", "bracket.pdf PDF"]);
}

#[test]
fn a_hit_says_where_in_the_share_it_is() {
    let page = render(&samples::search_page("bracket", samples::found()));

    assert_eq!(text(all(&page, ".hit-place")[0]), "Manual / Install");
}

#[test]
fn a_later_screen_says_which_results_it_shows_and_leads_both_ways() {
    let page = render(&samples::search_page("bracket", samples::found()));

    assert_eq!(text(one(&page, ".search-facts")), "11–12 of 34 results");
    assert_eq!(attributes(&page, ".hits", "start"), ["11"]);
    one(&page, "a[rel=prev][href='/content/s/search?q=bracket']");
    one(
        &page,
        "a[rel=next][href='/content/s/search?q=bracket&page=3']",
    );
}

#[test]
fn a_single_result_is_one_result() {
    let Outcome::Found(mut found) = samples::found() else {
        panic!("the sample has hits");
    };
    found.hits.truncate(1);
    let found = Found {
        total: 1,
        first: 1,
        last: 1,
        previous_url: None,
        next_url: None,
        ..found
    };

    let page = render(&samples::search_page("bracket", Outcome::Found(found)));

    assert_eq!(text(one(&page, ".search-facts")), "1 result");
    assert!(all(&page, ".pager").is_empty());
}

#[test]
fn no_result_comes_with_advice_and_a_way_on() {
    let page = render(&samples::search_page("bracket", Outcome::Nothing));

    one(&page, ".search-advice a[href='/content/s']");
    assert!(all(&page, ".hits").is_empty());
}

#[test]
fn an_empty_question_claims_no_results() {
    let page = render(&samples::search_page("", Outcome::NotAsked));

    assert_eq!(text(one(&page, "h1")), "Search");
    assert!(all(&page, ".hits, .search-advice").is_empty());
}

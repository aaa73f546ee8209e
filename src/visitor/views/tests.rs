//! Tests of the pages as a browser and a screen reader meet them: on the DOM, not on substrings.

use askama::Template;
use scraper::{ElementRef, Html, Selector};

use super::ShareHeader;
use super::page::ContentPage;
use super::password::NoticeKind;
use super::search::Outcome;
use super::start::StartPage;
use crate::content::classes;
use crate::web::assets;
use crate::web::frame_status::FrameState;
use crate::web::message::Context;
use samples::HOSTILE;

mod colours;
mod content;
mod frame;
mod gate;
mod results;
mod samples;

fn render(page: &impl Template) -> Html {
    Html::parse_document(&page.render().expect("a template renders"))
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a valid selector");
    page.select(&selector).collect()
}

fn one<'a>(page: &'a Html, selector: &str) -> ElementRef<'a> {
    let found = all(page, selector);
    assert_eq!(found.len(), 1, "{selector} in {}", page.html());
    found[0]
}

fn text(element: ElementRef<'_>) -> String {
    let text = element.text().collect::<String>();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn texts(page: &Html, selector: &str) -> Vec<String> {
    all(page, selector).into_iter().map(text).collect()
}

fn attributes<'a>(page: &'a Html, selector: &str, name: &str) -> Vec<&'a str> {
    let found = all(page, selector);
    found.iter().filter_map(|it| it.attr(name)).collect()
}

/// One of each kind, framed and not.
fn every_page() -> Vec<Html> {
    let framed = ContentPage {
        context: Context::Framed,
        frame: Some(samples::note(FrameState::Open)),
        ..samples::content_page()
    };
    let wrong = samples::password_page(Some((NoticeKind::WrongPassword, "Not right.")));
    let start = StartPage {
        sign_in_url: "/admin".to_owned(),
    };
    vec![
        render(&samples::content_page()),
        render(&framed),
        render(&samples::password_page(None)),
        render(&wrong),
        render(&samples::search_page(HOSTILE, samples::found())),
        render(&samples::search_page("bracket", Outcome::Nothing)),
        render(&samples::search_page("", Outcome::NotAsked)),
        render(&samples::message_page()),
        render(&start),
    ]
}

#[test]
fn every_page_has_a_language_a_title_one_main_and_one_first_heading() {
    for page in every_page() {
        one(&page, "html[lang=en]");
        assert_ne!(text(one(&page, "head > title")), "");
        one(&page, "main");
        one(&page, "main h1");
    }
}

#[test]
fn every_page_starts_with_a_link_that_skips_to_the_content() {
    for page in every_page() {
        let first = all(&page, "body a")[0];
        assert_eq!(first.attr("href"), Some("#main"));
        one(&page, "main#main");
    }
}

#[test]
fn headings_never_skip_a_level() {
    for page in every_page() {
        let levels = all(&page, "h1, h2, h3, h4, h5, h6")
            .iter()
            .filter_map(|heading| heading.value().name()[1..].parse::<u8>().ok())
            .collect::<Vec<_>>();
        assert_eq!(levels[0], 1);
        assert!(
            levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
            "{levels:?}"
        );
    }
}

#[test]
fn every_visible_field_has_a_label() {
    for page in every_page() {
        for id in attributes(&page, "input:not([type=hidden], [hidden])", "id") {
            assert_ne!(text(one(&page, &format!("label[for={id}]"))), "");
        }
        assert!(all(&page, "input:not([type=hidden], [hidden], [id])").is_empty());
    }
}

#[test]
fn several_navigations_are_told_apart_by_their_names() {
    for page in every_page() {
        let mut names = attributes(&page, "nav", "aria-label");
        assert_eq!(names.len(), all(&page, "nav").len());
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all(&page, "nav").len());
    }
}

#[test]
fn no_page_runs_or_styles_anything_inline() {
    for page in every_page() {
        assert!(all(&page, "style, [style], script:not([src]), base, iframe").is_empty());
        let handlers = page
            .tree
            .values()
            .filter_map(|node| node.as_element())
            .flat_map(|element| element.attrs())
            .filter(|(name, _)| name.starts_with("on"))
            .count();
        assert_eq!(handlers, 0);
    }
}

#[test]
fn everything_a_page_loads_is_an_asset_of_this_binary() {
    for page in every_page() {
        let mut urls = attributes(&page, "link, a.skip-link", "href");
        urls.extend(attributes(&page, "script, img, source", "src"));
        urls.retain(|url| *url != "#main");
        assert!(urls.len() > 3);
        for url in urls {
            let place = url.strip_prefix("/static/").expect(url);
            let (hash, path) = place.split_once('/').expect(url);
            let asset = assets::find(path).unwrap_or_else(|| panic!("no asset {path}"));
            assert_eq!(asset.hash, hash);
        }
    }
}

#[test]
fn a_page_asks_for_one_stylesheet_of_at_most_32_kilobytes() {
    for page in every_page() {
        let href = one(&page, "link[rel=stylesheet]").attr("href");
        assert_eq!(href, Some(assets::url("css/visitor.css").as_str()));
    }
    let styles = assets::find("css/visitor.css").expect("the stylesheet exists");
    assert!(styles.bytes.len() <= 32_000, "{}", styles.bytes.len());
}

#[test]
fn no_script_holds_up_a_page_or_sees_the_names_of_another() {
    for page in every_page() {
        let modules = all(&page, "script[type=module]").len();
        assert_eq!(all(&page, "script").len(), modules);
    }
}

#[test]
fn no_class_of_the_portal_is_one_that_shared_content_may_carry() {
    for page in every_page() {
        for classes in attributes(&page, "[class]", "class") {
            let shared = classes
                .split_whitespace()
                .find(|class| classes::all().any(|known| known == *class));
            assert_eq!(shared, None, "content could dress up as the portal");
        }
    }
}

//! What holds for every input.

use proptest::prelude::{
    ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use proptest::strategy::Just;
use scraper::Html;

use super::super::sanitize::SanitizedHtml;
use super::super::{BodyFormat, ExternalLinks};
use super::hostile::dangers;
use super::{export_view, html, render, render_as};

/// Bodies made of pieces that mean something, in any order.
fn body() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        prop::sample::select(vec![
            "<p>",
            "</p>",
            "<table>",
            "<tr>",
            "<td>",
            "</td>",
            "</table>",
            "<ul><li>",
            "</li></ul>",
            "<h1>",
            "</h1>",
            "<a href=\"",
            "#x\">",
            "javascript:x\">",
            "</a>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "&",
            "&amp;",
            "&#0;",
            "<ac:structured-macro ac:name=\"code\">",
            "<ac:structured-macro ac:name=\"toc\"/>",
            "</ac:structured-macro>",
            "<ac:plain-text-body>",
            "<ac:rich-text-body>",
            "<ac:link>",
            "<ri:page ri:content-title=\"Loop\"/>",
            "</ac:link>",
            "<ac:image>",
            "<script>",
            "</script>",
            "<svg>",
            "<style>",
            "<div class=\"panel\"><div class=\"panelContent\">",
            "<div class=\"code\"><pre>",
            "<div class=\"error\">Unknown macro: {x}</div>",
            "<ul class=\"inline-task-list\"><li>",
            "<div class=\"columnLayout\"><div class=\"cell\">",
            "<img class=\"confluence-embedded-image\" src=\"/download/attachments/1/a.png\">",
            "</div>",
            "{code}",
            "{info}",
            "*",
            "_",
            "[",
            "|",
            "]",
            "!",
            "\n",
            "h1. ",
        ])
        .prop_map(str::to_owned),
        Just("<b onclick=\"x\" style=\"color:red\">".to_owned()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_body_panics_or_carries_danger(body in body()) {
        prop_assert_eq!(dangers(&html(&body)), Vec::<String>::new());
    }

    #[test]
    fn no_wiki_markup_panics_or_carries_danger(body in body()) {
        let rendered = render_as(&body, BodyFormat::WikiMarkup, ExternalLinks::Keep);
        prop_assert_eq!(dangers(rendered.html.as_str()), Vec::<String>::new());
    }

    #[test]
    fn no_export_view_panics_or_carries_danger(view in body(), storage in body()) {
        let rendered = export_view::render_with(&view, Some(&storage));
        prop_assert_eq!(dangers(rendered.html.as_str()), Vec::<String>::new());
        let again = SanitizedHtml::clean(rendered.html.as_str());
        prop_assert_eq!(
            Html::parse_fragment(rendered.html.as_str()).tree,
            Html::parse_fragment(again.as_str()).tree
        );
    }

    #[test]
    fn words_between_html_tags_are_never_lost(words in prop::collection::vec("[a-z]{1,8}", 1..20)) {
        let view: String = words.iter().map(|word| format!("<p><b>{word}<td></i> & ")).collect();
        let text = export_view::render(&view).text;
        prop_assert!(words.iter().all(|word| text.contains(word.as_str())));
    }

    #[test]
    fn the_sanitizer_changes_nothing_the_second_time(body in body()) {
        let once = SanitizedHtml::clean(&html(&body));
        let twice = SanitizedHtml::clean(once.as_str());
        prop_assert_eq!(Html::parse_fragment(once.as_str()).tree, Html::parse_fragment(twice.as_str()).tree);
    }

    #[test]
    fn words_between_tags_are_never_lost(words in prop::collection::vec("[a-z]{1,8}", 1..20)) {
        let body: String = words.iter().map(|word| format!("<p><b>{word}</p></i> & ")).collect();
        let text = render(&body).text;
        prop_assert!(words.iter().all(|word| text.contains(word.as_str())));
    }

    #[test]
    fn every_heading_has_an_id_of_its_own(names in prop::collection::vec("[ a-c1]{0,3}", 0..30)) {
        let body: String = names.iter().map(|name| format!("<h2>{name}.</h2>")).collect();
        let mut ids: Vec<String> = render(&body).headings.into_iter().map(|heading| heading.id).collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        prop_assert_eq!((ids.len(), all), (names.len(), names.len()));
    }
}

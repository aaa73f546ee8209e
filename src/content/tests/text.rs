//! Words: plain elements, looks, headings and their anchors, what search gets.

use super::super::{Finding, FindingKind, Heading};
use super::{bare, check, html, once, render, rich};

#[test]
fn plain_elements_stay_as_they_are() {
    check(
        "<p>a <strong>b</strong> <em>c</em> <u>d</u> <code>e</code><br/>H<sub>2</sub>O</p><hr/>",
        "<p>a <strong>b</strong> <em>c</em> <u>d</u> <code>e</code><br>H<sub>2</sub>O</p><hr>",
    );
}

#[test]
fn lists_keep_nesting_and_start() {
    check(
        r#"<ol start="3"><li>a<ul><li>b</li></ul></li></ol>"#,
        r#"<ol start="3"><li>a<ul><li>b</li></ul></li></ol>"#,
    );
}

#[test]
fn html_entities_are_characters() {
    check(
        "<p>a&nbsp;b &sbquo;c&lsquo; &#8211; &#x2019; &amp; &lt;</p>",
        "<p>a&nbsp;b ‚c‘ – ’ &amp; &lt;</p>",
    );
}

#[test]
fn alignment_indentation_and_colours_become_classes() {
    check(
        r#"<p style="text-align: center; margin-left: 60.0px;">a</p>
<p><span style="color: rgb(255,86,48);">r</span><span style="background-color:#deebff">b</span></p>"#,
        r#"<p class="align-center indent-2">a</p>
<p><span class="ink-red">r</span><span class="fill-blue">b</span></p>"#,
    );
}

#[test]
fn black_and_white_words_keep_the_colour_of_the_page() {
    check(
        r##"<p><span style="color: #000;">a</span><span style="color: rgb(255,255,255)">b</span></p>"##,
        "<p>ab</p>",
    );
}

#[test]
fn a_colour_is_called_by_its_nearest_hue() {
    let hues = [
        ("#ffebe6", "red"),
        ("#bf2600", "red"),
        ("#ff991f", "orange"),
        ("#fff0b3", "yellow"),
        ("#e3fcef", "green"),
        ("#00b8d9", "teal"),
        ("#0747a6", "blue"),
        ("#eae6ff", "purple"),
        ("#f4f5f7", "grey"),
        ("var(--ds-background-accent-teal-subtlest)", "teal"),
        ("rgba(54,179,126,0.5)", "green"),
    ];
    let found = hues.map(|(colour, _)| {
        (
            colour,
            super::super::colours::Hue::of(colour).map_or("none", |hue| hue.name()),
        )
    });
    assert_eq!(found, hues);
}

#[test]
fn inline_comments_are_unwrapped_and_template_hints_are_hidden() {
    check(
        r#"<p>a <ac:inline-comment-marker ac:ref="x">b</ac:inline-comment-marker><ac:placeholder>type here</ac:placeholder></p>"#,
        "<p>a b</p>",
    );
}

#[test]
fn dates_are_written_out() {
    check(
        r#"<p><time datetime="2026-03-05"/> <time datetime="soon"/></p>"#,
        r#"<p><time class="date" datetime="2026-03-05">5 March 2026</time> soon</p>"#,
    );
}

#[test]
fn emoticons_are_unicode_by_code_fallback_or_name() {
    check(
        r#"<p><ac:emoticon ac:name="tick"/><ac:emoticon ac:name="blue-star" ac:emoji-id="1f468-200d-1f4bb" ac:emoji-fallback=":man:"/><ac:emoticon ac:emoji-fallback="🥳"/><ac:emoticon ac:emoji-shortname=":tada:" ac:emoji-id="atlassian-tada"/><ac:emoticon ac:emoji-shortname=":slight_smile:"/><ac:emoticon ac:emoji-id="0031-20e3"/></p>"#,
        "<p>✅👨‍💻🥳🎉🙂1⃣</p>",
    );
}

#[test]
fn a_pasted_picture_of_an_emoticon_is_the_emoticon() {
    check(
        r#"<p><img class="emoticon emoticon-tick" data-emoticon-name="tick" src="https://wiki.example.com/s/tick.svg" alt="(tick)"/></p>"#,
        "<p>✅</p>",
    );
}

#[test]
fn an_unknown_emoticon_keeps_its_short_name() {
    check(
        r#"<p><ac:emoticon ac:name="unknown" ac:emoji-shortname=":our_logo:"/></p>"#,
        "<p>:our_logo:</p>",
    );
}

#[test]
fn mentions_are_display_names_and_never_keys() {
    check(
        r#"<p><ac:link><ri:user ri:account-id="u1"/></ac:link>, <ac:link><ri:user ri:username="bob@example.com"/></ac:link></p>"#,
        r#"<p><span class="mention">Ann Keller</span>, <span class="mention">somebody</span></p>"#,
    );
}

#[test]
fn headings_get_ids_of_their_letters_and_digits() {
    let rendered =
        render("<h1>Install the <em>gateway</em>!</h1><h2>日本語</h2><h2>Notes</h2><h2>Notes</h2>");
    assert_eq!(
        rendered.headings,
        [
            (1, "c-installthegateway", "Install the gateway!"),
            (2, "c-日本語", "日本語"),
            (2, "c-notes", "Notes"),
            (2, "c-notes1", "Notes")
        ]
        .map(|(level, id, text)| Heading {
            level,
            id: id.to_owned(),
            text: text.to_owned()
        })
    );
}

#[test]
fn numbered_ids_do_not_meet_real_headings() {
    check(
        "<h1>Step</h1><h1>Step 1</h1><h1>Step</h1>",
        r#"<h1 id="c-step">Step</h1><h1 id="c-step1">Step 1</h1><h1 id="c-step2">Step</h1>"#,
    );
}

#[test]
fn an_anchor_macro_is_a_place_of_its_own_unless_its_heading_is_the_same_place() {
    check(
        &format!(
            "<h2>{}Start</h2><p>{}x</p>",
            bare("anchor", &[("", "start")]),
            bare("anchor", &[("", "here")])
        ),
        r#"<h2 id="c-start">Start</h2><p><span id="c-here"></span>x</p>"#,
    );
}

#[test]
fn a_heading_that_repeats_the_title_is_found_with_and_without_it() {
    check(
        r#"<h2>UserManual Basics</h2><p><ac:link ac:anchor="UserManual-Basics"><ac:link-body>go</ac:link-body></ac:link></p>"#,
        r##"<h2 id="c-usermanualbasics"><span id="c-basics"></span>UserManual Basics</h2><p><a href="#c-basics">go</a></p>"##,
    );
}

#[test]
fn empty_headings_are_left_out() {
    assert_eq!(html("<h2> </h2>").trim(), "");
}

#[test]
fn search_gets_the_words_of_page_and_macros_but_no_labels_of_ours() {
    let body = format!(
        "<h1>One</h1><p>two<b>three</b></p>{}{}",
        rich("expand", &[], "<p>four</p>"),
        bare("roadmap", &[])
    );
    assert_eq!(render(&body).text, "One twothree four");
}

#[test]
fn broken_markup_keeps_its_text_and_is_reported() {
    let rendered = render("<p>a <b>b</p> & c <unclosed d");
    assert_eq!(
        rendered.html.as_str(),
        "<p>a <b>b</b></p> &amp; c &lt;unclosed d"
    );
    assert_eq!(
        rendered.findings,
        [once(FindingKind::BrokenMarkup {
            detail: "</p> closes other elements too".to_owned()
        })]
    );
}

#[test]
fn a_block_inside_a_paragraph_does_not_tear_it_apart() {
    check(
        &format!("<p>a {} b</p>", rich("info", &[], "<p>c</p>")),
        r#"<div class="paragraph">a <div class="panel panel-info" role="note" aria-label="Information"><div class="panel-body"><p>c</p></div></div> b</div>"#,
    );
}

#[test]
fn findings_serialize_flat_with_their_count() {
    let finding = Finding {
        kind: FindingKind::OutsideLink {
            title: "Plan".to_owned(),
        },
        count: 2,
    };
    assert_eq!(
        serde_json::to_string(&finding).unwrap(),
        r#"{"kind":"outsideLink","title":"Plan","count":2}"#
    );
}

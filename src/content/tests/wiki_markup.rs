//! The old notation.

use super::super::{BodyFormat, ExternalLinks, FindingKind};
use super::{once, render_as, tidy};

const NOTE: &str = r#"<p class="conversion-note">This page was converted from an older format and may look different.</p>"#;

#[track_caller]
fn check(markup: &str, expected: &str) {
    let html = render_as(markup, BodyFormat::WikiMarkup, ExternalLinks::Keep).html;
    assert_eq!(tidy(html.as_str()).strip_prefix(NOTE), Some(expected));
}

#[test]
fn the_admin_learns_of_the_conversion_and_search_gets_the_text() {
    let rendered = render_as(
        "h1. Old\n\ntext",
        BodyFormat::WikiMarkup,
        ExternalLinks::Keep,
    );
    assert_eq!(rendered.findings, [once(FindingKind::WikiMarkup)]);
    assert_eq!(rendered.text, "Old text");
}

#[test]
fn headings_paragraphs_and_emphasis() {
    check(
        "h2. Title\n*bold* _it_ {{mono_x}} -gone- +new+ a*b*c 2*3\nnext\\\\line\n\n----\nbq. said",
        r#"<h2 id="c-title">Title</h2><p><strong>bold</strong> <em>it</em> <code>mono_x</code> <del>gone</del> <u>new</u> a*b*c 2*3<br>next<br>line</p><hr><blockquote>said</blockquote>"#,
    );
}

#[test]
fn lists_nest_by_their_markers() {
    check(
        "* a\n** b\nmore\n*# c\n# d\n- e",
        "<ul><li>a<ul><li>b<br>more</li><li>c</li></ul></li><li>d</li><li>e</li></ul>",
    );
}

#[test]
fn tables_have_header_cells_and_links_in_cells() {
    check(
        "||A||B||\n|1|[words|Install]|\n",
        r#"<div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table><tbody><tr><th scope="col">A</th><th scope="col">B</th></tr><tr><td>1</td><td><a href="/content/s/2">words</a></td></tr></tbody></table></div>"#,
    );
}

#[test]
fn links_of_all_kinds() {
    check(
        "[Install#The Steps] [web|https://example.org/] [^guide.pdf] [~u1] [#top] [Secret] https://example.org/a.",
        r##"<p><a href="/content/s/2#c-thesteps">Install</a> <a href="https://example.org/" class="external" target="_blank">web</a> <a href="/content/s/1/files/guide.pdf">guide.pdf</a> <span class="mention">Ann Keller</span> <a href="#c-top">top</a> Secret <a href="https://example.org/a" class="external" target="_blank">https://example.org/a</a>.</p>"##,
    );
}

#[test]
fn pictures_emoticons_and_escapes() {
    check(
        "!map.png|width=100! (/) \\*plain\\* Wow! Great! \\[x]",
        r#"<p><img src="/content/s/1/files/map.png" alt="" loading="lazy" width="100" height="50" referrerpolicy="origin"> ✅ *plain* Wow! Great! [x]</p>"#,
    );
}

#[test]
fn macros_become_the_same_as_in_storage_format() {
    check(
        "{info:title=Hi}\n*a*\n{info}\n{code:java}\nint *a* = 1;\n{code}\n{toc}\n{color:red}x{color}",
        "<div class=\"panel panel-info\" role=\"note\" aria-label=\"Information\"><p class=\"panel-title\">Hi</p><div class=\"panel-body\"><p><strong>a</strong></p></div></div><figure class=\"code\"><pre tabindex=\"0\"><code><span class=\"tok-keyword\">int</span> *a* = <span class=\"tok-number\">1</span>;\n</code></pre></figure><p><span class=\"ink-red\">x</span></p>",
    );
}

#[test]
fn unfinished_markup_stays_text() {
    check("*open [link {code", "<p>*open [link {code</p>");
}

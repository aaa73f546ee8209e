//! HTML that is not XML.

use super::html;

#[track_caller]
fn check(view: &str, expected: &str) {
    assert_eq!(html(view), expected);
}

#[test]
fn elements_end_where_html_ends_them() {
    check("<p>a<p>b", "<p>a</p><p>b</p>");
    check(
        "<ul><li>a<ul><li>b</ul><li>c</ul>",
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
    );
    check(
        "<dl><dt>a<dd>b<dt>c</dl>",
        "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>",
    );
    check(
        "<table><tr><td>a<td>b<tr><td>c</table>d",
        concat!(
            r#"<div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table><tbody>"#,
            "<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table></div>d"
        ),
    );
}

#[test]
fn an_end_tag_inside_a_cell_closes_nothing_outside_it() {
    check(
        "<div><table><tr><td>a</div>b</td></tr></table></div>",
        concat!(
            r#"<div><div class="table-scroll" role="region" aria-label="Table" tabindex="0"><table><tbody>"#,
            "<tr><td>ab</td></tr></tbody></table></div></div>"
        ),
    );
}

#[test]
fn attributes_are_read_in_every_notation() {
    check(
        "<p STYLE=text-align:center>a</p><p style='text-align: center'>b</p><p hidden=\"\" / style = \"text-align:center\">c</p>",
        r#"<p class="align-center">a</p><p class="align-center">b</p><p class="align-center">c</p>"#,
    );
}

#[test]
fn elements_without_end_and_self_closing_ones_hold_nothing() {
    check("a<br>b<hr/>c<p />d<span/>e", "a<br>b<hr>c<p></p>de");
}

#[test]
fn characters_that_look_like_markup_are_text() {
    check(
        "1 < 2 & 3 &lt; 4 &nope; &#65;&eacute;",
        "1 &lt; 2 &amp; 3 &lt; 4 &amp;nope; Aé",
    );
}

#[test]
fn scripts_styles_and_comments_are_skipped_whole() {
    check(
        "a<script>if (1 < 2) '</b>'</SCRIPT >b<style>p > a {}</style>c<!-- <b>x</b> -->d<!doctypo>e",
        "abcde",
    );
}

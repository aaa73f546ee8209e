//! Pictures, files, films, diagrams.

use super::super::FindingKind;
use super::{bare, check, once, plain, render, tidy, with_body};

#[test]
fn pictures_have_description_and_both_sides_of_their_size() {
    check(
        r#"<p><ac:image ac:width="400" ac:alt="A map"><ri:attachment ri:filename="map.png"/></ac:image></p>"#,
        r#"<p><img src="/content/s/1/files/map.png" alt="A map" loading="lazy" width="400" height="200" referrerpolicy="origin"></p>"#,
    );
}

#[test]
fn placed_pictures_are_figures_with_their_caption() {
    check(
        r#"<ac:image ac:align="center" ac:border="true"><ri:attachment ri:filename="flow.png"/><ac:caption><p>The <b>flow</b></p></ac:caption></ac:image>"#,
        r#"<figure class="picture picture-center"><img src="/content/s/1/files/flow.png" alt="" loading="lazy" class="bordered" referrerpolicy="origin"><figcaption><p>The <b>flow</b></p></figcaption></figure>"#,
    );
}

#[test]
fn thumbnails_lead_to_the_whole_picture() {
    check(
        r#"<ac:image ac:thumbnail="true"><ri:attachment ri:filename="map.png"/></ac:image>"#,
        r#"<a href="/content/s/1/files/map.png"><img src="/content/s/1/files/map.png" alt="" loading="lazy" class="thumbnail" width="300" height="150" referrerpolicy="origin"></a>"#,
    );
}

#[test]
fn pictures_of_other_sites_are_not_loaded() {
    let rendered = render(
        r#"<ac:image ac:alt="Logo"><ri:url ri:value="https://img.example.org/logo.png"/></ac:image>"#,
    );
    assert_eq!(
        tidy(rendered.html.as_str()),
        r#"<a href="https://img.example.org/logo.png" class="external" target="_blank"><span class="picture-elsewhere">Picture on img.example.org: Logo</span></a>"#
    );
    assert_eq!(
        rendered.findings,
        [
            once(FindingKind::ExternalImage {
                host: "img.example.org".to_owned()
            }),
            once(FindingKind::ExternalLink {
                host: "img.example.org".to_owned()
            }),
        ]
    );
}

#[test]
fn pictures_by_an_address_of_the_wiki_are_its_attachments() {
    check(
        r#"<img src="https://wiki.example.com/download/attachments/5/map.png?version=2"/>"#,
        r#"<img src="/content/s/5/files/map.png" alt="" loading="lazy" width="100" height="50" referrerpolicy="origin">"#,
    );
}

#[test]
fn a_missing_picture_is_named_and_reported() {
    let rendered = render(r#"<p><ac:image><ri:attachment ri:filename="gone.png"/></ac:image></p>"#);
    assert_eq!(
        rendered.html.as_str(),
        r#"<p><span class="macro-placeholder">A picture is missing here (gone.png).</span></p>"#
    );
    assert_eq!(
        rendered.findings,
        [once(FindingKind::MissingFile {
            name: "gone.png".to_owned()
        })]
    );
}

#[test]
fn viewed_files_are_cards_and_films_have_a_player() {
    let file = |name: &str, file: &str| {
        with_body(
            name,
            &[],
            &format!(
                r#"<ac:parameter ac:name="name"><ri:attachment ri:filename="{file}"/></ac:parameter>"#
            ),
        )
    };
    check(
        &file("viewpdf", "guide.pdf"),
        r#"<div class="file"><span class="file-card"><a href="/content/s/1/files/guide.pdf">guide.pdf</a> <span class="file-size">2 KB</span></span></div>"#,
    );
    check(
        &file("multimedia", "film.mp4"),
        r#"<video src="/content/s/1/files/film.mp4" controls="" preload="metadata"><a href="/content/s/1/files/film.mp4">film.mp4</a></video>"#,
    );
}

#[test]
fn the_attachments_macro_lists_the_files_of_a_page() {
    check(
        r#"<ac:structured-macro ac:name="attachments"><ac:parameter ac:name="page"><ac:link><ri:page ri:content-title="API"/></ac:link></ac:parameter></ac:structured-macro>"#,
        r#"<ul class="files"><li><span class="file-card"><a href="/content/s/5/files/map.png">map.png</a> <span class="file-size">2 KB</span></span><div class="file-comment">The map</div></li></ul>"#,
    );
}

#[test]
fn galleries_show_the_pictures_alone() {
    check(
        &bare("gallery", &[("exclude", "map.png")]),
        r#"<div class="gallery"><figure><a href="/content/s/1/files/flow.png"><img src="/content/s/1/files/flow.png" alt="flow.png" loading="lazy" referrerpolicy="origin"></a><figcaption>flow.png</figcaption></figure></div>"#,
    );
}

#[test]
fn diagrams_are_recovered_from_their_pictures() {
    let picture = r#"<figure class="picture diagram"><img src="/content/s/1/files/flow.png" alt="Diagram: flow" loading="lazy" referrerpolicy="origin"></figure>"#;
    check(
        &bare("drawio", &[("diagramName", "flow"), ("pageId", "404")]),
        picture,
    );
    check(&bare("gliffy", &[("name", "flow")]), picture);
    check(
        &plain("plantuml", &[("fileName", "flow")], "@startuml"),
        picture,
    );
}

#[test]
fn a_text_diagram_without_a_picture_is_its_source() {
    let rendered = render(&plain(
        "plantuml",
        &[],
        r#"{"umlDefinition":"@startuml\nA -> B\n@enduml"}"#,
    ));
    assert_eq!(
        rendered.html.as_str(),
        "<figure class=\"code\"><pre tabindex=\"0\"><code>@startuml\nA -&gt; B\n@enduml</code></pre></figure>"
    );
    assert_eq!(
        rendered.findings,
        [once(FindingKind::MissingDiagram {
            name: "plantuml".to_owned()
        })]
    );
}

#[test]
fn a_drawing_without_a_picture_is_a_placeholder() {
    let rendered = render(&bare("drawio", &[("diagramName", "plan")]));
    assert_eq!(
        rendered.html.as_str(),
        r#"<div class="macro-placeholder">The diagram “plan” cannot be shown here.</div>"#
    );
    assert_eq!(
        rendered.findings,
        [once(FindingKind::MissingDiagram {
            name: "plan".to_owned()
        })]
    );
}

//! Tests of the renderer by feature: a body in, markup, text and findings out.

mod blocks;
mod export_view;
mod hostile;
mod invariants;
mod links;
mod lists_of_pages;
mod macros;
mod media;
mod other_pages;
mod stylesheets;
mod text;
mod wiki_markup;

use super::library::{FileLink, Library, Lookup, OwnedSource, PageLink};
use super::{BodyFormat, ExternalLinks, Finding, FindingKind, PageSource, RenderOptions, Rendered};

/// A share of six pages of the space `DOC`. Page 1 is the one being rendered.
struct FakeLibrary;

const PAGES: [(&str, &str, &str); 6] = [
    ("1", "User Manual", ""),
    (
        "2",
        "Install",
        r#"<h2>Steps</h2><p>Before.</p>
           <ac:structured-macro ac:name="excerpt"><ac:parameter ac:name="name">short</ac:parameter>
           <ac:rich-text-body><p>Takes ten minutes.</p></ac:rich-text-body></ac:structured-macro>
           <ac:structured-macro ac:name="details"><ac:rich-text-body><table><tbody>
           <tr><th>Owner</th><td>Ann</td></tr><tr><th>State</th><td><strong>done</strong></td></tr>
           </tbody></table></ac:rich-text-body></ac:structured-macro>"#,
    ),
    (
        "3",
        "Update",
        r#"<ac:structured-macro ac:name="details"><ac:rich-text-body><table><tbody>
           <tr><th>State</th><td>open</td></tr></tbody></table></ac:rich-text-body></ac:structured-macro>"#,
    ),
    (
        "4",
        "Loop",
        r#"<p>again</p><ac:structured-macro ac:name="include"><ac:parameter ac:name="">
           <ac:link><ri:page ri:content-title="Loop"/></ac:link></ac:parameter></ac:structured-macro>"#,
    ),
    (
        "5",
        "API",
        r#"<p><ac:image><ri:attachment ri:filename="map.png"/></ac:image></p>"#,
    ),
    ("6", "News", ""),
];

fn page(id: &str) -> Option<PageLink> {
    let (id, title, _) = PAGES.iter().find(|(known, ..)| *known == id)?;
    Some(PageLink {
        content_id: (*id).to_owned(),
        title: (*title).to_owned(),
        url: format!("/content/s/{id}"),
    })
}

fn file(content_id: &str, name: &str, media_type: &str, side: Option<u32>) -> FileLink {
    FileLink {
        name: name.to_owned(),
        url: format!("/content/s/{content_id}/files/{name}"),
        media_type: media_type.to_owned(),
        size_bytes: 2048,
        width: side,
        height: side.map(|side| side / 2),
        comment: (name == "map.png").then(|| "The map".to_owned()),
    }
}

impl Library for FakeLibrary {
    fn page_by_title(&self, space_key: Option<&str>, title: &str) -> Lookup<PageLink> {
        let found = PAGES.iter().find(|(_, known, _)| *known == title);
        match found {
            _ if title == "Secret" => Lookup::OutsideShare,
            Some((id, ..)) if space_key == Some("DOC") => {
                page(id).map_or(Lookup::Missing, Lookup::Found)
            }
            _ => Lookup::Missing,
        }
    }

    fn page_by_id(&self, content_id: &str) -> Lookup<PageLink> {
        match content_id {
            "666" => Lookup::OutsideShare,
            id => page(id).map_or(Lookup::Missing, Lookup::Found),
        }
    }

    fn children(&self, content_id: &str) -> Vec<PageLink> {
        let ids: &[&str] = match content_id {
            "1" => &["2", "5"],
            "2" => &["3"],
            _ => &[],
        };
        ids.iter().filter_map(|id| page(id)).collect()
    }

    fn source(&self, content_id: &str) -> Option<OwnedSource> {
        let (id, title, body) = PAGES.iter().find(|(known, ..)| *known == content_id)?;
        Some(OwnedSource {
            content_id: (*id).to_owned(),
            title: (*title).to_owned(),
            space_key: "DOC".to_owned(),
            body: (*body).to_owned(),
            format: BodyFormat::Storage,
            storage: None,
        })
    }

    fn file_by_id(&self, attachment_id: &str) -> Option<FileLink> {
        match attachment_id {
            "901" => self.file("1", "map.png"),
            "902" => self.file("1", "guide.pdf"),
            "905" => self.file("5", "map.png"),
            _ => None,
        }
    }

    fn file(&self, content_id: &str, file_name: &str) -> Option<FileLink> {
        self.files(content_id)
            .into_iter()
            .find(|file| file.name == file_name)
    }

    fn files(&self, content_id: &str) -> Vec<FileLink> {
        match content_id {
            "1" => vec![
                file("1", "film.mp4", "video/mp4", None),
                file("1", "flow.png", "image/png", None),
                file("1", "guide.pdf", "application/pdf", None),
                file("1", "map.png", "image/png", Some(800)),
            ],
            "5" => vec![file("5", "map.png", "image/png", Some(100))],
            _ => Vec::new(),
        }
    }

    fn user_name(&self, key: &str) -> Option<String> {
        (key == "u1").then(|| "Ann Keller".to_owned())
    }

    fn labelled(&self, labels: &[&str]) -> Vec<PageLink> {
        let ids: &[&str] = match labels {
            ["task"] => &["2", "3"],
            ["news"] => &["6"],
            _ => &[],
        };
        ids.iter().filter_map(|id| page(id)).collect()
    }
}

fn render_as(body: &str, format: BodyFormat, external_links: ExternalLinks) -> Rendered {
    let source = PageSource {
        content_id: "1",
        title: "User Manual",
        space_key: "DOC",
        body,
        format,
        storage: None,
    };
    let wiki_hosts = [
        "wiki.example.com".to_owned(),
        "acme.atlassian.net".to_owned(),
    ];
    let options = RenderOptions {
        external_links,
        wiki_hosts: &wiki_hosts,
    };
    super::render(&source, &FakeLibrary, &options)
}

fn render(body: &str) -> Rendered {
    render_as(body, BodyFormat::Storage, ExternalLinks::Keep)
}

fn html(body: &str) -> String {
    render(body).html.into_string()
}

/// The `rel` of every link is tested once, in `hostile.rs`; elsewhere it is noise.
fn tidy(html: &str) -> String {
    html.replace(r#" rel="noopener noreferrer nofollow""#, "")
}

#[track_caller]
fn check(body: &str, expected: &str) {
    assert_eq!(tidy(&html(body)), expected);
}

/// A macro with parameters and a rich text body.
fn rich(name: &str, parameters: &[(&str, &str)], body: &str) -> String {
    with_body(
        name,
        parameters,
        &format!("<ac:rich-text-body>{body}</ac:rich-text-body>"),
    )
}

/// A macro with parameters and a plain text body.
fn plain(name: &str, parameters: &[(&str, &str)], body: &str) -> String {
    with_body(
        name,
        parameters,
        &format!("<ac:plain-text-body><![CDATA[{body}]]></ac:plain-text-body>"),
    )
}

/// A macro with parameters alone.
fn bare(name: &str, parameters: &[(&str, &str)]) -> String {
    with_body(name, parameters, "")
}

fn with_body(name: &str, parameters: &[(&str, &str)], body: &str) -> String {
    let parameters: String = parameters
        .iter()
        .map(|(name, value)| format!(r#"<ac:parameter ac:name="{name}">{value}</ac:parameter>"#))
        .collect();
    format!(r#"<ac:structured-macro ac:name="{name}">{parameters}{body}</ac:structured-macro>"#)
}

fn once(kind: FindingKind) -> Finding {
    Finding { kind, count: 1 }
}

//! Tests of rendering what Confluence rendered: its forms, links, failures, and attacks by way of it.

mod failures;
mod forms;
mod hostile;
mod html;
mod links;
mod recovery;

use super::super::library::{FileLink, Library, Lookup, OwnedSource, PageLink};
use super::super::{BodyFormat, ExternalLinks, FindingKind, PageSource, RenderOptions, Rendered};
use super::tidy;

/// A share of three pages of the space `DS`; `Share me` is the one being rendered. Page 65961991 is not shared.
pub(super) struct SharedWiki;

const PAGES: [(&str, &str); 3] = [
    ("65961985", "Share me"),
    ("65961990", "Other page"),
    ("65961999", "Post"),
];

/// Attachments by id, page and name.
const FILES: [(&str, &str, &str, &str); 7] = [
    (
        "2523157",
        "131073",
        "cloud_infrastructure (3).png",
        "image/png",
    ),
    ("65962000", "65961985", "plan.png", "image/png"),
    ("65962001", "65961985", "plan.pdf", "application/pdf"),
    ("65962002", "65961985", "plan (1).png", "image/png"),
    ("65962003", "65961985", "cloud-outline.svg", "image/svg+xml"),
    (
        "65962004",
        "65961985",
        "C4-Diagram-L1.drawio.png",
        "image/png",
    ),
    ("65962005", "65961985", "test.pdf", "application/pdf"),
];

fn page((id, title): &(&str, &str)) -> PageLink {
    PageLink {
        content_id: (*id).to_owned(),
        title: (*title).to_owned(),
        url: format!("/content/s/{id}"),
    }
}

fn file((id, _, name, media_type): &(&str, &str, &str, &str)) -> FileLink {
    FileLink {
        name: (*name).to_owned(),
        url: format!("/content/s/files/{id}"),
        media_type: (*media_type).to_owned(),
        size_bytes: 2048,
        width: Some(400),
        height: Some(200),
        comment: None,
    }
}

impl Library for SharedWiki {
    fn page_by_title(&self, space_key: Option<&str>, title: &str) -> Lookup<PageLink> {
        let found = PAGES.iter().find(|(_, known)| *known == title);
        match found {
            Some(known) if space_key == Some("DS") => Lookup::Found(page(known)),
            _ => Lookup::Missing,
        }
    }

    fn page_by_id(&self, content_id: &str) -> Lookup<PageLink> {
        let found = PAGES.iter().find(|(known, _)| *known == content_id);
        match found {
            Some(known) => Lookup::Found(page(known)),
            None if content_id == "65961991" => Lookup::OutsideShare,
            None => Lookup::Missing,
        }
    }

    fn children(&self, content_id: &str) -> Vec<PageLink> {
        match content_id {
            "65961985" => vec![page(&PAGES[1])],
            _ => Vec::new(),
        }
    }

    fn source(&self, _content_id: &str) -> Option<OwnedSource> {
        None
    }

    fn file(&self, content_id: &str, file_name: &str) -> Option<FileLink> {
        let mut files = self.files(content_id).into_iter();
        files.find(|file| file.name == file_name)
    }

    fn file_by_id(&self, attachment_id: &str) -> Option<FileLink> {
        FILES.iter().find(|(id, ..)| *id == attachment_id).map(file)
    }

    fn files(&self, content_id: &str) -> Vec<FileLink> {
        FILES
            .iter()
            .filter(|(_, owner, ..)| *owner == content_id)
            .map(file)
            .collect()
    }

    fn user_name(&self, key: &str) -> Option<String> {
        (key == "u1").then(|| "Ann Keller".to_owned())
    }

    fn labelled(&self, _labels: &[&str]) -> Vec<PageLink> {
        Vec::new()
    }
}

pub(super) fn render_with(view: &str, storage: Option<&str>) -> Rendered {
    let source = PageSource {
        content_id: "65961985",
        title: "Share me",
        space_key: "DS",
        body: view,
        format: BodyFormat::ExportView,
        storage,
    };
    let wiki_hosts = ["wiki.acme.example".to_owned()];
    let options = RenderOptions {
        external_links: ExternalLinks::Keep,
        wiki_hosts: &wiki_hosts,
    };
    super::super::render(&source, &SharedWiki, &options)
}

pub(super) fn render(view: &str) -> Rendered {
    render_with(view, None)
}

fn html(view: &str) -> String {
    tidy(render(view).html.as_str())
}

fn html_with(view: &str, storage: &str) -> String {
    tidy(render_with(view, Some(storage)).html.as_str())
}

fn kinds(view: &str) -> Vec<FindingKind> {
    kinds_of(render(view))
}

fn kinds_of(rendered: Rendered) -> Vec<FindingKind> {
    let findings = rendered.findings.into_iter();
    findings.map(|finding| finding.kind).collect()
}

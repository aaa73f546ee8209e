//! Attachments as files: the list, the gallery, and single files where Confluence has a viewer.

use super::library::FileLink;
use super::links::{self, Destination};
use super::macros::{Macro, MacroTable};
use super::media::{self, Look};
use super::renderer::Renderer;

pub(super) const MACROS: MacroTable = &[
    ("attachments", render_list),
    ("gallery", render_gallery),
    ("view-file", render_view),
    ("viewpdf", render_view),
    ("viewdoc", render_view),
    ("viewxls", render_view),
    ("viewppt", render_view),
];

/// The file a macro names, by `ri:attachment` or by text.
pub(super) fn named_file(r: &mut Renderer<'_>, it: &Macro<'_>) -> Option<FileLink> {
    if let Some(target) = ["name", "", "attachment"]
        .iter()
        .find_map(|name| it.resource(name, "ri:attachment"))
    {
        return links::find_attachment(r, target);
    }
    let name = it.text("name").or_else(|| it.text(""))?;
    let owner = owner(r, it);
    links::find_file(r, &owner, name.trim_start_matches('^'))
}

/// The page whose files a macro means; the page being read unless it names another one.
fn owner(r: &mut Renderer<'_>, it: &Macro<'_>) -> String {
    if let Some(target) = it
        .parameter("page")
        .and_then(|page| links::resource_in(&page.children))
    {
        return links::find_page(r, target).map_or_else(String::new, |page| page.content_id);
    }
    match it.text("page") {
        Some(title) => links::page_titled(r, it.text("space").as_deref(), &title)
            .map_or_else(String::new, |page| page.content_id),
        None => r.page().content_id,
    }
}

/// A file as a box with its name, kind and size.
pub(super) fn write_card(r: &mut Renderer<'_>, file: &FileLink) {
    r.wrap("span", &[("class", "file-card")], |r| {
        write_link(r, file);
        r.out.label(" ");
        r.wrap("span", &[("class", "file-size")], |r| {
            r.out.label(&readable_size(file.size_bytes));
        });
    });
}

/// A link with the file's name.
pub(super) fn write_link(r: &mut Renderer<'_>, file: &FileLink) {
    let to = Destination::Inside(file.url.clone());
    links::write(r, &to, |r| r.out.text(&file.name));
}

fn render_view(r: &mut Renderer<'_>, it: &Macro<'_>) {
    match named_file(r, it) {
        Some(file) => r.wrap("div", &[("class", "file")], |r| {
            media::render_file(r, &file, Look::default());
        }),
        None => r.placeholder("A file is missing here."),
    }
}

fn render_list(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let owner = owner(r, it);
    let files = r.library.files(&owner);
    if files.is_empty() {
        return r.placeholder("There are no files here.");
    }
    r.wrap("ul", &[("class", "files")], |r| {
        for file in &files {
            r.wrap("li", &[], |r| {
                write_card(r, file);
                if let Some(comment) = &file.comment {
                    r.wrap("div", &[("class", "file-comment")], |r| r.out.text(comment));
                }
            });
        }
    });
}

fn render_gallery(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let owner = owner(r, it);
    let listed = |name: &str, parameter: &str| {
        it.text(parameter)
            .map(|names| names.split(',').any(|one| one.trim() == name))
    };
    let mut pictures = r.library.files(&owner);
    pictures.retain(|file| {
        file.media_type.starts_with("image/")
            && listed(&file.name, "include").unwrap_or(true)
            && !listed(&file.name, "exclude").unwrap_or(false)
    });
    if pictures.is_empty() {
        return r.placeholder("There are no pictures here.");
    }
    if let Some(title) = it.text("title") {
        r.wrap("p", &[("class", "gallery-title")], |r| r.out.text(&title));
    }
    r.wrap("div", &[("class", "gallery")], |r| {
        for picture in &pictures {
            render_gallery_picture(r, picture);
        }
    });
}

fn render_gallery_picture(r: &mut Renderer<'_>, picture: &FileLink) {
    let caption = picture.comment.as_deref().unwrap_or(&picture.name);
    r.wrap("figure", &[], |r| {
        let to = Destination::Inside(picture.url.clone());
        links::write(r, &to, |r| {
            media::render_file(r, picture, Look::described(caption));
        });
        r.wrap("figcaption", &[], |r| r.out.text(caption));
    });
}

fn readable_size(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    match bytes {
        0..KIB => format!("{bytes} bytes"),
        KIB..MIB => format!("{} KB", bytes.div_ceil(KIB)),
        _ => format!("{:.1} MB", bytes as f64 / MIB as f64),
    }
}

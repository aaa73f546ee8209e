//! Diagrams of other vendors' apps.
//!
//! Their drawing cannot be run here, but most apps keep a picture of it among the page's attachments; text diagrams
//! are shown as their source when there is none.

use super::code;
use super::dom::Element;
use super::finding::{FindingKind, short};
use super::library::FileLink;
use super::macros::{Macro, MacroTable};
use super::media::{self, Look};
use super::renderer::Renderer;

pub(super) const MACROS: MacroTable = &[
    ("drawio", render_drawio),
    ("drawio-sketch", render_drawio),
    ("inc-drawio", render_drawio),
    ("gliffy", render_named),
    ("plantuml", render_named),
    ("plantumlrender", render_named),
    ("plantumlcloud", render_named),
    ("mermaid", render_named),
    ("mermaid-macro", render_named),
    ("mermaid-cloud", render_named),
];

fn render_drawio(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let name = it.text("diagramName").unwrap_or_default();
    let page_id = it.text("pageId");
    let mut names = vec![format!("{name}.png")];
    if let Some(aspect) = it.text("aspectHash") {
        names.insert(0, format!("{name}-{aspect}.png"));
    }
    let file = picture(r, page_id.as_deref(), &names);
    write(r, it, file, &name);
}

/// draw.io of the new editor: an ADF extension whose `guest-params` name the diagram.
pub(super) fn render_drawio_extension(r: &mut Renderer<'_>, node: &Element) {
    let parameter = |key: &str| parameter_text(node, key);
    let name = parameter("diagram-name").unwrap_or_default();
    let stem = name.strip_suffix(".drawio").unwrap_or(&name);
    let names = [
        format!("{name}.png"),
        format!("{stem}.png"),
        format!("{stem}.drawio.png"),
    ];
    match picture(r, parameter("page-id").as_deref(), &names) {
        Some(file) => write_picture(r, &file, stem),
        None => write_missing(r, stem),
    }
}

fn parameter_text(element: &Element, key: &str) -> Option<String> {
    element.elements().find_map(|child| {
        if child.name == "ac:adf-parameter" && child.attribute("key") == Some(key) {
            Some(child.text().trim().to_owned())
        } else {
            parameter_text(child, key)
        }
    })
}

fn render_named(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let name = ["name", "fileName", "filename", "attachment", "displayName"]
        .iter()
        .find_map(|parameter| it.text(parameter))
        .unwrap_or_default();
    let names = [format!("{name}.png"), format!("{name}.svg"), name.clone()];
    let file = if name.is_empty() {
        None
    } else {
        picture(r, it.text("pageId").as_deref(), &names)
    };
    write(r, it, file, &name);
}

fn picture(r: &Renderer<'_>, page_id: Option<&str>, names: &[String]) -> Option<FileLink> {
    let own = r.page().content_id;
    let owners = page_id.into_iter().chain([own.as_str()]);
    owners
        .flat_map(|owner| names.iter().map(move |name| (owner, name)))
        .filter_map(|(owner, name)| r.library.file(owner, name))
        .find(|file| file.media_type.starts_with("image/"))
}

fn write(r: &mut Renderer<'_>, it: &Macro<'_>, file: Option<FileLink>, name: &str) {
    match (file, it.plain_body()) {
        (Some(file), _) => write_picture(r, &file, name),
        (None, Some(source)) => {
            r.findings.note(FindingKind::MissingDiagram {
                name: short(it.name),
            });
            code::write_block(r, &code::Block::plain(&diagram_source(&source)));
        }
        (None, None) => write_missing(r, if name.is_empty() { it.name } else { name }),
    }
}

/// Newer PlantUML apps wrap the text in JSON.
fn diagram_source(body: &str) -> String {
    let wrapped = serde_json::from_str::<serde_json::Value>(body).ok();
    wrapped
        .and_then(|json| Some(json.get("umlDefinition")?.as_str()?.to_owned()))
        .unwrap_or_else(|| body.to_owned())
}

fn write_picture(r: &mut Renderer<'_>, file: &FileLink, name: &str) {
    r.wrap("figure", &[("class", "picture diagram")], |r| {
        media::render_file(r, file, Look::described(&format!("Diagram: {name}")));
    });
}

fn write_missing(r: &mut Renderer<'_>, name: &str) {
    let name = short(name);
    r.placeholder(&format!("The diagram “{name}” cannot be shown here."));
    r.findings.note(FindingKind::MissingDiagram { name });
}

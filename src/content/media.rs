//! Pictures: from attachments, with size, place and caption.
//!
//! Pictures of other web sites are never loaded, since that would tell their owners who reads the page.

use url::Url;

use super::dom::Element;
use super::emoji;
use super::files;
use super::finding::FindingKind;
use super::library::FileLink;
use super::links::{self, Destination};
use super::macros::{self, Macro, MacroTable};
use super::output::collapse;
use super::renderer::Renderer;
use super::wiki_url::{self, WikiTarget};

pub(super) const MACROS: MacroTable = &[
    ("multimedia", render_multimedia),
    ("widget", render_embedded_page),
    ("iframe", render_embedded_page),
];

const THUMBNAIL_WIDTH: u32 = 300;

/// How a picture is shown, whatever element asked for it.
#[derive(Debug, Default)]
pub(super) struct Look {
    width: Option<u32>,
    height: Option<u32>,
    alt: String,
    title: Option<String>,
    classes: String,
}

impl Look {
    /// A picture in its own size with this description.
    pub(super) fn described(alt: &str) -> Self {
        Self {
            alt: alt.to_owned(),
            ..Self::default()
        }
    }
}

/// Whether an `ac:image` is a block of its own rather than a picture in a line.
pub(super) fn is_figure(image: &Element) -> bool {
    image.child("ac:caption").is_some() || place(image).is_some()
}

fn place(image: &Element) -> Option<&'static str> {
    let wanted = image
        .attribute("ac:align")
        .or(image.attribute("ac:layout"))?;
    match wanted {
        "center" | "wide" | "full-width" => Some("picture-center"),
        "left" | "wrap-left" | "align-start" => Some("picture-left"),
        "right" | "wrap-right" | "align-end" => Some("picture-right"),
        _ => None,
    }
}

pub(super) fn render_ac_image(r: &mut Renderer<'_>, image: &Element) {
    if !is_figure(image) {
        return render_picture(r, image);
    }
    let class = format!("picture {}", place(image).unwrap_or_default());
    r.wrap("figure", &[("class", class.trim())], |r| {
        render_picture(r, image);
        if let Some(caption) = image.child("ac:caption") {
            r.wrap("figcaption", &[], |r| r.nodes(&caption.children));
        }
    });
}

/// `<img>`, which pasted pages have.
pub(super) fn render_img(r: &mut Renderer<'_>, image: &Element) {
    if let Some(emoticon) = emoji::of_img(image) {
        return r.out.text(&emoticon);
    }
    let address = image.attribute("src").unwrap_or_default();
    render_by_address(r, address, look_of(image, ""));
}

fn render_picture(r: &mut Renderer<'_>, image: &Element) {
    let look = look_of(image, "ac:");
    if let Some(address) = image
        .child("ri:url")
        .and_then(|url| url.attribute("ri:value"))
    {
        return render_by_address(r, address, look);
    }
    let Some(target) = image.child("ri:attachment") else {
        return;
    };
    match links::find_attachment(r, target) {
        Some(file) => {
            let to = match image.attribute("ac:href") {
                Some(address) => links::of_address(r, address).0,
                None if look.classes.contains("thumbnail") => Destination::Inside(file.url.clone()),
                None => Destination::Nowhere,
            };
            links::write(r, &to, |r| render_file(r, &file, look));
        }
        None => render_missing(r, target.attribute("ri:filename").unwrap_or_default()),
    }
}

fn look_of(image: &Element, prefix: &str) -> Look {
    let attribute = |name: &str| image.attribute(&format!("{prefix}{name}"));
    let pixels = |name: &str| {
        let value = attribute(name)?.trim_end_matches("px");
        value
            .parse::<f32>()
            .ok()
            .map(|value| value.clamp(1.0, 5000.0) as u32)
    };
    let thumbnail = attribute("thumbnail") == Some("true");
    let border = attribute("border") == Some("true");
    let mut classes = Vec::new();
    classes.extend(thumbnail.then_some("thumbnail"));
    classes.extend(border.then_some("bordered"));
    let standard = thumbnail.then_some(THUMBNAIL_WIDTH);
    let given = pixels("width").is_some() || pixels("height").is_some();
    Look {
        width: pixels("width").or(if given { None } else { standard }),
        height: pixels("height"),
        alt: attribute("alt").unwrap_or_default().to_owned(),
        title: attribute("title").map(str::to_owned),
        classes: classes.join(" "),
    }
}

/// A picture at an address: an attachment of the wiki, or a picture that is not loaded but may be linked.
fn render_by_address(r: &mut Renderer<'_>, address: &str, look: Look) {
    if let Some(wiki) = wiki_url::recognise(address, r.options.wiki_hosts) {
        let file = match &wiki.target {
            WikiTarget::File { content_id, name } => links::find_file(r, content_id, name),
            _ => None,
        };
        match file {
            Some(file) => render_file(r, &file, look),
            None => render_missing(r, &look.alt),
        }
        return;
    }
    let host = Url::parse(address)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    let Some(host) = host else {
        return render_missing(r, &look.alt);
    };
    r.findings
        .note(FindingKind::ExternalImage { host: host.clone() });
    let (to, _) = links::of_address(r, address);
    let label = match look.alt.as_str() {
        "" => format!("Picture on {host}"),
        alt => format!("Picture on {host}: {alt}"),
    };
    links::write(r, &to, |r| {
        r.wrap("span", &[("class", "picture-elsewhere")], |r| {
            r.out.label(&label)
        });
    });
}

fn render_missing(r: &mut Renderer<'_>, name: &str) {
    r.placeholder(&match name {
        "" => "A picture is missing here.".to_owned(),
        name => format!("A picture is missing here ({name})."),
    });
}

/// Writes an attachment as what it is: picture, film, sound, or a link to a file.
pub(super) fn render_file(r: &mut Renderer<'_>, file: &FileLink, look: Look) {
    match file.media_type.split('/').next() {
        Some("image") => write_img(r, file, &look),
        Some(kind @ ("video" | "audio")) => write_player(r, kind, file, &look),
        _ => files::write_card(r, file),
    }
}

fn write_img(r: &mut Renderer<'_>, file: &FileLink, look: &Look) {
    let (width, height) = size(file, look);
    let width = width.map(|width| width.to_string());
    let height = height.map(|height| height.to_string());
    let alt = collapse(&look.alt);
    let mut attributes = vec![
        ("src", file.url.as_str()),
        ("alt", alt.as_str()),
        ("loading", "lazy"),
        ("class", look.classes.as_str()),
    ];
    attributes.extend(width.as_deref().map(|width| ("width", width)));
    attributes.extend(height.as_deref().map(|height| ("height", height)));
    attributes.extend(look.title.as_deref().map(|title| ("title", title)));
    r.out.open("img", &attributes);
}

/// Both sides whenever the picture's shape is known, so that text does not jump while pictures load.
fn size(file: &FileLink, look: &Look) -> (Option<u32>, Option<u32>) {
    let (Some(own_width), Some(own_height)) = (file.width, file.height) else {
        return (look.width, look.height);
    };
    let scaled = |side: u32, by: u32, of: u32| {
        let pixels = u64::from(side) * u64::from(by) / u64::from(of.max(1));
        u32::try_from(pixels).ok()
    };
    match (look.width, look.height) {
        (None, None) => (Some(own_width), Some(own_height)),
        (Some(width), None) => (Some(width), scaled(own_height, width, own_width)),
        (None, Some(height)) => (scaled(own_width, height, own_height), Some(height)),
        given => given,
    }
}

fn write_player(r: &mut Renderer<'_>, tag: &str, file: &FileLink, look: &Look) {
    let width = look.width.map(|width| width.to_string());
    let mut attributes = vec![
        ("src", file.url.as_str()),
        ("controls", ""),
        ("preload", "metadata"),
    ];
    if tag == "video" {
        attributes.extend(width.as_deref().map(|width| ("width", width)));
    }
    r.wrap(tag, &attributes, |r| files::write_link(r, file));
}

fn render_multimedia(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let Some(file) = files::named_file(r, it) else {
        return render_missing(r, "");
    };
    let look = Look {
        width: it.number("width"),
        ..Look::default()
    };
    render_file(r, &file, look);
}

/// A page or film of another site inside this one becomes a link to it.
fn render_embedded_page(r: &mut Renderer<'_>, it: &Macro<'_>) {
    let address = it
        .resource("url", "ri:url")
        .and_then(|url| url.attribute("ri:value").map(str::to_owned))
        .or_else(|| it.text("url"))
        .or_else(|| it.text("src"));
    match address.map(|address| links::of_address(r, &address).0) {
        Some(Destination::Web(address)) => {
            r.wrap("p", &[("class", "embedded-page")], |r| {
                links::write(r, &Destination::Web(address.clone()), |r| {
                    r.out.text(&address)
                });
            });
        }
        _ => macros::render_unknown(r, it),
    }
}

//! Which files an export view shows, by the ids that Confluence writes on its pictures.

use super::html;
use crate::content::dom::{self, Element};

/// A file that a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownFile {
    /// The page it hangs on, which may be another one.
    pub content_id: String,
    /// Digits, without the `att` that Cloud's API puts before them.
    pub attachment_id: String,
}

/// Pictures and previews, not links: a link to a file shows nothing of it.
pub fn shown_files(view: &str) -> Vec<ShownFile> {
    let parsed = html::parse(view);
    let mut files: Vec<ShownFile> = Vec::new();
    dom::visit(&parsed.nodes, &mut |element| {
        if let Some(file) = shown_by(element)
            && !files.contains(&file)
        {
            files.push(file);
        }
    });
    files
}

fn shown_by(element: &Element) -> Option<ShownFile> {
    let classes = element.attribute("class").unwrap_or_default();
    let is_preview = classes
        .split_ascii_whitespace()
        .any(|class| class == "confluence-embedded-file");
    if element.name != "img" && !is_preview {
        return None;
    }
    let id = |name: &str| {
        let digits = element.attribute(name)?;
        let is_id = !digits.is_empty() && digits.len() <= 20;
        (is_id && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.to_owned())
    };
    Some(ShownFile {
        content_id: id("data-linked-resource-container-id")?,
        attachment_id: id("data-linked-resource-id")?,
    })
}

#[cfg(test)]
mod tests {
    use super::shown_files;

    #[test]
    fn pictures_are_shown_and_links_are_not() {
        let view = r#"<p><img data-linked-resource-id="7" data-linked-resource-container-id="1" src="x">
            <img data-linked-resource-id="7" data-linked-resource-container-id="1" src="y">
            <a class="confluence-embedded-file" data-linked-resource-id="8" data-linked-resource-container-id="2">f</a>
            <a data-linked-resource-type="attachment" data-linked-resource-id="9" data-linked-resource-container-id="3">g</a>
            <img data-linked-resource-id="../1" data-linked-resource-container-id="1"></p>"#;
        let shown: Vec<(String, String)> = shown_files(view)
            .into_iter()
            .map(|file| (file.content_id, file.attachment_id))
            .collect();
        let expected =
            [("1", "7"), ("2", "8")].map(|(page, file)| (page.to_owned(), file.to_owned()));
        assert_eq!(shown, expected);
    }
}

//! What a file is served as: by its first bytes, from a closed list. What the wiki or the file name claims is only
//! believed for plain text, which browsers show and never run.

/// Enough for every signature we look for.
pub const HEAD_BYTES: usize = 4096;

/// Served as a download under a type that no browser runs.
pub const DOWNLOAD: &str = "application/octet-stream";
pub const PLAIN_TEXT: &str = "text/plain; charset=utf-8";
pub const SVG: &str = "image/svg+xml";

/// Types that browsers may show in place. SVG is among them because it runs nothing inside `<img>`; opened by itself it
/// meets a sandbox.
const SHOWN: [&str; 16] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "application/pdf",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "audio/mpeg",
    "audio/ogg",
    "audio/x-wav",
    "audio/m4a",
    "audio/x-flac",
    "audio/aac",
];

const TEXT_EXTENSIONS: [&str; 8] = ["txt", "csv", "tsv", "log", "md", "json", "yaml", "yml"];

/// `head` is the file's beginning, up to [`HEAD_BYTES`].
pub fn detect(file_name: &str, head: &[u8]) -> &'static str {
    if let Some(known) = infer::get(head) {
        let shown = SHOWN.into_iter().find(|shown| *shown == known.mime_type());
        if let Some(shown) = shown {
            return shown;
        }
    }
    let extension = file_name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default();
    let is_text = is_utf8_so_far(head) && !head.contains(&0);
    if is_text && extension == "svg" && contains_svg_root(head) {
        SVG
    } else if is_text && TEXT_EXTENSIONS.contains(&extension.as_str()) {
        PLAIN_TEXT
    } else {
        DOWNLOAD
    }
}

/// What a file is taken for until its bytes were fetched, by what the wiki claims: enough to lay out a page, never to
/// serve it.
pub fn guess(claimed: Option<&str>) -> &'static str {
    let claimed = claimed
        .and_then(|claimed| claimed.split(';').next())
        .unwrap_or_default()
        .trim();
    let mut known = SHOWN.into_iter().chain([SVG]);
    known
        .find(|shown| shown.eq_ignore_ascii_case(claimed))
        .unwrap_or(DOWNLOAD)
}

/// A short word for readers: by the name, because that is what they chose the file by.
pub fn label(file_name: &str, media_type: &str) -> String {
    let extension = file_name
        .rsplit_once('.')
        .map(|(_, extension)| extension)
        .unwrap_or_default();
    match media_type.split('/').next() {
        Some("image") => "Image".to_owned(),
        Some("video") => "Video".to_owned(),
        Some("audio") => "Audio".to_owned(),
        _ => match extension.to_ascii_lowercase().as_str() {
            "doc" | "docx" | "odt" | "rtf" => "Document".to_owned(),
            "xls" | "xlsx" | "ods" | "csv" | "tsv" => "Spreadsheet".to_owned(),
            "ppt" | "pptx" | "odp" => "Slides".to_owned(),
            "zip" | "gz" | "7z" | "tar" | "rar" => "Archive".to_owned(),
            "" => "File".to_owned(),
            known if known.len() <= 5 && known.is_ascii() => known.to_ascii_uppercase(),
            _ => "File".to_owned(),
        },
    }
}

/// A cut in the middle of a character at the end of `head` does not count.
fn is_utf8_so_far(head: &[u8]) -> bool {
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && head.len() >= HEAD_BYTES,
    }
}

fn contains_svg_root(head: &[u8]) -> bool {
    head.windows(4)
        .any(|window| window.eq_ignore_ascii_case(b"<svg"))
}

#[cfg(test)]
mod tests {
    use super::{DOWNLOAD, PLAIN_TEXT, SVG, detect};

    #[test]
    fn the_bytes_decide_not_the_name() {
        assert_eq!(detect("x.html", b"\x89PNG\r\n\x1a\n0000"), "image/png");
        assert_eq!(
            detect("x.png", b"<html><script>alert(1)</script>"),
            DOWNLOAD
        );
        assert_eq!(detect("x.pdf", b"%PDF-1.7\n"), "application/pdf");
        assert_eq!(detect("x.txt", b"<script>alert(1)</script>"), PLAIN_TEXT);
        assert_eq!(detect("x.txt", b"\x00\x01"), DOWNLOAD);
        assert_eq!(
            detect("x.svg", b"<?xml version='1.0'?><svg xmlns='x'/>"),
            SVG
        );
        assert_eq!(detect("x.svg", b"<html></html>"), DOWNLOAD);
        assert_eq!(detect("x.html", b"<svg onload=alert(1)>"), DOWNLOAD);
        assert_eq!(detect("x.xml", b"<?xml version='1.0'?><a/>"), DOWNLOAD);
        assert_eq!(detect("empty", b""), DOWNLOAD);
    }
}

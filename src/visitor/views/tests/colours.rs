//! The contrasts of `tokens.css`, by the formula of WCAG 2.2.

use crate::web::assets;

/// Text on a background: AA asks for 4.5.
const TEXT: [(&str, &str); 15] = [
    ("text", "surface"),
    ("text", "raised"),
    ("text", "accent-soft"),
    ("text", "warn-soft"),
    ("text", "danger-soft"),
    ("text", "mark"),
    ("muted", "surface"),
    ("muted", "raised"),
    ("accent", "surface"),
    ("accent", "raised"),
    ("accent", "accent-soft"),
    ("accent", "mark"),
    ("accent-hover", "surface"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
];

/// Edges of fields and the ring of focus: AA asks for 3.
const EDGES: [(&str, &str); 5] = [
    ("line-strong", "surface"),
    ("line-strong", "raised"),
    ("accent", "surface"),
    ("danger", "surface"),
    ("warn", "warn-soft"),
];

#[test]
fn light_colours_have_the_contrast_of_aa() {
    let (light, _) = themes();
    assert_eq!(too_weak(&light, &TEXT, 4.5), Vec::<String>::new());
    assert_eq!(too_weak(&light, &EDGES, 3.0), Vec::<String>::new());
}

#[test]
fn dark_colours_have_the_contrast_of_aa() {
    let (_, dark) = themes();
    assert_eq!(too_weak(&dark, &TEXT, 4.5), Vec::<String>::new());
    assert_eq!(too_weak(&dark, &EDGES, 3.0), Vec::<String>::new());
}

/// The light and the dark half of the stylesheet.
fn themes() -> (String, String) {
    let tokens = assets::find("css/tokens.css").expect("tokens.css exists");
    let css = std::str::from_utf8(&tokens.bytes).expect("UTF-8");
    let (light, dark) = css
        .split_once("prefers-color-scheme: dark")
        .expect("both themes");
    (light.to_owned(), dark.to_owned())
}

fn too_weak(theme: &str, pairs: &[(&str, &str)], wanted: f64) -> Vec<String> {
    pairs
        .iter()
        .map(|(ink, paper)| (ink, paper, contrast(theme, ink, paper)))
        .filter(|(_, _, contrast)| *contrast < wanted)
        .map(|(ink, paper, contrast)| format!("{ink} on {paper}: {contrast:.2}"))
        .collect()
}

fn contrast(theme: &str, ink: &str, paper: &str) -> f64 {
    let (ink, paper) = (luminance(theme, ink), luminance(theme, paper));
    (ink.max(paper) + 0.05) / (ink.min(paper) + 0.05)
}

fn luminance(theme: &str, token: &str) -> f64 {
    let (_, rest) = theme
        .split_once(&format!("--{token}: #"))
        .unwrap_or_else(|| panic!("no hex value for --{token}"));
    let rgb = hex::decode(&rest[..6]).expect("six hex digits");
    let linear = rgb.iter().map(|part| {
        let part = f64::from(*part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    linear
        .zip([0.2126, 0.7152, 0.0722])
        .map(|(part, weight)| part * weight)
        .sum()
}

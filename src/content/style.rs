//! The part of an element's look that is kept, as class names.
//!
//! No `style` attribute survives: the portal's Content-Security-Policy would refuse it, and classes work in light
//! and dark.

use super::colours::Hue;
use super::dom::Element;

const ALIGNMENTS: [&str; 4] = ["left", "center", "right", "justify"];

/// The classes for an element's alignment, indentation and colours.
pub(super) fn classes(element: &Element) -> String {
    let mut classes = Vec::new();
    for (property, value) in declarations(element) {
        match property.as_str() {
            "text-align" => classes.extend(alignment(&value)),
            "margin-left" | "padding-left" => classes.extend(indentation(&value)),
            "color" => classes.extend(hue_class("ink", &value)),
            "background-color" | "background" => classes.extend(hue_class("fill", &value)),
            _ => {}
        }
    }
    for (attribute, kind) in [
        ("data-highlight-colour", "fill"),
        ("bgcolor", "fill"),
        ("color", "ink"),
    ] {
        let value = element.attribute(attribute);
        classes.extend(value.and_then(|value| hue_class(kind, value)));
    }
    classes.extend(element.attribute("align").and_then(alignment));
    classes.dedup();
    classes.join(" ")
}

/// A width given by style or attribute, in pixels or per cent, as the `width` attribute takes it.
pub(super) fn width(element: &Element) -> Option<String> {
    let styled = declarations(element).find(|(property, _)| property == "width");
    let value = match styled {
        Some((_, value)) => value,
        None => element.attribute("width")?.to_owned(),
    };
    let (number, unit) = match value.strip_suffix('%') {
        Some(number) => (number, "%"),
        None => (value.strip_suffix("px").unwrap_or(&value), ""),
    };
    let number = number.trim().parse::<f32>().ok()?;
    (1.0..=5000.0)
        .contains(&number)
        .then(|| format!("{}{unit}", number.round()))
}

/// The class of a surface in the author's colour, such as `fill-blue`.
pub(super) fn hue_class(kind: &str, colour: &str) -> Option<String> {
    Hue::of(colour).map(|hue| format!("{kind}-{}", hue.name()))
}

/// The value of one property of the `style` attribute.
pub(super) fn value(element: &Element, property: &str) -> Option<String> {
    let found = declarations(element).find(|(known, _)| known == property);
    found.map(|(_, value)| value)
}

fn declarations(element: &Element) -> impl Iterator<Item = (String, String)> {
    let style = element.attribute("style").unwrap_or_default();
    style.split(';').filter_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        let property = property.trim().to_ascii_lowercase();
        Some((property, value.trim().to_ascii_lowercase()))
    })
}

fn alignment(value: &str) -> Option<String> {
    ALIGNMENTS
        .contains(&value)
        .then(|| format!("align-{value}"))
}

/// Confluence indents paragraphs by 30 pixels a step.
fn indentation(value: &str) -> Option<String> {
    let pixels = value.strip_suffix("px")?.trim().parse::<f32>().ok()?;
    let steps = (pixels / 30.0).round();
    (1.0..=6.0)
        .contains(&steps)
        .then(|| format!("indent-{steps}"))
}

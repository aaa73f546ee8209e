//! The colour maps of Cloud: `<style>[data-colorid=x]{color:#bf2600}…</style>` and the elements that name a colour.
//!
//! Nothing else of a style sheet is read.

use std::collections::HashMap;

use super::super::dom::{self, Element, Node};

const MARK: &str = "[data-colorid=";

/// Colours by their id on this page.
#[derive(Debug, Default)]
pub(super) struct Inks(HashMap<String, String>);

impl Inks {
    pub(super) fn of(page: &[Node]) -> Self {
        let mut inks = Self::default();
        dom::visit(page, &mut |element| {
            if element.name == "style" {
                inks.read(&element.text());
            }
        });
        inks
    }

    /// The `style` attribute that an element's colour would be.
    pub(super) fn style_of(&self, element: &Element) -> Option<(String, String)> {
        let colour = self.0.get(element.attribute("data-colorid")?)?;
        Some(("color".to_owned(), colour.clone()))
    }

    fn read(&mut self, sheet: &str) {
        let mut dark = false;
        for (number, rule) in sheet.split(MARK).enumerate() {
            if number > 0
                && !dark
                && let Some((id, colour)) = colour_in(rule)
            {
                self.0
                    .entry(id.to_owned())
                    .or_insert_with(|| colour.to_owned());
            }
            // What stands before a rule is at the end of the one before.
            dark = rule.trim_end().ends_with("[data-color-mode=dark]");
        }
    }
}

/// `x]{color:#bf2600}` after its beginning.
fn colour_in(rule: &str) -> Option<(&str, &str)> {
    let (id, rest) = rule.split_once(']')?;
    let rest = rest.trim_start().strip_prefix('{')?;
    let (colour, _) = rest.trim_start().strip_prefix("color:")?.split_once('}')?;
    Some((
        id.trim_matches(['"', '\'']),
        colour.trim().trim_end_matches(';'),
    ))
}

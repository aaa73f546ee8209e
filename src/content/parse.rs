//! Storage format text to a tree.
//!
//! Tolerant: markup that is not well-formed loses structure, never text. The tree is made in `tree.rs`.

use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::dom::Element;
use super::tree::{Fragment, MARK, TreeBuilder};

/// Each syntax error restarts the reader, so a body of nothing but `<` must not cost a restart per byte.
const MAX_RESTARTS: usize = 50;
/// The longest name of an entity, with some to spare.
const MAX_ENTITY_BYTES: usize = 40;

/// Parses a page body, which is a fragment: many roots, undeclared `ac:` and `ri:` prefixes, HTML's entities.
pub(super) fn parse(markup: &str) -> Fragment {
    let mut tree = TreeBuilder::default();
    let mut rest = markup;
    for _ in 0..MAX_RESTARTS {
        let Some(broken) = read_until_error(rest, &mut tree) else {
            return tree.finish();
        };
        tree.problem("a tag that never ends");
        tree.text("<");
        rest = broken;
    }
    tree.text(rest);
    tree.finish()
}

/// Reads to the end, or returns what follows the `<` that could not be read as markup.
fn read_until_error<'m>(markup: &'m str, tree: &mut TreeBuilder) -> Option<&'m str> {
    let mut reader = Reader::from_str(markup);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => tree.open(element_of(&tag)),
            Ok(Event::Empty(tag)) => tree.add(element_of(&tag).into()),
            Ok(Event::End(tag)) => tree.close(&name_of(tag.name().as_ref())),
            Ok(Event::Text(text)) => tree.text(&text),
            Ok(Event::CData(text)) => tree.text(&text),
            Ok(Event::GeneralRef(reference)) => tree.text(&resolve(&reference)),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
            Ok(Event::Eof) => return None,
            Err(_) => {
                let after = usize::try_from(reader.error_position()).ok()? + 1;
                return markup.get(after..);
            }
        }
    }
}

fn name_of(name: &str) -> String {
    name.to_ascii_lowercase()
}

fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    entity(reference).map_or_else(|| format!("&{};", &**reference), str::to_owned)
}

fn entity(name: &str) -> Option<&'static str> {
    resolve_html5_entity(name)
}

/// Replaces the entities in a text or attribute; anything that is none stays as it is.
pub(super) fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        // Looking further for the semicolon would cost the whole rest for each `&`.
        let near = after.get(..after.floor_char_boundary(MAX_ENTITY_BYTES + 1));
        match near.and_then(|near| near.split_once(';')) {
            Some((name, _)) if !name.contains('&') => {
                text.push_str(&resolve(&BytesRef::new(name)));
                rest = after.get(name.len() + 1..).unwrap_or_default();
            }
            _ => {
                text.push('&');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

fn element_of(tag: &BytesStart<'_>) -> Element {
    let mut element = Element::new(&name_of(tag.name().as_ref()));
    let mut attributes = tag.html_attributes();
    for attribute in attributes.with_checks(false).flatten() {
        element.attributes.push((
            name_of(attribute.key.as_ref()),
            unescape(&attribute.value).replace([MARK, '\0'], ""),
        ));
    }
    element
}

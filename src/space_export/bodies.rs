//! Pass 2: the bodies of the exported pages, one at a time.

use std::collections::HashSet;
use std::io::Read;
use std::ops::ControlFlow;

use super::assemble::Content;
use super::collect::is_page;
use super::entities::Entities;
use super::error::ExportError;
use super::limits::Limits;
use super::model::{BodyFormat, ExportedBody};
use super::object::{Keep, Object};

pub(super) const BODIES: &Keep = &Keep {
    names: &["body", "bodyType", "content"],
    text_bytes: usize::MAX,
};

/// Calls `f` once per page that has a readable body, in the order of the file.
pub(super) fn for_each(
    entities: impl Read,
    content: &Content,
    unmarked: BodyFormat,
    limits: &Limits,
    mut f: impl FnMut(ExportedBody) -> ControlFlow<()>,
) -> Result<(), ExportError> {
    let mut entities = Entities::new(entities, BODIES, limits);
    let mut done = HashSet::new();
    while let Some(mut object) = entities.next_object()? {
        let (Some(page_id), Some(format)) =
            (page_of(&object, content), format_of(&object, unmarked))
        else {
            continue;
        };
        let Some(body) = object.take_text("body") else {
            continue;
        };
        if done.insert(page_id)
            && f(ExportedBody {
                page_id,
                format,
                body,
            })
            .is_break()
        {
            break;
        }
    }
    Ok(())
}

/// The body names its page, or, in some exports, only the page names its body.
fn page_of(object: &Object, content: &Content) -> Option<u64> {
    if object.class != "BodyContent" || !is_page(object) {
        return None;
    }
    match object.reference("content") {
        Some(page) => Some(page).filter(|&page| content.is_page(page)),
        None => content.pages_of_bodies.get(&object.id()?).copied(),
    }
}

/// 1 is the raw data of apps, and there may be more to come.
fn format_of(object: &Object, unmarked: BodyFormat) -> Option<BodyFormat> {
    match object.text("bodyType") {
        Some("2") => Some(BodyFormat::Storage),
        Some("0") => Some(BodyFormat::WikiMarkup),
        None => Some(unmarked),
        Some(_) => None,
    }
}

//! From a page as a site lists it to what is stored of it before its body.

use crate::confluence::model::{ContentKind, ListedPage};
use crate::pages::model::PageKind;
use crate::pages::store::outline::Outline;

/// Its position is only known among its siblings.
pub(super) fn outline_of(page: &ListedPage) -> Outline<'_> {
    Outline {
        content_id: &page.id,
        kind: match page.kind {
            ContentKind::Page | ContentKind::Folder => PageKind::Page,
            ContentKind::BlogPost => PageKind::BlogPost,
        },
        space_key: &page.space_key,
        title: &page.title,
        parent_content_id: page.parent_id.as_deref(),
        position: None,
        // A folder has none, and 0 is the version of a page without a body.
        version: page.version.max(1),
        author_name: page.author_name.as_deref(),
        created_at: page.created_at,
        modified_at: page.modified_at,
        view_restricted: page.view_restricted,
        labels: page.labels.as_deref(),
    }
}

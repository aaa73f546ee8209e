//! From a share to the content it may show: the bridge between `shares` and `pages`, which do not know each other.

use crate::pages::scope::{self, ContentScope, PageLimits, Reach, Viewers};
use crate::shares::share::{RestrictedPages, Scope, Share};
use crate::shares::store::ContentSource;

/// What of the wiki this share may show, and as whom.
pub fn content_scope(share: &Share, source: ContentSource) -> ContentScope {
    let reach = match &share.scope {
        Scope::Page { root } | Scope::BlogPost { root } => Reach::One { root: root.clone() },
        Scope::Tree { root } => Reach::Tree { root: root.clone() },
        Scope::Space { home } => Reach::Space { home: home.clone() },
    };
    ContentScope {
        connection_id: share.connection_id,
        space_key: share.space_key.clone(),
        reach,
        limits: PageLimits {
            restricted_pages: match share.restricted_pages {
                RestrictedPages::None => scope::RestrictedPages::None,
                RestrictedPages::Root => scope::RestrictedPages::Root,
                RestrictedPages::All => scope::RestrictedPages::All,
            },
            include_labels: share.include_labels.entries().to_vec(),
            exclude_labels: share.exclude_labels.entries().to_vec(),
        },
        viewers: (source == ContentSource::App).then(|| Viewers {
            creator: share.creator.person.clone(),
            stand_in: share.creator.stand_in.clone(),
        }),
    }
}

//! The fixed words of the API: what may stand in `scope`, `state`, the options of a share and the activity.

use std::fmt::{self, Display};

use serde::de::value::StringDeserializer;
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::shares::share::{ExternalLinks, RestrictedPages, ScopeKind};
use crate::shares::store::listing::ShareState;

/// Reads one word; the error lists those that are possible.
pub(super) fn read_word<T: DeserializeOwned>(text: String) -> Result<T, UnknownWord> {
    T::deserialize(StringDeserializer::new(text))
}

#[derive(Debug)]
pub(super) struct UnknownWord {
    possible: &'static [&'static str],
}

impl Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "This must be one of: {}.", self.possible.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

impl de::Error for UnknownWord {
    /// Of a plain enum and a string only an unknown variant can come.
    fn custom<T: Display>(_message: T) -> Self {
        Self { possible: &[] }
    }

    fn unknown_variant(_variant: &str, expected: &'static [&'static str]) -> Self {
        Self { possible: expected }
    }
}

/// What of the wiki a share shows.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Scope)]
pub(super) enum ScopeWord {
    /// One page alone.
    Page,
    /// A page and everything below it.
    Tree,
    /// Every page and blog post of a space.
    Space,
    /// One blog post.
    BlogPost,
}

impl From<ScopeKind> for ScopeWord {
    fn from(kind: ScopeKind) -> Self {
        match kind {
            ScopeKind::Page => Self::Page,
            ScopeKind::Tree => Self::Tree,
            ScopeKind::Space => Self::Space,
            ScopeKind::BlogPost => Self::BlogPost,
        }
    }
}

impl From<ScopeWord> for ScopeKind {
    fn from(word: ScopeWord) -> Self {
        match word {
            ScopeWord::Page => Self::Page,
            ScopeWord::Tree => Self::Tree,
            ScopeWord::Space => Self::Space,
            ScopeWord::BlogPost => Self::BlogPost,
        }
    }
}

/// What becomes of links to the outside web; links to the wiki itself never stay links.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExternalLinks)]
pub(super) enum ExternalLinksWord {
    Keep,
    PlainText,
}

impl From<ExternalLinks> for ExternalLinksWord {
    fn from(links: ExternalLinks) -> Self {
        match links {
            ExternalLinks::Keep => Self::Keep,
            ExternalLinks::PlainText => Self::PlainText,
        }
    }
}

impl From<ExternalLinksWord> for ExternalLinks {
    fn from(word: ExternalLinksWord) -> Self {
        match word {
            ExternalLinksWord::Keep => Self::Keep,
            ExternalLinksWord::PlainText => Self::PlainText,
        }
    }
}

/// Which pages with a view restriction in the wiki are shown; with such a page goes everything below it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RestrictedPages)]
pub(super) enum RestrictedPagesWord {
    None,
    /// The root page alone. A share of a space has no such page.
    Root,
    All,
}

impl From<RestrictedPages> for RestrictedPagesWord {
    fn from(pages: RestrictedPages) -> Self {
        match pages {
            RestrictedPages::None => Self::None,
            RestrictedPages::Root => Self::Root,
            RestrictedPages::All => Self::All,
        }
    }
}

impl From<RestrictedPagesWord> for RestrictedPages {
    fn from(word: RestrictedPagesWord) -> Self {
        match word {
            RestrictedPagesWord::None => Self::None,
            RestrictedPagesWord::Root => Self::Root,
            RestrictedPagesWord::All => Self::All,
        }
    }
}

/// Which shares to list.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ShareState)]
pub(super) enum StateWord {
    /// Answers now.
    Active,
    Disabled,
    /// Starts later.
    Scheduled,
    /// Its end has passed.
    Ended,
}

impl From<StateWord> for ShareState {
    fn from(word: StateWord) -> Self {
        match word {
            StateWord::Active => Self::Active,
            StateWord::Disabled => Self::Disabled,
            StateWord::Scheduled => Self::Scheduled,
            StateWord::Ended => Self::Ended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ScopeWord, read_word};

    #[test]
    fn a_word_that_is_none_of_them_is_refused_with_all_of_them() {
        assert!(matches!(
            read_word("blogPost".to_owned()),
            Ok(ScopeWord::BlogPost)
        ));
        let refusal = read_word::<ScopeWord>("blog_post".to_owned()).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "This must be one of: page, tree, space, blogPost."
        );
    }
}

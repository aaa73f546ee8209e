//! What came of a look at a page with the eyes of a share's people. How a look is taken is `live::look`'s subject.

use crate::pages::scope::Eyes;

/// In whose name Confluence rendered a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeenAs {
    Maker,
    StandIn,
    /// The app's own user.
    App,
    /// Nobody: the storage format is rendered by us.
    Nobody,
}

impl SeenAs {
    const ALL: [Self; 4] = [Self::Maker, Self::StandIn, Self::App, Self::Nobody];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::StandIn => "stand_in",
            Self::App => "app",
            Self::Nobody => "none",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|seen| seen.as_str() == word)
    }
}

/// A finished look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub seen_as: SeenAs,
    /// The export view; `None` when there was none to be had.
    pub body: Option<String>,
    /// The maker may not see the page, so the share does not show it.
    pub withheld: bool,
    /// Why it is not as the maker sees it: a sentence for the admin.
    pub reason: Option<String>,
}

/// Eyes that are to look at a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedEyes {
    pub eyes: Eyes,
    /// They have looked before, so that readers do not wait.
    pub have_looked: bool,
}

//! A page as Confluence renders it for a share's viewers. How that is had is `cloud_app::viewer_rendering`'s subject.

use crate::pages::scope::Viewers;

/// In whose name Confluence rendered a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Viewer {
    Creator,
    StandIn,
    /// The app's own user.
    App,
    /// Nobody: the storage format is rendered by us.
    Nobody,
}

impl Viewer {
    const ALL: [Self; 4] = [Self::Creator, Self::StandIn, Self::App, Self::Nobody];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::StandIn => "stand_in",
            Self::App => "app",
            Self::Nobody => "none",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|viewer| viewer.as_str() == word)
    }
}

/// What came of having a page rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewerRendering {
    pub viewer: Viewer,
    /// The export view; `None` when there was none to be had.
    pub body: Option<String>,
    /// The creator may not see the page, so the share does not show it.
    pub withheld: bool,
    /// Why it is not as the creator sees it: a sentence for the admin.
    pub reason: Option<String>,
}

/// A rendering that is wanted of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedRendering {
    pub viewers: Viewers,
    /// There was one before, so that readers do not wait.
    pub is_rendered: bool,
}

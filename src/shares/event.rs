//! What is recorded of visits: ways in, refusals and what became of frames, for the share's admin. Never a token, a
//! password, an address or a path.

use time::OffsetDateTime;

use super::embed_origins::Origin;
use super::share::ShareId;
use super::unlock_token::{Accepted, Refused};

/// Something that happened at a share's door.
#[derive(Debug)]
pub enum Event {
    PasswordAccepted,
    PasswordRefused,
    PasswordThrottled,
    TokenAccepted(Accepted),
    TokenRefused(Refused),
    /// The framed browser gave its cookie back after an unlock: the page loads.
    CookieKept,
    /// It did not.
    CookieRefused,
    /// A visitor whose browser refused the cookie goes on by a key in the path.
    CookielessPass,
    /// A site that may show the share in a frame opened a page of it there.
    FramedView,
    /// The browser does not show the frame.
    FrameBlocked(Noticed),
    /// Something else on a page of the share broke its Content-Security-Policy.
    PolicyReport {
        directive: &'static str,
    },
}

/// How it is known that a browser blocks a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noticed {
    /// By the request for the frame, which names a site that is not listed.
    ByRequest,
    /// By the browser's report.
    ByReport,
    /// By the browser's report, though the site that it names is listed: that site's page stands in a frame itself, of a
    /// site that is not.
    OuterFrame,
}

impl Noticed {
    /// The word in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByRequest => "request",
            Self::ByReport => "report",
            Self::OuterFrame => "outer_frame",
        }
    }
}

/// Who is at the door, as far as the browser says it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Visitor {
    pub embedder: Embedder,
    pub browser: BrowserFamily,
}

/// The site around the frame that a page of the share stands in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Embedder {
    /// There is no frame.
    Nobody,
    /// The browser does not say which.
    Unknown,
    Site(Origin),
}

impl Visitor {
    /// The same visitor in a frame of this site: what is known from an earlier request, where a redirect has hidden it.
    pub fn in_frame_of(self, site: Option<Origin>) -> Self {
        Self {
            embedder: site.map_or(Embedder::Unknown, Embedder::Site),
            ..self
        }
    }
}

impl Embedder {
    pub fn site(&self) -> Option<&Origin> {
        match self {
            Self::Site(origin) => Some(origin),
            Self::Nobody | Self::Unknown => None,
        }
    }
}

/// Browsers that treat cookies alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BrowserFamily {
    Chrome,
    Edge,
    Firefox,
    Safari,
    Other,
}

impl BrowserFamily {
    pub const ALL: [Self; 5] = [
        Self::Chrome,
        Self::Edge,
        Self::Firefox,
        Self::Safari,
        Self::Other,
    ];

    /// The word in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chrome => "chrome",
            Self::Edge => "edge",
            Self::Firefox => "firefox",
            Self::Safari => "safari",
            Self::Other => "other",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == word)
    }
}

/// An event on its way to the database.
#[derive(Debug)]
pub struct NewEvent {
    pub share: ShareId,
    pub event: Event,
    pub visitor: Visitor,
    pub at: OffsetDateTime,
}

/// A stored event, as the admin page and the API list it.
#[derive(Debug)]
pub struct StoredEvent {
    pub id: i64,
    pub at: OffsetDateTime,
    /// As in `Event`, in snake case.
    pub kind: String,
    /// The refusal code of the token rule, how a blocked frame was noticed, or the directive of a report.
    pub code: Option<String>,
    /// Unix seconds.
    pub token_not_before: Option<i64>,
    pub token_expires: Option<i64>,
    /// How far the client's clock seems ahead of ours.
    pub clock_difference_seconds: Option<i64>,
    pub signing_key: Option<String>,
    pub framed: bool,
    pub embed_origin: Option<String>,
    pub browser: Option<String>,
}

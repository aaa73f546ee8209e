//! The page that only says something: every refusal and failure a browser can meet is one [`MessagePage`] with other
//! words. The words are chosen in `error`.

use askama::Template;

use super::frame_status::FrameStatus;
use crate::shares::access::Destination;

/// Where the page is shown. In a frame the chrome is slimmer: the client's site already says where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// A browser tab of its own.
    Top,
    /// An iframe of a client's site.
    Framed,
}

impl Context {
    pub fn of(destination: Destination) -> Self {
        match destination {
            Destination::Frame => Self::Framed,
            Destination::Tab | Destination::Part | Destination::Unknown => Self::Top,
        }
    }

    /// The class of `<body>`.
    pub fn class(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Framed => "framed",
        }
    }

    /// Whether the page is inside somebody else's page.
    pub fn is_framed(self) -> bool {
        self == Self::Framed
    }
}

/// A link to another page of the share.
#[derive(Debug, Clone)]
pub struct Link {
    /// The page's title.
    pub title: String,
    /// Its path.
    pub url: String,
}

/// A title, a few sentences, perhaps one way on.
#[derive(Debug, Clone, Template)]
#[template(path = "visitor/message.html")]
pub struct MessagePage {
    pub context: Context,
    /// What the site around the frame is told.
    pub frame: Option<FrameStatus>,
    pub title: String,
    /// One paragraph each.
    pub sentences: Vec<String>,
    /// Something to copy, such as the right form of an address.
    pub example: Option<String>,
    pub action: Option<Link>,
    /// What to tell the operator; given when it was our fault.
    pub request_id: Option<String>,
}

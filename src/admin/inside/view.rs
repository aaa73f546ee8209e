//! What of the portal is shown inside Confluence: the dialog of a page, the list of a space, the list of a site.

use serde::{Deserialize, Serialize};
use url::form_urlencoded;
use uuid::Uuid;

/// What somebody in Confluence opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "view", rename_all = "snake_case")]
pub enum View {
    /// Sharing one page.
    Share {
        page: String,
        space: String,
    },
    Space {
        space: String,
    },
    Admin,
}

/// The names that the three go by in addresses and calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewName {
    Share,
    Space,
    Admin,
}

impl View {
    /// `None` where Confluence names no page or space, as of a draft that was never published.
    pub fn new(name: ViewName, page: Option<&str>, space: Option<&str>) -> Option<Self> {
        let page = page.filter(|page| is_content_id(page)).map(str::to_owned);
        let space = space.filter(|space| is_space_key(space)).map(str::to_owned);
        match name {
            ViewName::Share => Some(Self::Share {
                page: page?,
                space: space.unwrap_or_default(),
            }),
            ViewName::Space => Some(Self::Space { space: space? }),
            ViewName::Admin => Some(Self::Admin),
        }
    }

    pub fn page(&self) -> Option<&str> {
        match self {
            Self::Share { page, .. } => Some(page),
            Self::Space { .. } | Self::Admin => None,
        }
    }

    pub fn space(&self) -> Option<&str> {
        match self {
            Self::Share { space, .. } | Self::Space { space } => {
                Some(space.as_str()).filter(|space| !space.is_empty())
            }
            Self::Admin => None,
        }
    }

    /// The address of its page. `at` says to whom the answer is to be shown whose browser brings no cookie.
    pub fn path(&self, at: Uuid) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(page) = self.page() {
            query.append_pair("page", page);
        }
        if let Some(space) = self.space() {
            query.append_pair("space", space);
        }
        query.append_pair("at", &at.to_string());
        let name = match self {
            Self::Share { .. } => "share",
            Self::Space { .. } => "space",
            Self::Admin => "admin",
        };
        format!("/admin/inside/{name}?{}", query.finish())
    }
}

fn is_content_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Personal spaces have keys such as `~712020abc` and `~ada.lovelace`.
fn is_space_key(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"~._-@".contains(&byte);
    (1..=255).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{View, ViewName};

    #[test]
    fn a_view_needs_what_it_shows() {
        let of = |name, page, space| View::new(name, page, space).is_some();
        assert!(of(ViewName::Share, Some("98"), Some("DOC")));
        assert!(of(ViewName::Share, Some("98"), None));
        assert!(of(ViewName::Space, None, Some("~ada.lovelace")));
        assert!(of(ViewName::Admin, None, None));
        for draft in [None, Some(""), Some("{content.id}"), Some("9 8")] {
            assert!(!of(ViewName::Share, draft, Some("DOC")), "{draft:?}");
        }
        assert!(!of(ViewName::Space, None, Some("{space.key}")));
    }

    #[test]
    fn its_address_names_all_that_it_shows() {
        let view = View::new(ViewName::Share, Some("98"), Some("~ada")).unwrap();
        assert_eq!(
            view.path(Uuid::nil()),
            "/admin/inside/share?page=98&space=%7Eada&at=00000000-0000-0000-0000-000000000000"
        );
    }
}

//! The paths of a share's pages: what they begin with, and which of those that somebody names are inside the share.

use url::Url;

use crate::shares::share::ShareId;

/// `/content/{share}`.
pub fn base_path(share: ShareId) -> String {
    format!("/content/{share}")
}

/// A path without the key of a visitor without cookies.
pub fn without_key(path: &str) -> &str {
    let below = path
        .strip_prefix("/e/")
        .and_then(|rest| rest.find('/').and_then(|end| rest.get(end..)));
    below.unwrap_or(path)
}

/// Where to go after a way in: an address of this share, or else its start.
///
/// Judged after resolving, as a browser does it: `%2e%2e` is `..` there.
pub fn next_inside(share: ShareId, next: Option<&str>) -> String {
    let base = base_path(share);
    let resolved = next.filter(|next| next.starts_with('/')).and_then(|next| {
        let here = Url::parse("http://portal.invalid/").ok()?;
        here.join(next)
            .ok()
            .filter(|url| url.origin() == here.origin())
    });
    let Some(url) = resolved else { return base };
    let inside = match url.path().strip_prefix(&base) {
        // The addresses of forms show nothing.
        Some("/session" | "/session/end" | "/unlock" | "/open") | None => false,
        Some(below) => below.is_empty() || below.starts_with('/'),
    };
    match url.query() {
        _ if !inside => base,
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{next_inside, without_key};
    use crate::shares::share::ShareId;

    #[test]
    fn a_path_loses_its_key_and_nothing_else() {
        assert_eq!(without_key("/e/key/content/s/1"), "/content/s/1");
        assert_eq!(without_key("/content/s/e/1"), "/content/s/e/1");
        assert_eq!(without_key("/e/key"), "/e/key");
    }

    #[test]
    fn after_the_password_a_visitor_stays_inside_the_share() {
        let share: ShareId = uuid::Uuid::from_u128(1).into();
        let base = format!("/content/{share}");
        let stays = format!("{base}/123?a=b");
        assert_eq!(next_inside(share, Some(&stays)), stays);
        for outside in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/admin",
            "",
            "/content/other",
        ] {
            assert_eq!(next_inside(share, Some(outside)), base, "{outside}");
        }
        assert_eq!(next_inside(share, Some(&format!("{base}evil"))), base);
        assert_eq!(
            next_inside(share, Some(&format!("{base}/../../admin"))),
            base
        );
        for outside in [
            "/%2e%2e/%2e%2e/admin",
            "/..",
            "/.%2e/B",
            "/../../admin",
            "/session",
            "/session/end",
        ] {
            assert_eq!(
                next_inside(share, Some(&format!("{base}{outside}"))),
                base,
                "{outside}"
            );
        }
        assert_eq!(
            next_inside(share, Some(&format!("{base}/77#top"))),
            format!("{base}/77")
        );
        assert_eq!(next_inside(share, None), base);
    }
}

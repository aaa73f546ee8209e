//! Where to go after signing in.

use serde::Deserialize;

/// As the gate says, and every page on the way in again.
#[derive(Deserialize)]
pub struct Destination {
    #[serde(default)]
    next: String,
}

impl Destination {
    /// As it came.
    pub fn next(&self) -> &str {
        &self.next
    }

    /// An admin page, whatever the address said.
    pub fn path(&self) -> &str {
        inside_admin(&self.next)
    }
}

/// A longer address does not fit into a cookie on the way to another system and back.
const LONGEST: usize = 1000;

/// Where to go after signing in: only to an admin page, whatever the address said.
pub(super) fn inside_admin(next: &str) -> &str {
    let is_admin = next
        .strip_prefix("/admin")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let is_sign_in = next.starts_with("/admin/sign-");
    let is_plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_admin && !is_sign_in && is_plain && next.len() <= LONGEST {
        next
    } else {
        "/admin"
    }
}

#[cfg(test)]
mod tests {
    use super::inside_admin;

    #[test]
    fn only_admin_pages_are_returned_to() {
        for inside in [
            "/admin",
            "/admin/shares/new",
            "/admin?state=ended",
            "/admin/shares/1?x=%20",
        ] {
            assert_eq!(inside_admin(inside), inside);
        }
        for outside in [
            "",
            "/",
            "/administrator",
            "//evil.example/admin",
            "https://evil.example/admin",
            "/admin\\..\\x",
            "/admin/x\r\nSet-Cookie: a=b",
            "/admin/sign-in?next=/admin",
            "/content/x",
        ] {
            assert_eq!(inside_admin(outside), "/admin", "{outside:?}");
        }
    }
}

//! The last step of rendering: an allow-list of tags and attributes. Nothing edits markup after it.

/// Markup that passed the sanitizer. Only this room makes one, so a template may print it unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SanitizedHtml(String);

impl SanitizedHtml {
    pub(super) fn clean(markup: &str) -> Self {
        Self(ammonia::clean(markup))
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

//! Pages to choose from, as the form of a new share lists them: of an import, or of a live site.

use askama::Template;
use askama::filters::HtmlSafe;

/// Pages to choose from.
#[derive(Template)]
#[template(path = "admin/shares/_page_choices.html")]
pub struct PageChoices {
    pub pages: Vec<PageChoice>,
    /// What they were searched by; empty for the first pages by title.
    pub query: String,
    /// More than are shown fit.
    pub more: bool,
    /// Of a live connection: spaces to look into.
    pub spaces: Vec<Opener>,
    /// Of a live connection: what was opened, the space first.
    pub way: Vec<Opener>,
    /// The same as its buttons send it.
    pub place: String,
    /// Why the site gave none.
    pub trouble: Option<String>,
}

/// A button that opens a space, or a page with what is below it.
pub struct Opener {
    pub value: String,
    pub label: String,
}

/// Prints itself by its own escaped template.
impl HtmlSafe for PageChoices {}

/// One page with what tells it from others of the same title.
pub struct PageChoice {
    pub content_id: String,
    pub title: String,
    /// Its space and the pages above it.
    pub place: String,
    pub is_blog_post: bool,
    pub is_folder: bool,
    pub view_restricted: bool,
    pub chosen: bool,
    /// What the button sends that shows the pages below it.
    pub opens: Option<String>,
}

impl PageChoices {
    pub fn none() -> Self {
        Self {
            pages: Vec::new(),
            query: String::new(),
            more: false,
            spaces: Vec::new(),
            way: Vec::new(),
            place: String::new(),
            trouble: None,
        }
    }

    /// There is nothing to choose or to open.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty() && self.spaces.is_empty()
    }
}

//! Every class name that rendered pages may carry: the contract between this room and `static/css/content.css`.
//!
//! Page content stands in an element of the page's template (`.page-content`); no class of the portal's own pages
//! is in this list, so that content cannot dress up as the portal.

use super::code::CLASS_PREFIX;

/// The vocabulary, by subject.
pub const CLASSES: &[&str] = &[
    // Text: alignment, indentation in steps, the author's colour of words (`ink-`) and of surfaces (`fill-`).
    "align-left",
    "align-center",
    "align-right",
    "align-justify",
    "indent-1",
    "indent-2",
    "indent-3",
    "indent-4",
    "indent-5",
    "indent-6",
    "ink-grey",
    "ink-red",
    "ink-orange",
    "ink-yellow",
    "ink-green",
    "ink-teal",
    "ink-blue",
    "ink-purple",
    "fill-grey",
    "fill-red",
    "fill-orange",
    "fill-yellow",
    "fill-green",
    "fill-teal",
    "fill-blue",
    "fill-purple",
    // Words: lozenges carry a `fill-` too; `mention` is a person, `issue-key` a Jira issue.
    "status",
    "date",
    "mention",
    "issue-key",
    "formula",
    "external",
    // Boxes. `panel` alone is the plain or author-coloured one.
    "panel",
    "panel-info",
    "panel-success",
    "panel-warning",
    "panel-error",
    "panel-note",
    "panel-title",
    "panel-body",
    "panel-icon",
    "expand",
    "included",
    "tab",
    "tab-title",
    // Lists.
    "task-list",
    "task-group",
    "task",
    "task-done",
    "task-box",
    "task-body",
    "decisions",
    "decision",
    "decided",
    "toc",
    "page-list",
    "files",
    "file-comment",
    // Tables: the scroll container, and the column of row numbers.
    "table-scroll",
    "numbering",
    // Pictures and files. `picture-elsewhere` stands for a picture of another site, which is not loaded.
    "picture",
    "picture-left",
    "picture-center",
    "picture-right",
    "picture-elsewhere",
    "thumbnail",
    "bordered",
    "diagram",
    "gallery",
    "gallery-title",
    "file",
    "file-card",
    "file-size",
    "embedded-page",
    // Code: `code` is the block, `line-numbers` its gutter; tokens have classes of their own, see `code.css`.
    "code",
    "line-numbers",
    // Page layouts and columns.
    "layouts",
    "layout",
    "layout-cell",
    "columns",
    "column",
    // What cannot be shown, and the note on top of converted pages.
    "macro-placeholder",
    "conversion-note",
];

/// Classes that are one of a family.
const FAMILIES: [(&str, &[&str]); 2] = [
    (
        "layout-",
        &[
            "two-equal",
            "two-left-sidebar",
            "two-right-sidebar",
            "three-equal",
            "three-with-sidebars",
            "four-equal",
            "five-equal",
        ],
    ),
    (
        "column-",
        &["10", "20", "30", "40", "50", "60", "70", "80", "90"],
    ),
];

/// Whether a class may stay in a page.
pub(super) fn is_known(class: &str) -> bool {
    let token = |rest: &str| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_+#".contains(&b))
    };
    CLASSES.contains(&class)
        || class.strip_prefix(CLASS_PREFIX).is_some_and(token)
        || FAMILIES.iter().any(|(prefix, members)| {
            class
                .strip_prefix(prefix)
                .is_some_and(|rest| members.contains(&rest))
        })
}

//! Every class name that rendered pages may carry: the contract between this room and `static/css/content.css`.
//!
//! Page content stands in an element of the page's template (`.content`); no class of the portal's own pages
//! is in this list, so that content cannot dress up as the portal.

/// The vocabulary by subject: what it is for, and the names.
pub const CLASSES: [(&str, &str); 10] = [
    (
        "Alignment of text, and indentation in steps; `paragraph` is one with a block in it",
        "paragraph align-left align-center align-right align-justify \
         indent-1 indent-2 indent-3 indent-4 indent-5 indent-6",
    ),
    (
        "The author's colour of words (`ink-`) and of surfaces (`fill-`), as the nearest hue",
        "ink-grey ink-red ink-orange ink-yellow ink-green ink-teal ink-blue ink-purple \
         fill-grey fill-red fill-orange fill-yellow fill-green fill-teal fill-blue fill-purple",
    ),
    (
        "Words: a status lozenge (with a `fill-`), a date, a person, a Jira issue, TeX source, a link to the web",
        "status date mention issue-key formula external",
    ),
    (
        "Boxes: `panel` alone is the plain or author-coloured one; `included` is another page's text",
        "panel panel-info panel-success panel-warning panel-error panel-note \
         panel-title panel-body panel-icon expand included tab tab-title",
    ),
    (
        "Lists: tasks, decisions, the table of contents, other pages, files",
        "task-list task-group task task-done task-box task-body decisions decision decided \
         toc page-list files file-comment",
    ),
    (
        "Tables: the container that scrolls, and the cells that number rows",
        "table-scroll numbering",
    ),
    (
        "Pictures and files; `picture-elsewhere` stands for a picture of another site, which is not loaded",
        "picture picture-left picture-center picture-right picture-elsewhere thumbnail bordered diagram \
         gallery gallery-title file file-card file-size embedded-page",
    ),
    (
        "Code: the block, its gutter, its tokens",
        "code line-numbers tok-comment tok-string tok-number tok-constant tok-keyword tok-tag \
         tok-attribute tok-function tok-type tok-inserted tok-deleted",
    ),
    (
        "Page layouts (a grid of cells) and the older columns (in tenths of the width)",
        "layouts layout layout-cell layout-two-equal layout-two-left-sidebar layout-two-right-sidebar \
         layout-three-equal layout-three-with-sidebars layout-four-equal layout-five-equal \
         columns column column-10 column-20 column-30 column-40 column-50 column-60 column-70 \
         column-80 column-90",
    ),
    (
        "What cannot be shown, and the note on top of converted pages",
        "macro-placeholder conversion-note",
    ),
];

/// Whether a class may stay in a page.
pub(super) fn is_known(class: &str) -> bool {
    all().any(|known| known == class)
}

/// All names of the vocabulary.
pub fn all() -> impl Iterator<Item = &'static str> {
    CLASSES
        .iter()
        .flat_map(|(_, names)| names.split_ascii_whitespace())
}

//! Content to share: a connection with a small space, put into the database directly.

use diesel::connection::SimpleConnection as _;

use crate::support::{Portal, Visitor};

pub(super) const MANUAL: &str = "11111111-1111-4111-8111-111111111111";
pub(super) const SPARE: &str = "22222222-2222-4222-8222-222222222222";

/// Two connections. The first has a space `DOC` with the pages Home (100), Install below it (101), Secret plans (102),
/// which is restricted, and the blog post News (200).
pub(super) fn db_content(portal: &Portal) {
    let pages = [
        ("100", "page", "Home", "null", "false"),
        ("101", "page", "Install", "'100'", "false"),
        ("102", "page", "Secret plans", "'100'", "true"),
        ("200", "blog_post", "News", "null", "false"),
    ];
    let row = |(id, kind, title, parent, restricted): (&str, &str, &str, &str, &str)| {
        format!(
            "('{MANUAL}', '{id}', '{kind}', 'DOC', '{title}', {parent}, 0, '<p>{title}</p>', 'storage', 1, {restricted}, '{title}', '[]')"
        )
    };
    let sql = format!(
        "insert into connection (id, kind, name, created_at, updated_at) values
           ('{MANUAL}', 'space_export', 'Manual', now(), now()),
           ('{SPARE}', 'space_export', 'Spare', now(), now());
         insert into wiki_space values ('{MANUAL}', 'DOC', 'Documentation', '100');
         insert into page_snapshot (connection_id, content_id, kind, space_key, title, parent_content_id, position, body,
           body_format, version, view_restricted, search_text, findings) values {}",
        pages.map(row).join(", ")
    );
    portal.db(|db| db.batch_execute(&sql)).unwrap();
}

/// Makes a share of the page Home through the form and returns its admin path.
pub(super) async fn make_share(browser: &Visitor, name: &str, password: &str) -> String {
    let fields = [
        ("step", "create"),
        ("scope", "page"),
        ("connection", MANUAL),
        ("page", "100"),
        ("name", name),
        ("password", password),
        ("pass_lifetime", "43200"),
    ];
    let made = browser
        .send("/admin/shares/new", "/admin/shares/new", &fields)
        .await;
    assert_eq!(made.status, 303, "{:?}", made.wrong_fields());
    made.location().to_owned()
}

/// The id in a share's admin path.
pub(super) fn id_in(path: &str) -> &str {
    path.trim_start_matches("/admin/shares/")
}

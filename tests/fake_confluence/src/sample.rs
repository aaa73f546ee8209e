//! A small wiki that has one of everything: two spaces, a tree, a folder, a blog post, restricted pages, files of all
//! sizes, comments, and bodies as Confluence writes them.

use super::files::Bytes;
use super::wiki::{PORTAL, Wiki};

/// One red dot.
pub const PNG: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
    1, 0, 0, 0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54, 8,
    0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, 0x49, 0x45,
    0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

const HANDBOOK: [&str; 2] = [
    include_str!("../../fixtures/confluence/pages/handbook.storage.html"),
    include_str!("../../fixtures/confluence/pages/handbook.export_view.html"),
];
const RUNBOOK: [&str; 2] = [
    include_str!("../../fixtures/confluence/pages/runbook.storage.html"),
    include_str!("../../fixtures/confluence/pages/runbook.export_view.html"),
];
const PLANS: [&str; 2] = [
    include_str!("../../fixtures/confluence/pages/plans.storage.html"),
    include_str!("../../fixtures/confluence/pages/plans.export_view.html"),
];

impl Wiki {
    /// Found again by `id_of(title)`:
    ///
    /// - Demo Space (`DS`): Handbook, below it Runbook (labelled `public`; files), Plans (`internal`; failed macros, text
    ///   of Salaries, a draw.io picture), Salaries (restricted; the portal may read it), Board Minutes (restricted; it may
    ///   not); the folder Archive with Old Plans; the blog post Release 1.0.
    /// - Human Resources (`HR`): Policies.
    pub fn sample() -> Self {
        let mut wiki = Self::new();
        wiki.add_person("alice", "Alice Example");
        wiki.add_person("bob", "Bob Example");
        let home = wiki.home("DS");
        let handbook = wiki.add_page(home, "Handbook", "");
        let runbook = wiki.add_page(handbook, "Runbook", "");
        let plans = wiki.add_page(handbook, "Plans", "");
        let salaries = wiki.add_page(handbook, "Salaries", "<p>Everybody earns the same.</p>");
        let minutes = wiki.add_page(handbook, "Board Minutes", "<p>Nobody may know.</p>");
        let archive = wiki.add_folder(home, "Archive");
        wiki.add_page(archive, "Old Plans", "<p>What came of it.</p>");
        let post = wiki.add_blog_post("DS", "Release 1.0", "<p>It is out.</p>");
        let people = wiki.add_space("HR", "Human Resources");
        wiki.add_page(people, "Policies", "<p>Be kind.</p>");
        wiki.restrict(salaries, &[PORTAL, "alice"]);
        wiki.restrict(minutes, &["alice"]);
        wiki.label(runbook, "public");
        wiki.label(plans, "internal");
        let png = || Bytes::Given(PNG.to_vec());
        wiki.attach(runbook, "plan (1).png", "image/png", png());
        wiki.attach(
            runbook,
            "notes.txt",
            "text/plain",
            Bytes::text("Nothing to note."),
        );
        wiki.attach(
            runbook,
            "backup.iso",
            "application/octet-stream",
            Bytes::Generated(5 << 30),
        );
        wiki.attach(plans, "network.png", "image/png", png());
        wiki.attach(post, "team.png", "image/png", png());
        let question = wiki.comment(handbook, "alice", "<p>Is this number still right?</p>");
        wiki.reply(question, "bob", "<p>It is.</p>");
        for (page, bodies) in [(handbook, HANDBOOK), (runbook, RUNBOOK), (plans, PLANS)] {
            let [storage, export_view] = bodies.map(|body| wiki.filled(body.trim_end()));
            let page = wiki.page(page);
            page.storage = storage;
            page.export_view = export_view;
        }
        wiki
    }

    /// `{id:Title}`, `{file:name}` and `{account:name}` by the ids of this wiki.
    fn filled(&self, body: &str) -> String {
        let mut body = body.to_owned();
        for page in self.contents.values() {
            body = body.replace(&format!("{{id:{}}}", page.title), &page.id.to_string());
        }
        for file in self.attachments.values() {
            body = body.replace(&format!("{{file:{}}}", file.title), &file.id.to_string());
        }
        for person in &self.people {
            body = body.replace(
                &format!("{{account:{}}}", person.username),
                &person.account_id,
            );
        }
        body
    }
}

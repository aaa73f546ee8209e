//! The wiki behind a fake: spaces, pages, blog posts, folders, files, comments and people, and what tests do to them
//! while the fake runs. How they are shown as JSON is the affair of `cloud` and `data_center`.

use std::collections::BTreeMap;
use std::ops::Deref;

use time::{Duration, OffsetDateTime, macros::datetime};

use super::files::Bytes;

/// Who wrote everything that nobody else is named for, and whose credentials the portal has.
pub(crate) const PORTAL: &str = "portal";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    BlogPost,
    /// On Cloud only; Data Center knows none and does not show them.
    Folder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Current,
    Trashed,
    Draft,
}

#[derive(Clone, Debug)]
pub(crate) struct Space {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) homepage: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) id: u64,
    pub(crate) kind: Kind,
    pub(crate) space: u64,
    pub(crate) title: String,
    pub(crate) parent: Option<u64>,
    pub(crate) position: u32,
    pub(crate) version: u32,
    pub(crate) status: Status,
    /// In bodies `{base}` stands for the base URL that readers of this wiki see.
    pub(crate) storage: String,
    pub(crate) export_view: String,
    pub(crate) labels: Vec<String>,
    /// A name in `Wiki::people`.
    pub(crate) author: String,
    pub(crate) created: OffsetDateTime,
    pub(crate) edited: OffsetDateTime,
    /// The view restriction: who may read it, by names in `Wiki::people`. Pages below inherit it.
    pub(crate) readers: Option<Vec<String>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    pub(crate) page: u64,
    pub(crate) title: String,
    pub(crate) media_type: String,
    pub(crate) comment: String,
    pub(crate) created: OffsetDateTime,
    pub(crate) status: Status,
    /// The bytes of every version, the oldest first.
    pub(crate) versions: Vec<Bytes>,
}

impl Attachment {
    pub(crate) fn version(&self) -> usize {
        self.versions.len()
    }

    pub(crate) fn bytes(&self) -> &Bytes {
        self.versions.last().unwrap()
    }

    /// The name of the file in Cloud's media store.
    pub(crate) fn file_id(&self) -> String {
        format!("d04b592d-798d-486e-80af-{:012x}", self.id)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) page: u64,
    /// The comment that this one answers.
    pub(crate) parent: Option<u64>,
    pub(crate) author: String,
    pub(crate) storage: String,
    pub(crate) created: OffsetDateTime,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) username: String,
    pub(crate) account_id: String,
    pub(crate) user_key: String,
    pub(crate) display_name: String,
}

pub(crate) struct Wiki {
    pub(crate) spaces: Vec<Space>,
    pub(crate) contents: BTreeMap<u64, Content>,
    pub(crate) attachments: BTreeMap<u64, Attachment>,
    pub(crate) comments: BTreeMap<u64, Comment>,
    pub(crate) people: Vec<Person>,
    last_id: u64,
    now: OffsetDateTime,
}

/// A new page, until it is added.
pub(crate) struct NewContent<'a> {
    pub(crate) kind: Kind,
    pub(crate) title: &'a str,
    pub(crate) parent: Option<u64>,
    pub(crate) body: &'a str,
}

impl Wiki {
    /// One space `DS` with a home page, and the portal's own account.
    pub(crate) fn new() -> Self {
        let mut wiki = Self {
            spaces: Vec::new(),
            contents: BTreeMap::new(),
            attachments: BTreeMap::new(),
            comments: BTreeMap::new(),
            people: Vec::new(),
            last_id: 65_961_000,
            now: datetime!(2026-03-15 07:02:21.123 UTC),
        };
        wiki.add_person(PORTAL, "Share Portal");
        wiki.add_space("DS", "Demo Space");
        wiki
    }

    /// `new` with `pages` pages below the home page, ten to a parent; the ids stand in the order of the tree.
    pub(crate) fn tree(pages: usize) -> Self {
        let mut wiki = Self::new();
        let home = wiki.home("DS");
        wiki.add_tree(home, pages);
        wiki
    }

    pub(crate) fn add_tree(&mut self, root: u64, pages: usize) -> Vec<u64> {
        let mut ids: Vec<u64> = Vec::with_capacity(pages);
        for number in 0..pages {
            let parent = match number {
                0..10 => root,
                _ => ids[number / 10 - 1],
            };
            let title = format!("Page {}", number + 1);
            let body = format!("<p>The text of page {}.</p>", number + 1);
            ids.push(self.add_page(parent, &title, &body));
        }
        ids
    }

    pub(crate) fn add_person(&mut self, username: &str, display_name: &str) {
        let number = self.people.len() + 1;
        self.people.push(Person {
            username: username.to_owned(),
            account_id: format!("557058:00000000-0000-4000-8000-{number:012}"),
            user_key: format!("8a7f80838bd7a0b1018bd7a0b2c3{number:04}"),
            display_name: display_name.to_owned(),
        });
    }

    /// A new space with an empty home page; the answer is the id of that page.
    pub(crate) fn add_space(&mut self, key: &str, name: &str) -> u64 {
        let id = self.next_id();
        self.spaces.push(Space {
            id,
            key: key.to_owned(),
            name: name.to_owned(),
            homepage: None,
        });
        let home = self.add(
            id,
            &NewContent {
                kind: Kind::Page,
                title: &format!("{name} Home"),
                parent: None,
                body: "<p>Welcome.</p>",
            },
        );
        self.spaces.last_mut().unwrap().homepage = Some(home);
        home
    }

    pub(crate) fn add_page(&mut self, parent: u64, title: &str, body: &str) -> u64 {
        self.add_below(parent, Kind::Page, title, body)
    }

    pub(crate) fn add_folder(&mut self, parent: u64, title: &str) -> u64 {
        self.add_below(parent, Kind::Folder, title, "")
    }

    pub(crate) fn add_blog_post(&mut self, space: &str, title: &str, body: &str) -> u64 {
        let space = self.space(space).unwrap().id;
        let kind = Kind::BlogPost;
        let parent = None;
        self.add(
            space,
            &NewContent {
                kind,
                title,
                parent,
                body,
            },
        )
    }

    fn add_below(&mut self, parent: u64, kind: Kind, title: &str, body: &str) -> u64 {
        let space = self.contents[&parent].space;
        let parent = Some(parent);
        self.add(
            space,
            &NewContent {
                kind,
                title,
                parent,
                body,
            },
        )
    }

    fn add(&mut self, space: u64, new: &NewContent<'_>) -> u64 {
        let id = self.next_id();
        let position = self.next_position(new.parent);
        let content = Content {
            id,
            kind: new.kind,
            space,
            title: new.title.to_owned(),
            parent: new.parent,
            position,
            version: 1,
            status: Status::Current,
            storage: new.body.to_owned(),
            export_view: new.body.to_owned(),
            labels: Vec::new(),
            author: PORTAL.to_owned(),
            created: self.tick(),
            edited: self.now,
            readers: None,
        };
        self.contents.insert(id, content);
        id
    }

    /// Any change of a page by hand, without a new version.
    pub(crate) fn page(&mut self, id: u64) -> &mut Content {
        self.contents.get_mut(&id).unwrap()
    }

    /// A new body, plain XHTML that is the same in both formats.
    pub(crate) fn edit(&mut self, id: u64, body: &str) {
        self.edit_both(id, body, body);
    }

    pub(crate) fn edit_both(&mut self, id: u64, storage: &str, export_view: &str) {
        self.change(id, |page| {
            page.storage = storage.to_owned();
            page.export_view = export_view.to_owned();
        });
    }

    pub(crate) fn rename(&mut self, id: u64, title: &str) {
        self.change(id, |page| page.title = title.to_owned());
    }

    fn change(&mut self, id: u64, change: impl FnOnce(&mut Content)) {
        let now = self.tick();
        let page = self.page(id);
        change(page);
        page.version += 1;
        page.edited = now;
    }

    /// To the end of another parent's children. A move makes no new version.
    pub(crate) fn move_below(&mut self, id: u64, parent: u64) {
        let position = self.next_position(Some(parent));
        let page = self.page(id);
        page.parent = Some(parent);
        page.position = position;
    }

    pub(crate) fn set_position(&mut self, id: u64, position: u32) {
        self.page(id).position = position;
    }

    /// As Confluence does: children of a trashed page move up to its parent.
    pub(crate) fn trash(&mut self, id: u64) {
        let parent = self.contents[&id].parent;
        for child in self
            .contents
            .values_mut()
            .filter(|page| page.parent == Some(id))
        {
            child.parent = parent;
        }
        self.page(id).status = Status::Trashed;
    }

    pub(crate) fn restore(&mut self, id: u64) {
        self.page(id).status = Status::Current;
    }

    /// Gone for good, with its files and comments.
    pub(crate) fn delete(&mut self, id: u64) {
        self.trash(id);
        self.contents.remove(&id);
        self.attachments.retain(|_, file| file.page != id);
        self.comments.retain(|_, comment| comment.page != id);
    }

    /// Only these may read the page and what is below it.
    pub(crate) fn restrict(&mut self, id: u64, readers: &[&str]) {
        let readers = readers.iter().copied().map(str::to_owned).collect();
        self.page(id).readers = Some(readers);
    }

    pub(crate) fn unrestrict(&mut self, id: u64) {
        self.page(id).readers = None;
    }

    pub(crate) fn label(&mut self, id: u64, label: &str) {
        self.page(id).labels.push(label.to_owned());
    }

    /// A file of that name again makes a new version of it, with the same id.
    pub(crate) fn attach(&mut self, page: u64, title: &str, media_type: &str, bytes: Bytes) -> u64 {
        let known = self.attachments.values_mut();
        let mut known = known.filter(|file| file.page == page && file.title == title);
        if let Some(file) = known.next() {
            file.versions.push(bytes);
            return file.id;
        }
        let id = self.next_id();
        let file = Attachment {
            id,
            page,
            title: title.to_owned(),
            media_type: media_type.to_owned(),
            comment: String::new(),
            created: self.tick(),
            status: Status::Current,
            versions: vec![bytes],
        };
        self.attachments.insert(id, file);
        id
    }

    pub(crate) fn trash_attachment(&mut self, id: u64) {
        self.attachments.get_mut(&id).unwrap().status = Status::Trashed;
    }

    pub(crate) fn comment(&mut self, page: u64, author: &str, storage: &str) -> u64 {
        self.add_comment(page, None, author, storage)
    }

    pub(crate) fn reply(&mut self, comment: u64, author: &str, storage: &str) -> u64 {
        let page = self.comments[&comment].page;
        self.add_comment(page, Some(comment), author, storage)
    }

    fn add_comment(&mut self, page: u64, parent: Option<u64>, author: &str, storage: &str) -> u64 {
        let id = self.next_id();
        let comment = Comment {
            id,
            page,
            parent,
            author: author.to_owned(),
            storage: storage.to_owned(),
            created: self.tick(),
        };
        self.comments.insert(id, comment);
        id
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn next_position(&self, parent: Option<u64>) -> u32 {
        let siblings = self.contents.values().filter(|page| page.parent == parent);
        siblings.map(|page| page.position + 1).max().unwrap_or(0)
    }

    fn tick(&mut self) -> OffsetDateTime {
        self.now += Duration::minutes(1);
        self.now
    }
}

/// A wiki with the eyes of one reader: what he may not see is not there.
pub(crate) struct Seen<'a> {
    pub(crate) wiki: &'a Wiki,
    /// A name in `Wiki::people`; `None` is an anonymous reader.
    pub(crate) reader: Option<&'a str>,
}

impl Deref for Seen<'_> {
    type Target = Wiki;

    fn deref(&self) -> &Wiki {
        self.wiki
    }
}

//! The wiki behind a fake: spaces, pages, blog posts, folders, files, comments and people, and how they come into being.
//!
//! What is done to them later is in `changes`, how they are looked at in `looking`, their JSON in `cloud` and
//! `data_center`.

use std::collections::BTreeMap;
use std::ops::Deref;

use time::{Duration, OffsetDateTime, macros::datetime};

use super::files::Bytes;
use super::people::Standing;

/// Who wrote everything that nobody else is named for, and whose credentials the portal has.
pub const PORTAL: &str = "portal";
/// The group that everybody is in.
pub const USERS: &str = "confluence-users";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Page,
    BlogPost,
    /// On Cloud only; on Data Center they are pages.
    Folder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Current,
    Trashed,
    Draft,
}

#[derive(Clone, Debug)]
pub struct Space {
    pub id: u64,
    pub key: String,
    pub name: String,
    pub homepage: Option<u64>,
    /// Who sees the space at all, by names in `Wiki::people`; everybody unless somebody is named.
    pub readers: Option<Vec<String>>,
    pub admins: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Content {
    pub id: u64,
    pub kind: Kind,
    pub space: u64,
    pub title: String,
    pub parent: Option<u64>,
    pub position: u32,
    pub version: u32,
    pub status: Status,
    /// In bodies `{base}` stands for the base URL that readers of this wiki see.
    pub storage: String,
    pub export_view: String,
    pub labels: Vec<String>,
    /// A name in `Wiki::people`.
    pub author: String,
    pub created: OffsetDateTime,
    pub edited: OffsetDateTime,
    /// The view restriction: who may read it, by names in `Wiki::people`. Pages below inherit it.
    pub readers: Option<Vec<String>>,
    /// Who of them may change it; not inherited.
    pub editors: Option<Vec<String>>,
}

#[derive(Clone, Debug)]
pub struct Attachment {
    pub id: u64,
    pub page: u64,
    pub title: String,
    pub media_type: String,
    pub comment: String,
    pub created: OffsetDateTime,
    pub status: Status,
    /// The bytes of every version, the oldest first.
    pub versions: Vec<Bytes>,
}

impl Attachment {
    pub fn version(&self) -> usize {
        self.versions.len()
    }

    pub fn bytes(&self) -> &Bytes {
        self.versions.last().unwrap()
    }

    /// The name of the file in Cloud's media store.
    pub fn file_id(&self) -> String {
        format!("d04b592d-798d-486e-80af-{:012x}", self.id)
    }
}

#[derive(Clone, Debug)]
pub struct Comment {
    pub id: u64,
    pub page: u64,
    /// The comment that this one answers.
    pub parent: Option<u64>,
    pub author: String,
    pub storage: String,
    pub created: OffsetDateTime,
}

#[derive(Clone, Debug)]
pub struct Person {
    pub username: String,
    pub account_id: String,
    pub user_key: String,
    pub display_name: String,
    pub standing: Standing,
    pub groups: Vec<String>,
}

pub struct Wiki {
    pub spaces: Vec<Space>,
    pub contents: BTreeMap<u64, Content>,
    pub attachments: BTreeMap<u64, Attachment>,
    pub comments: BTreeMap<u64, Comment>,
    pub people: Vec<Person>,
    last_id: u64,
    now: OffsetDateTime,
}

/// A new page, until it is added.
pub struct NewContent<'a> {
    pub kind: Kind,
    pub title: &'a str,
    pub parent: Option<u64>,
    pub body: &'a str,
}

impl Default for Wiki {
    fn default() -> Self {
        Self::new()
    }
}

impl Wiki {
    /// One space `DS` with a home page, and the portal's own account.
    pub fn new() -> Self {
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
    pub fn tree(pages: usize) -> Self {
        let mut wiki = Self::new();
        let home = wiki.home("DS");
        wiki.add_tree(home, pages);
        wiki
    }

    pub fn add_tree(&mut self, root: u64, pages: usize) -> Vec<u64> {
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

    pub fn add_person(&mut self, username: &str, display_name: &str) {
        let number = self.people.len() + 1;
        self.people.push(Person {
            username: username.to_owned(),
            account_id: format!("557058:00000000-0000-4000-8000-{number:012}"),
            user_key: format!("8a7f80838bd7a0b1018bd7a0b2c3{number:04}"),
            display_name: display_name.to_owned(),
            standing: Standing::Active,
            groups: vec![USERS.to_owned()],
        });
    }

    /// A new space with an empty home page; the answer is the id of that page.
    pub fn add_space(&mut self, key: &str, name: &str) -> u64 {
        let id = self.next_id();
        self.spaces.push(Space {
            id,
            key: key.to_owned(),
            name: name.to_owned(),
            homepage: None,
            readers: None,
            admins: vec![PORTAL.to_owned()],
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

    pub fn add_page(&mut self, parent: u64, title: &str, body: &str) -> u64 {
        self.add_below(parent, Kind::Page, title, body)
    }

    pub fn add_folder(&mut self, parent: u64, title: &str) -> u64 {
        self.add_below(parent, Kind::Folder, title, "")
    }

    pub fn add_blog_post(&mut self, space: &str, title: &str, body: &str) -> u64 {
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
            editors: None,
        };
        self.contents.insert(id, content);
        id
    }

    /// For a product that has none.
    pub(super) fn make_folders_pages(&mut self) {
        for content in self.contents.values_mut() {
            if content.kind == Kind::Folder {
                content.kind = Kind::Page;
            }
        }
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn next_position(&self, parent: Option<u64>) -> u32 {
        let siblings = self.contents.values().filter(|page| page.parent == parent);
        siblings.map(|page| page.position + 1).max().unwrap_or(0)
    }

    pub(super) fn tick(&mut self) -> OffsetDateTime {
        self.now += Duration::minutes(1);
        self.now
    }
}

/// A wiki as one reader sees it: what they may not see is not there.
pub struct Seen<'a> {
    pub wiki: &'a Wiki,
    /// A name in `Wiki::people`; `None` is an anonymous reader.
    pub reader: Option<&'a str>,
}

impl Deref for Seen<'_> {
    type Target = Wiki;

    fn deref(&self) -> &Wiki {
        self.wiki
    }
}

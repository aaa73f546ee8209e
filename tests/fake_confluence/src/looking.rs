//! Questions to the wiki of a fake: who may read what, what is below what. Changes are in `wiki`.

use super::wiki::{Attachment, Comment, Content, Kind, Person, Seen, Space, Status, Wiki};

impl Wiki {
    pub fn space(&self, key: &str) -> Option<&Space> {
        self.spaces.iter().find(|space| space.key == key)
    }

    pub fn space_by_id(&self, id: u64) -> Option<&Space> {
        self.spaces.iter().find(|space| space.id == id)
    }

    /// The home page of a space.
    pub fn home(&self, key: &str) -> u64 {
        self.space(key).unwrap().homepage.unwrap()
    }

    pub fn space_of(&self, content: &Content) -> &Space {
        self.space_by_id(content.space).unwrap()
    }

    /// The first page of that title.
    pub fn id_of(&self, title: &str) -> u64 {
        let mut found = self.contents.values().filter(|page| page.title == title);
        found.next().expect(title).id
    }

    pub fn person(&self, username: &str) -> Option<&Person> {
        self.people
            .iter()
            .find(|person| person.username == username)
    }

    /// From the top down, without the page itself.
    pub fn ancestors(&self, content: &Content) -> Vec<&Content> {
        let mut above = Vec::new();
        let mut next = content.parent;
        while let Some(parent) = next.and_then(|id| self.contents.get(&id)) {
            above.push(parent);
            next = parent.parent;
        }
        above.reverse();
        above
    }

    /// Its own view restriction and those of the pages above, whatever the reader.
    pub fn view_restrictions(&self, content: &Content) -> Vec<(u64, &[String])> {
        let mut all = self.ancestors(content);
        all.extend(self.contents.get(&content.id));
        let restricted = all.into_iter();
        restricted
            .filter_map(|page| Some((page.id, page.readers.as_deref()?)))
            .collect()
    }

    pub fn may_read(&self, reader: Option<&str>, content: &Content) -> bool {
        let listed =
            |readers: &[String]| reader.is_some_and(|name| readers.iter().any(|one| one == name));
        self.may_enter(reader, self.space_of(content))
            && self
                .view_restrictions(content)
                .iter()
                .all(|(_, readers)| listed(readers))
    }

    pub fn files_of(&self, page: u64) -> Vec<&Attachment> {
        let files = self.attachments.values();
        files
            .filter(|file| file.page == page && file.status == Status::Current)
            .collect()
    }

    pub fn comments_of(&self, page: u64, parent: Option<u64>) -> Vec<&Comment> {
        let comments = self.comments.values();
        comments
            .filter(|comment| comment.page == page && comment.parent == parent)
            .collect()
    }
}

impl<'a> Seen<'a> {
    pub fn spaces(&self) -> impl Iterator<Item = &'a Space> {
        let (wiki, reader) = (self.wiki, self.reader);
        let spaces = wiki.spaces.iter();
        spaces.filter(move |space| wiki.may_enter(reader, space))
    }

    pub fn space(&self, key: &str) -> Option<&'a Space> {
        self.spaces().find(|space| space.key == key)
    }

    pub fn space_by_id(&self, id: u64) -> Option<&'a Space> {
        self.spaces().find(|space| space.id == id)
    }

    /// In any status; `current` is what most callers mean.
    pub fn content(&self, id: u64) -> Option<&'a Content> {
        let content = self.wiki.contents.get(&id)?;
        self.wiki.may_read(self.reader, content).then_some(content)
    }

    pub fn current(&self, id: u64) -> Option<&'a Content> {
        self.content(id)
            .filter(|content| content.status == Status::Current)
    }

    pub fn all_current(&self) -> impl Iterator<Item = &'a Content> {
        let (wiki, reader) = (self.wiki, self.reader);
        let contents = wiki.contents.values();
        contents.filter(move |content| {
            content.status == Status::Current && wiki.may_read(reader, content)
        })
    }

    /// In the order of the tree.
    pub fn children(&self, parent: u64) -> Vec<&'a Content> {
        let mut children: Vec<_> = self
            .all_current()
            .filter(|content| content.parent == Some(parent))
            .collect();
        children.sort_by_key(|content| (content.position, content.id));
        children
    }

    /// Everything below with its depth, level by level as Cloud lists it, in the order of the tree within a level.
    pub fn descendants(&self, root: u64, deepest: usize) -> Vec<(usize, &'a Content)> {
        let mut below = std::collections::BTreeMap::<u64, Vec<&'a Content>>::new();
        for content in self.all_current() {
            if let Some(parent) = content.parent {
                below.entry(parent).or_default().push(content);
            }
        }
        for children in below.values_mut() {
            children.sort_by_key(|content| (content.position, content.id));
        }
        let mut found = Vec::new();
        let mut level = vec![root];
        for depth in 1..=deepest {
            let next = level
                .iter()
                .flat_map(|id| below.get(id).into_iter().flatten());
            let next: Vec<&'a Content> = next.copied().collect();
            if next.is_empty() {
                break;
            }
            level = next.iter().map(|content| content.id).collect();
            found.extend(next.into_iter().map(|content| (depth, content)));
        }
        found
    }

    pub fn in_space(&self, space: u64, kind: Kind) -> Vec<&'a Content> {
        let contents = self.all_current();
        contents
            .filter(|content| content.space == space && content.kind == kind)
            .collect()
    }

    /// By the API's id, with or without `att`; only below a page that may be read.
    pub fn attachment(&self, id: &str) -> Option<&'a Attachment> {
        let number = id.strip_prefix("att").unwrap_or(id).parse().ok()?;
        let file = self.wiki.attachments.get(&number)?;
        let is_current = file.status == Status::Current;
        (is_current && self.current(file.page).is_some()).then_some(file)
    }
}

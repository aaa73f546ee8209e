//! What tests do to the wiki of a fake while it runs: edit, move, trash, restrict, attach, comment.

use super::files::Bytes;
use super::wiki::{Attachment, Comment, Content, Status, Wiki};

impl Wiki {
    /// Any change of a page by hand, without a new version.
    pub fn page(&mut self, id: u64) -> &mut Content {
        self.contents.get_mut(&id).unwrap()
    }

    /// A new body, plain XHTML that is the same in both formats.
    pub fn edit(&mut self, id: u64, body: &str) {
        self.edit_both(id, body, body);
    }

    pub fn edit_both(&mut self, id: u64, storage: &str, export_view: &str) {
        self.change(id, |page| {
            page.storage = storage.to_owned();
            page.export_view = export_view.to_owned();
        });
    }

    pub fn rename(&mut self, id: u64, title: &str) {
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
    pub fn move_below(&mut self, id: u64, parent: u64) {
        let position = self.next_position(Some(parent));
        let page = self.page(id);
        page.parent = Some(parent);
        page.position = position;
    }

    pub fn set_position(&mut self, id: u64, position: u32) {
        self.page(id).position = position;
    }

    /// As Confluence does: children of a trashed page move up to its parent.
    pub fn trash(&mut self, id: u64) {
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

    pub fn restore(&mut self, id: u64) {
        self.page(id).status = Status::Current;
    }

    /// Gone for good, with its files and comments.
    pub fn delete(&mut self, id: u64) {
        self.trash(id);
        self.contents.remove(&id);
        self.attachments.retain(|_, file| file.page != id);
        self.comments.retain(|_, comment| comment.page != id);
    }

    /// Only these may read the page and what is below it.
    pub fn restrict(&mut self, id: u64, readers: &[&str]) {
        let readers = readers.iter().copied().map(str::to_owned).collect();
        self.page(id).readers = Some(readers);
    }

    pub fn unrestrict(&mut self, id: u64) {
        self.page(id).readers = None;
    }

    /// Every space, page, file and comment gets another id, in bodies too.
    pub fn renumber(&mut self) {
        let new = |id: u64| id + 10_000_000;
        let ids: Vec<u64> = self.contents.keys().copied().collect();
        let texts = |text: &str| {
            let mut text = text.to_owned();
            for id in &ids {
                text = text.replace(&id.to_string(), &new(*id).to_string());
            }
            text
        };
        for space in &mut self.spaces {
            space.id = new(space.id);
            space.homepage = space.homepage.map(new);
        }
        let contents = std::mem::take(&mut self.contents);
        self.contents.extend(contents.into_values().map(|mut page| {
            page.id = new(page.id);
            page.space = new(page.space);
            page.parent = page.parent.map(new);
            page.storage = texts(&page.storage);
            page.export_view = texts(&page.export_view);
            (page.id, page)
        }));
        let files = std::mem::take(&mut self.attachments);
        self.attachments.extend(files.into_values().map(|mut file| {
            file.id = new(file.id);
            file.page = new(file.page);
            (file.id, file)
        }));
        let comments = std::mem::take(&mut self.comments);
        self.comments
            .extend(comments.into_values().map(|mut comment| {
                comment.id = new(comment.id);
                comment.page = new(comment.page);
                comment.parent = comment.parent.map(new);
                (comment.id, comment)
            }));
    }

    pub fn label(&mut self, id: u64, label: &str) {
        self.page(id).labels.push(label.to_owned());
    }

    /// A file of that name again makes a new version of it, with the same id.
    pub fn attach(&mut self, page: u64, title: &str, media_type: &str, bytes: Bytes) -> u64 {
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

    pub fn trash_attachment(&mut self, id: u64) {
        self.attachments.get_mut(&id).unwrap().status = Status::Trashed;
    }

    pub fn comment(&mut self, page: u64, author: &str, storage: &str) -> u64 {
        self.add_comment(page, None, author, storage)
    }

    pub fn reply(&mut self, comment: u64, author: &str, storage: &str) -> u64 {
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
}

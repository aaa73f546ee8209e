//! Answers the renderer's questions for one scope, from the database. Nothing outside the scope is ever told, except
//! that it exists.

use std::cell::RefCell;

use super::addresses::Addresses;
use super::model::{Attachment, PageSummary};
use super::scope::{ContentScope, Reach};
use super::store::{attachments, listing, people, reach};
use crate::content::library::{FileLink, Library, Lookup, OwnedSource, PageLink};
use crate::db::DbError;
use diesel::PgConnection;

/// A library for one rendering. A failed query makes answers empty; [`ScopeLibrary::finish`] tells.
pub struct ScopeLibrary<'a> {
    scope: &'a ContentScope,
    addresses: &'a Addresses,
    state: RefCell<State<'a>>,
}

struct State<'a> {
    db: &'a mut PgConnection,
    error: Option<DbError>,
}

impl<'a> ScopeLibrary<'a> {
    pub fn new(
        db: &'a mut PgConnection,
        scope: &'a ContentScope,
        addresses: &'a Addresses,
    ) -> Self {
        Self {
            scope,
            addresses,
            state: RefCell::new(State { db, error: None }),
        }
    }

    /// The first query that failed while rendering.
    pub fn finish(self) -> Result<(), DbError> {
        self.state.into_inner().error.map_or(Ok(()), Err)
    }

    fn ask<T: Default>(&self, query: impl FnOnce(&mut PgConnection) -> Result<T, DbError>) -> T {
        let mut state = self.state.borrow_mut();
        query(state.db).unwrap_or_else(|error| {
            state.error.get_or_insert(error);
            T::default()
        })
    }

    fn lookup(
        &self,
        find: impl FnOnce(&mut PgConnection) -> Result<Option<PageSummary>, DbError>,
    ) -> Lookup<PageLink> {
        let found = self.ask(|db| {
            let Some(page) = find(db)? else {
                return Ok(None);
            };
            let visible = reach::is_in_scope(db, self.scope, &page.content_id)?;
            Ok(Some((page, visible)))
        });
        match found {
            None => Lookup::Missing,
            Some((_, false)) => Lookup::OutsideShare,
            Some((page, true)) => Lookup::Found(page_link(self.addresses, page)),
        }
    }

    fn visible_files(&self, content_id: &str) -> Vec<Attachment> {
        self.ask(|db| attachments::list_visible(db, self.scope, content_id))
    }
}

fn page_link(addresses: &Addresses, page: PageSummary) -> PageLink {
    PageLink {
        url: addresses.page(&page.content_id),
        content_id: page.content_id,
        title: page.title,
    }
}

fn file_link(addresses: &Addresses, file: Attachment) -> FileLink {
    FileLink {
        url: addresses.file(&file),
        name: file.file_name,
        media_type: file.media_type,
        size_bytes: file.size_bytes,
        width: file.width,
        height: file.height,
        comment: file.comment,
    }
}

impl Library for ScopeLibrary<'_> {
    fn page_by_title(&self, space_key: Option<&str>, title: &str) -> Lookup<PageLink> {
        let connection_id = self.scope.connection_id;
        self.lookup(|db| {
            let space_key = space_key.unwrap_or(&self.scope.space_key);
            listing::find_by_title(db, connection_id, Some(space_key), title)
        })
    }

    fn page_by_id(&self, content_id: &str) -> Lookup<PageLink> {
        let connection_id = self.scope.connection_id;
        self.lookup(|db| listing::find_summary(db, connection_id, content_id))
    }

    fn children(&self, content_id: &str) -> Vec<PageLink> {
        let children = self.ask(|db| {
            if !reach::is_in_scope(db, self.scope, content_id)? {
                return Ok(Vec::new());
            }
            reach::children(db, self.scope, Some(content_id))
        });
        children
            .into_iter()
            .map(|page| page_link(self.addresses, page))
            .collect()
    }

    fn source(&self, content_id: &str) -> Option<OwnedSource> {
        let page = self.ask(|db| reach::find_page(db, self.scope, content_id))?;
        Some(OwnedSource {
            content_id: page.summary.content_id,
            title: page.summary.title,
            space_key: page.summary.space_key,
            body: page.body,
            format: page.format,
            storage: page.storage,
        })
    }

    fn file(&self, content_id: &str, file_name: &str) -> Option<FileLink> {
        let mut files = self.visible_files(content_id).into_iter();
        files
            .find(|file| file.file_name == file_name)
            .map(|file| file_link(self.addresses, file))
    }

    fn file_by_id(&self, attachment_id: &str) -> Option<FileLink> {
        let connection_id = self.scope.connection_id;
        let file = self.ask(|db| {
            for id in [attachment_id, &format!("att{attachment_id}")] {
                let Some(file) = attachments::find_attachment(db, connection_id, id)? else {
                    continue;
                };
                if attachments::is_visible(db, self.scope, &file)? {
                    return Ok(Some(file));
                }
            }
            Ok(None)
        });
        file.map(|file| file_link(self.addresses, file))
    }

    fn files(&self, content_id: &str) -> Vec<FileLink> {
        self.visible_files(content_id)
            .into_iter()
            .map(|file| file_link(self.addresses, file))
            .collect()
    }

    fn user_name(&self, key: &str) -> Option<String> {
        self.ask(|db| people::find_user_name(db, self.scope.connection_id, key))
    }

    fn labelled(&self, labels: &[&str]) -> Vec<PageLink> {
        if matches!(self.scope.reach, Reach::Everything) {
            return Vec::new();
        }
        let pages = self.ask(|db| reach::labelled(db, self.scope, labels));
        pages
            .into_iter()
            .map(|page| page_link(self.addresses, page))
            .collect()
    }
}

//! Confluence Cloud: pages, trees, files and spaces by the second interface; search, restrictions and downloads only exist
//! in the first, see `v1` and `download`. Listings of whole trees are in `listing`.

mod caller;
mod listing;
mod wire;

pub(super) use caller::Cloud;

use serde::Serialize;

use super::{
    error::{Need, Problem},
    model::{
        ChildrenOf, ContentKind, Detail, FoundContent, ListedComment, ListedFile, ListedPage,
        ListedSpace, Listing, Person, Root,
    },
    paging::{self, MOST_ITEMS, Part},
    source::{Answer, Source},
    v1::content::moment,
};
use caller::{IDS_AT_ONCE, MOST_AT_ONCE, segment};
use wire::{Attachment, Comment, Container, Page, Space, TreeEntry, User, is_current, kind_of};

/// More comments, and deeper replies, than anybody reads under a page.
const MOST_COMMENTS: usize = 500;
const DEEPEST_REPLY: u32 = 8;

/// Spaces that a choice may be made of.
const MOST_SPACES: usize = 5_000;

impl Source for Cloud {
    async fn list(&self, root: Root<'_>, detail: Detail) -> Answer<Listing> {
        listing::list(self, root, detail).await
    }

    async fn page(&self, id: &str, kind: ContentKind) -> Answer<ListedPage> {
        let mut page = self.source_of(id, kind).await?;
        match self.one(id, kind, &[("body-format", "export_view")]).await {
            Ok(rendered) => {
                page.bodies.export_view = rendered.bodies.export_view;
                // Edited in between: the older number lets the next refresh see it.
                page.version = page.version.min(rendered.version);
            }
            Err(error) if error.problem.is_about_rendering() => {}
            Err(error) => return Err(error),
        }
        Ok(page)
    }

    async fn source_of(&self, id: &str, kind: ContentKind) -> Answer<ListedPage> {
        let storage = [("body-format", "storage"), ("include-labels", "true")];
        self.one(id, kind, &storage).await
    }

    async fn export_view(&self, id: &str, kind: ContentKind) -> Answer<String> {
        let page = self
            .one(id, kind, &[("body-format", "export_view")])
            .await?;
        page.bodies.export_view.ok_or_else(|| {
            Problem::NotUnderstood {
                what: "a page without the body that was asked for".to_owned(),
            }
            .into()
        })
    }

    async fn attachments(&self, id: &str, kind: ContentKind) -> Answer<Vec<ListedFile>> {
        let query = [("status", "current"), ("limit", MOST_AT_ONCE)];
        let url = self.url(&[segment(kind), id, "attachments"], &query);
        let files = paging::all::<Attachment>(&self.0, url, Need::Attachments, MOST_ITEMS).await?;
        let files = files.into_iter();
        Ok(files.filter_map(|file| file.into_file(Some(id))).collect())
    }

    async fn attachment(&self, id: &str) -> Answer<ListedFile> {
        let url = self.url(&["attachments", id], &[]);
        let file: Attachment = self.0.get(url, Need::Attachments).await?;
        file.into_file(None).ok_or_else(|| Problem::NotFound.into())
    }

    /// One request for each comment that may have replies: the interface offers no more at once.
    async fn footer_comments(&self, id: &str, kind: ContentKind) -> Answer<Vec<ListedComment>> {
        let query = [("body-format", "storage"), ("limit", MOST_AT_ONCE)];
        let url = self.url(&[segment(kind), id, "footer-comments"], &query);
        let top = paging::all::<Comment>(&self.0, url, Need::Comments, MOST_COMMENTS).await?;
        let mut waiting: Vec<_> = top.into_iter().rev().map(|comment| (0, comment)).collect();
        let mut comments = Vec::new();
        while let Some((depth, comment)) = waiting.pop() {
            if !is_current(comment.status.as_deref()) || comments.len() >= MOST_COMMENTS {
                continue;
            }
            if depth < DEEPEST_REPLY {
                let url = self.url(&["footer-comments", &comment.id, "children"], &query);
                let replies = paging::all(&self.0, url, Need::Comments, MOST_COMMENTS).await?;
                waiting.extend(replies.into_iter().rev().map(|reply| (depth + 1, reply)));
            }
            comments.push(listed_comment(comment, depth));
        }
        Ok(comments)
    }

    async fn people(&self, ids: &[String]) -> Answer<Vec<Person>> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Asked<'a> {
            account_ids: &'a [String],
        }
        let mut people = Vec::new();
        for account_ids in ids.chunks(IDS_AT_ONCE) {
            let url = self.url(&["users-bulk"], &[]);
            let asked = Asked { account_ids };
            let users: Part<User> = self.0.post(url, &asked, Need::People).await?;
            people.extend(users.results.into_iter().filter_map(person));
        }
        Ok(people)
    }

    async fn all_spaces(&self) -> Answer<Vec<ListedSpace>> {
        let query = [
            ("status", "current"),
            ("sort", "name"),
            ("limit", MOST_AT_ONCE),
        ];
        let url = self.url(&["spaces"], &query);
        let spaces = paging::all::<Space>(&self.0, url, Need::Spaces, MOST_SPACES).await?;
        Ok(spaces.into_iter().map(ListedSpace::from).collect())
    }

    async fn space(&self, key: &str) -> Answer<ListedSpace> {
        Ok(self.space_by_key(key).await?.into())
    }

    async fn children(&self, parent: ChildrenOf<'_>) -> Answer<Vec<FoundContent>> {
        let (container, id) = match parent {
            ChildrenOf::Page(id) => ("pages", id),
            ChildrenOf::Folder(id) => ("folders", id),
            ChildrenOf::Space(key) => return self.top_of_space(key).await,
        };
        let url = self.url(
            &[container, id, "direct-children"],
            &[("limit", MOST_AT_ONCE)],
        );
        let entries = paging::all::<TreeEntry>(&self.0, url, Need::Hierarchy, MOST_ITEMS).await?;
        let entries = entries
            .into_iter()
            .filter(|entry| is_current(entry.status.as_deref()));
        Ok(entries
            .filter_map(|entry| {
                Some(FoundContent {
                    kind: kind_of(&entry.kind)?,
                    id: entry.id,
                    title: entry.title,
                    space_key: None,
                })
            })
            .collect())
    }

    async fn find_by_id(&self, id: &str) -> Answer<Option<ListedPage>> {
        for kind in [ContentKind::Page, ContentKind::BlogPost] {
            match self.one(id, kind, &[("include-labels", "true")]).await {
                Ok(page) => return Ok(Some(page)),
                Err(error) if matches!(error.problem, Problem::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn find_many(&self, kind: ContentKind, ids: &[String]) -> Answer<Vec<FoundContent>> {
        if kind != ContentKind::Folder {
            return listing::found(self, kind, ids).await;
        }
        let mut found = Vec::new();
        for id in ids {
            let url = self.url(&["folders", id], &[]);
            match self.0.get::<Container>(url, Need::Hierarchy).await {
                Ok(folder) => found.push(FoundContent {
                    id: id.clone(),
                    kind,
                    title: folder.title,
                    space_key: None,
                }),
                Err(error) if matches!(error.problem, Problem::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    async fn find_by_title(&self, space_key: &str, title: &str) -> Answer<Option<ListedPage>> {
        let space = match self.space_by_key(space_key).await {
            Ok(space) => space,
            Err(error) if matches!(error.problem, Problem::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let query = [
            ("space-id", space.id.as_str()),
            ("title", title),
            ("status", "current"),
            ("limit", "1"),
        ];
        for kind in [ContentKind::Page, ContentKind::BlogPost] {
            let url = self.url(&[segment(kind)], &query);
            let found: Part<Page> = self.0.get(url, Need::Content).await?;
            if let Some(page) = found.results.into_iter().next() {
                return Ok(Some(page.into_node(kind, space.key).page));
            }
        }
        Ok(None)
    }
}

fn listed_comment(comment: Comment, depth: u32) -> ListedComment {
    let version = comment.version;
    let body = comment.body.unwrap_or_default().into_bodies();
    ListedComment {
        id: comment.id,
        depth,
        author_id: version
            .as_ref()
            .and_then(|version| version.author_id.clone()),
        author_name: None,
        created_at: moment(version.and_then(|version| version.created_at).as_deref()),
        storage: body.storage.unwrap_or_default(),
    }
}

fn person(user: User) -> Option<Person> {
    let is_said = |name: &String| !name.is_empty();
    Some(Person {
        id: user.account_id,
        username: None,
        display_name: user
            .display_name
            .filter(is_said)
            .or(user.public_name.filter(is_said))?,
    })
}

//! Confluence Data Center: everything by the first interface, where one request brings whatever is expanded. The JSON is
//! in `v1::content`; listings of whole trees are in `listing`.

mod caller;
mod listing;

pub(super) use caller::DataCenter;

use serde::Deserialize;

use caller::{MOST_AT_ONCE, OUTLINE, With, of_kind};

use super::{
    error::{ConfluenceError, Need, Problem},
    model::{
        ChildrenOf, ContentKind, Detail, FoundContent, ListedComment, ListedFile, ListedPage,
        ListedSpace, Listing, Person, Root,
    },
    paging::{self, MOST_ITEMS, Part},
    source::{Answer, Source},
    v1::{
        Content,
        content::{Ancestor, User, moment},
        with_query,
    },
};

const MOST_COMMENTS: usize = 500;
const MOST_SPACES: usize = 5_000;

#[derive(Deserialize)]
struct Space {
    key: String,
    #[serde(default)]
    name: String,
    homepage: Option<Ancestor>,
}

impl Source for DataCenter {
    async fn list(&self, root: Root<'_>, detail: Detail) -> Answer<Listing> {
        listing::list(self, root, detail).await
    }

    async fn page(&self, id: &str, kind: ContentKind) -> Answer<ListedPage> {
        match self.one(id, With::BothBodies).await {
            Err(error) if error.problem.is_about_rendering() => self.one(id, With::Storage).await,
            found => found,
        }
        .and_then(|page| of_kind(page, kind))
    }

    async fn source_of(&self, id: &str, kind: ContentKind) -> Answer<ListedPage> {
        let page = self.one(id, With::Storage).await?;
        of_kind(page, kind)
    }

    async fn export_view(&self, id: &str, _kind: ContentKind) -> Answer<String> {
        let url = self.url(&["content", id], &[("expand", "body.export_view")]);
        let content: Content = self.0.get(url, Need::Content).await?;
        let bodies = content.body.unwrap_or_default().into_bodies();
        bodies
            .export_view
            .ok_or_else(|| not_understood("a page without the body that was asked for"))
    }

    async fn attachments(&self, id: &str, _kind: ContentKind) -> Answer<Vec<ListedFile>> {
        let query = [("expand", "version"), ("limit", MOST_AT_ONCE)];
        let url = self.url(&["content", id, "child", "attachment"], &query);
        let files = paging::all::<Content>(&self.0, url, Need::Attachments, MOST_ITEMS).await?;
        let files = files.into_iter();
        Ok(files.filter_map(|file| file.into_file(Some(id))).collect())
    }

    async fn attachment(&self, id: &str) -> Answer<ListedFile> {
        let url = self.url(&["content", id], &[("expand", "version,container")]);
        let file: Content = self.0.get(url, Need::Attachments).await?;
        match file.kind == "attachment" {
            true => file
                .into_file(None)
                .ok_or_else(|| not_understood("a file of no page")),
            false => Err(Problem::NotFound.into()),
        }
    }

    async fn footer_comments(&self, id: &str, _kind: ContentKind) -> Answer<Vec<ListedComment>> {
        let query = [
            ("location", "footer"),
            ("depth", "all"),
            ("expand", "body.storage,history,version,ancestors"),
            ("limit", MOST_AT_ONCE),
        ];
        let url = self.url(&["content", id, "child", "comment"], &query);
        let comments = paging::all(&self.0, url, Need::Comments, MOST_COMMENTS).await?;
        Ok(threaded(comments))
    }

    /// One request for each: the server has no call for many.
    async fn people(&self, ids: &[String]) -> Answer<Vec<Person>> {
        let mut people = Vec::new();
        for id in ids {
            let url = self.url(&["user"], &[("key", id)]);
            match self.0.get::<User>(url, Need::People).await {
                Ok(user) => people.extend(person(id, user)),
                Err(error) if is_unknown_user(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(people)
    }

    async fn all_spaces(&self) -> Answer<Vec<ListedSpace>> {
        let query = [
            ("status", "current"),
            ("expand", "homepage"),
            ("limit", MOST_AT_ONCE),
        ];
        let url = self.url(&["space"], &query);
        let spaces = paging::all::<Space>(&self.0, url, Need::Spaces, MOST_SPACES).await?;
        Ok(spaces.into_iter().map(ListedSpace::from).collect())
    }

    async fn space(&self, key: &str) -> Answer<ListedSpace> {
        let url = self.url(&["space", key], &[("expand", "homepage")]);
        Ok(self.0.get::<Space>(url, Need::Spaces).await?.into())
    }

    async fn children(&self, parent: ChildrenOf<'_>) -> Answer<Vec<FoundContent>> {
        let query = [("expand", "space"), ("limit", MOST_AT_ONCE)];
        let url = match parent {
            ChildrenOf::Page(id) => self.url(&["content", id, "child", "page"], &query),
            ChildrenOf::Space(key) => {
                let url = self.url(&["space", key, "content", "page"], &query);
                with_query(url, &[("depth", "root")])
            }
            ChildrenOf::Folder(_) => return Ok(Vec::new()),
        };
        let children = paging::all::<Content>(&self.0, url, Need::Content, MOST_ITEMS).await?;
        Ok(children
            .into_iter()
            .filter_map(Content::into_found)
            .collect())
    }

    async fn find_by_id(&self, id: &str) -> Answer<Option<ListedPage>> {
        match self.one(id, With::NoBody).await {
            Ok(page) => Ok(Some(page)),
            Err(error) if matches!(error.problem, Problem::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One by one: the interface gives no list of ids, and search knows no archived spaces.
    async fn find_many(&self, kind: ContentKind, ids: &[String]) -> Answer<Vec<FoundContent>> {
        let mut found = Vec::new();
        for id in ids {
            let page = self.find_by_id(id).await?;
            found.extend(
                page.filter(|page| page.kind == kind)
                    .map(|page| FoundContent {
                        id: page.id,
                        kind: page.kind,
                        title: page.title,
                        space_key: Some(page.space_key),
                    }),
            );
        }
        Ok(found)
    }

    async fn find_by_title(&self, space_key: &str, title: &str) -> Answer<Option<ListedPage>> {
        for kind in ["page", "blogpost"] {
            let query = [
                ("spaceKey", space_key),
                ("title", title),
                ("type", kind),
                ("expand", OUTLINE),
                ("limit", "1"),
            ];
            let url = self.url(&["content"], &query);
            let found: Part<Content> = match self.0.get(url, Need::Content).await {
                // The space is not there, or not for us.
                Err(error) if matches!(error.problem, Problem::NotFound) => return Ok(None),
                found => found?,
            };
            let node = found
                .results
                .into_iter()
                .next()
                .and_then(Content::into_node);
            if let Some(node) = node {
                return Ok(Some(node.page));
            }
        }
        Ok(None)
    }
}

fn not_understood(what: &str) -> ConfluenceError {
    let what = what.to_owned();
    Problem::NotUnderstood { what }.into()
}

fn is_unknown_user(error: &ConfluenceError) -> bool {
    matches!(
        error.problem,
        Problem::NotFound | Problem::Forbidden { .. } | Problem::Rejected { .. }
    )
}

fn person(id: &str, user: User) -> Option<Person> {
    Some(Person {
        id: id.to_owned(),
        username: user.username,
        display_name: user.display_name.filter(|name| !name.is_empty())?,
    })
}

/// The server lists comments without order; each knows the comments above it.
fn threaded(comments: Vec<Content>) -> Vec<ListedComment> {
    let listed = |comment: Content| {
        let parent = comment.ancestors.last().map(|last| last.id.clone());
        let author = comment
            .history
            .as_ref()
            .and_then(|history| history.created_by.clone());
        let created_at = comment.history.and_then(|history| history.created_date);
        let bodies = comment.body.unwrap_or_default().into_bodies();
        let listed = ListedComment {
            id: comment.id,
            depth: 0,
            author_id: author.as_ref().and_then(User::id),
            author_name: author.and_then(|author| author.display_name),
            created_at: moment(created_at.as_deref()),
            storage: bodies.storage.unwrap_or_default(),
        };
        (parent, listed)
    };
    let mut rest: Vec<_> = comments.into_iter().map(listed).collect();
    rest.sort_by_key(|(_, comment)| comment.created_at);
    let mut threads = Vec::new();
    let (tops, mut rest): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|(parent, _)| parent.is_none());
    let mut waiting: Vec<_> = tops.into_iter().rev().map(|(_, comment)| comment).collect();
    while let Some(comment) = waiting.pop() {
        let (replies, others): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .partition(|(parent, _)| parent.as_deref() == Some(comment.id.as_str()));
        rest = others;
        waiting.extend(replies.into_iter().rev().map(|(_, reply)| ListedComment {
            depth: comment.depth + 1,
            ..reply
        }));
        threads.push(comment);
    }
    threads
}

impl From<Space> for ListedSpace {
    fn from(space: Space) -> Self {
        Self {
            key: space.key,
            name: space.name,
            homepage_id: space.homepage.map(|page| page.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::threaded;

    #[test]
    fn replies_stand_behind_the_comment_they_answer() {
        let comment = |id: &str, above: &[&str], day: u32| {
            let ancestors: Vec<_> = above.iter().map(|id| json!({ "id": id })).collect();
            let created = format!("2026-10-0{day}T10:00:00.000+02:00");
            serde_json::from_value(json!({
                "id": id, "type": "comment", "ancestors": ancestors,
                "history": {"createdDate": created, "createdBy": {"displayName": "Ada"}},
                "body": {"storage": {"value": "<p>x</p>"}},
            }))
            .unwrap()
        };
        let threads = threaded(vec![
            comment("3", &["1"], 3),
            comment("2", &[], 2),
            comment("4", &["1", "3"], 4),
            comment("1", &[], 1),
            comment("5", &["gone"], 5),
        ]);
        let shown: Vec<_> = threads
            .iter()
            .map(|comment| (comment.id.as_str(), comment.depth))
            .collect();
        assert_eq!(shown, [("1", 0), ("3", 1), ("4", 2), ("2", 0)]);
        assert_eq!(threads[0].author_name.as_deref(), Some("Ada"));
    }
}

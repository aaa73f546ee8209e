//! The JSON of Cloud's second interface, and what it means in our words.

use serde::Deserialize;
use serde_json::Value;

use crate::confluence::{
    model::{ContentKind, ListedFile, ListedPage, ListedSpace},
    tree::Node,
    v1::content::{WireBodies, id, labels, moment, space_key_of_link},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    #[serde(deserialize_with = "id")]
    pub id: String,
    pub status: Option<String>,
    #[serde(default)]
    pub title: String,
    pub space_id: Option<Id>,
    pub parent_id: Option<Id>,
    /// `page`, `folder`, `database`, `whiteboard` or `embed`.
    pub parent_type: Option<String>,
    pub position: Option<i64>,
    pub created_at: Option<String>,
    pub version: Option<Version>,
    pub body: Option<WireBodies>,
    #[serde(default)]
    pub labels: Value,
    #[serde(default, rename = "_links")]
    pub links: Links,
}

/// An id that may be written as a number.
#[derive(Deserialize)]
pub(super) struct Id(#[serde(deserialize_with = "id")] pub String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Version {
    #[serde(default)]
    pub number: i32,
    pub created_at: Option<String>,
    pub author_id: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Links {
    pub webui: Option<String>,
}

/// What hangs in a tree: pages, folders and things without a body.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TreeEntry {
    #[serde(deserialize_with = "id")]
    pub id: String,
    pub status: Option<String>,
    #[serde(default)]
    pub title: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub parent_id: Option<Id>,
    #[serde(default)]
    pub depth: u32,
    pub child_position: Option<i64>,
}

/// A folder, database, whiteboard or embed by itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Container {
    #[serde(default)]
    pub title: String,
    pub parent_id: Option<Id>,
    pub parent_type: Option<String>,
    pub position: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Space {
    #[serde(deserialize_with = "id")]
    pub id: String,
    pub key: String,
    #[serde(default)]
    pub name: String,
    pub homepage_id: Option<Id>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attachment {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(default)]
    pub title: String,
    pub page_id: Option<Id>,
    pub blog_post_id: Option<Id>,
    pub media_type: Option<String>,
    pub comment: Option<String>,
    pub file_size: Option<u64>,
    pub version: Option<Version>,
}

#[derive(Deserialize)]
pub(super) struct Comment {
    #[serde(deserialize_with = "id")]
    pub id: String,
    pub status: Option<String>,
    pub version: Option<Version>,
    pub body: Option<WireBodies>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub account_id: String,
    pub display_name: Option<String>,
    pub public_name: Option<String>,
}

/// Content in the bin, in an archive or in a draft is not there for readers.
pub(super) fn is_current(status: Option<&str>) -> bool {
    status.is_none_or(|status| status == "current")
}

pub(super) fn kind_of(word: &str) -> Option<ContentKind> {
    match word {
        "page" => Some(ContentKind::Page),
        "blogpost" => Some(ContentKind::BlogPost),
        "folder" => Some(ContentKind::Folder),
        _ => None,
    }
}

impl Page {
    pub(super) fn space_key_of_link(&self) -> Option<String> {
        space_key_of_link(self.links.webui.as_deref()?)
    }

    pub(super) fn into_node(self, kind: ContentKind, space_key: String) -> Node {
        let version = self.version;
        let page = ListedPage {
            id: self.id,
            kind,
            title: self.title,
            space_key,
            parent_id: self.parent_id.map(|parent| parent.0),
            position: 0,
            version: version.as_ref().map_or(0, |version| version.number),
            author_id: version
                .as_ref()
                .and_then(|version| version.author_id.clone()),
            author_name: None,
            created_at: moment(self.created_at.as_deref()),
            modified_at: moment(version.and_then(|version| version.created_at).as_deref()),
            view_restricted: None,
            labels: labels(&self.labels),
            bodies: self.body.unwrap_or_default().into_bodies(),
        };
        Node {
            page,
            order: self.position,
        }
    }
}

impl Attachment {
    /// `content_id` is the page it hangs on, if the answer need not say.
    pub(super) fn into_file(self, content_id: Option<&str>) -> Option<ListedFile> {
        let told = self.page_id.or(self.blog_post_id).map(|id| id.0);
        Some(ListedFile {
            content_id: content_id.map(str::to_owned).or(told)?,
            size_bytes: self.file_size,
            media_type: self.media_type,
            version: self.version.as_ref().map_or(0, |version| version.number),
            comment: self.comment.filter(|comment| !comment.is_empty()),
            modified_at: moment(
                self.version
                    .and_then(|version| version.created_at)
                    .as_deref(),
            ),
            download_path: None,
            id: self.id,
            name: self.title,
        })
    }
}

impl From<Space> for ListedSpace {
    fn from(space: Space) -> Self {
        Self {
            key: space.key,
            name: space.name,
            homepage_id: space.homepage_id.map(|id| id.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Attachment, Page};
    use crate::confluence::{model::ContentKind, paging::Part};

    #[test]
    fn a_page_is_read_with_everything_it_was_asked_for() {
        let json = include_str!("../../../tests/fixtures/confluence/cloud_page.json");
        let page: Page = serde_json::from_str(json).unwrap();
        assert_eq!(page.space_key_of_link().as_deref(), Some("DS"));
        let node = page.into_node(ContentKind::Page, "DS".to_owned());
        assert_eq!(node.order, Some(1114));
        let page = node.page;
        assert_eq!((page.id.as_str(), page.version), ("65961985", 7));
        assert_eq!(page.parent_id.as_deref(), Some("65961001"));
        assert_eq!(page.modified_at, Some(datetime!(2026-10-01 10:00 UTC)));
        assert_eq!(page.labels, Some(vec!["public".to_owned()]));
        assert!(page.bodies.export_view.unwrap().starts_with("<h2 id="));
    }

    #[test]
    fn files_are_read_with_their_page_and_version() {
        let json = include_str!("../../../tests/fixtures/confluence/cloud_attachments.json");
        let part: Part<Attachment> = serde_json::from_str(json).unwrap();
        assert!(part.links.next.is_some());
        let file = part
            .results
            .into_iter()
            .next()
            .unwrap()
            .into_file(None)
            .unwrap();
        assert_eq!(
            (file.id.as_str(), file.content_id.as_str()),
            ("att65962000", "65961985")
        );
        assert_eq!((file.name.as_str(), file.version), ("plan (1).png", 1));
        assert_eq!((file.size_bytes, file.comment), (Some(20_481), None));
    }
}

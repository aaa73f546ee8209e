//! The JSON of content in the first interface, and what it means in our words. Which of it is there depends on what was
//! asked to be expanded, so that nearly everything is optional.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::confluence::{
    model::{Bodies, ContentKind, FoundContent, ListedFile, ListedPage},
    tree::Node,
};

/// The largest body of a page that is taken; larger ones are as if they had not come.
const BODY_BYTES: usize = 8 * 1024 * 1024;

/// What a search can tell about a page besides finding it.
#[derive(Debug, Default, Clone)]
pub(in crate::confluence) struct Facts {
    pub view_restricted: Option<bool>,
    pub labels: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub(in crate::confluence) struct Content {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(default)]
    pub title: String,
    pub space: Option<Space>,
    pub version: Option<Version>,
    pub history: Option<History>,
    #[serde(default)]
    pub ancestors: Vec<Ancestor>,
    #[serde(default)]
    pub metadata: Value,
    #[serde(default)]
    pub restrictions: Value,
    pub body: Option<WireBodies>,
    #[serde(default)]
    pub extensions: Value,
    pub container: Option<Ancestor>,
    #[serde(default, rename = "_links")]
    links: Links,
    #[serde(default, rename = "_expandable")]
    expandable: Expandable,
}

#[derive(Deserialize)]
pub(in crate::confluence) struct Space {
    pub key: String,
}

#[derive(Deserialize)]
pub(in crate::confluence) struct Version {
    #[serde(default)]
    pub number: i32,
    pub when: Option<String>,
    pub by: Option<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::confluence) struct History {
    pub created_date: Option<String>,
    pub created_by: Option<User>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::confluence) struct User {
    pub account_id: Option<String>,
    pub user_key: Option<String>,
    pub username: Option<String>,
    pub display_name: Option<String>,
    /// `known`, `anonymous` or `unknown`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::confluence) struct Ancestor {
    #[serde(deserialize_with = "id")]
    pub id: String,
}

/// Bodies as both interfaces write them.
#[derive(Default, Deserialize)]
pub(in crate::confluence) struct WireBodies {
    pub storage: Option<WireBody>,
    pub export_view: Option<WireBody>,
}

#[derive(Deserialize)]
pub(in crate::confluence) struct WireBody {
    pub value: String,
}

#[derive(Default, Deserialize)]
struct Links {
    download: Option<String>,
    webui: Option<String>,
}

#[derive(Default, Deserialize)]
struct Expandable {
    space: Option<String>,
}

/// Ids are texts, but old versions and some calls write them as numbers.
pub(in crate::confluence) fn id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    match Value::deserialize(from)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("an id is a text or a number")),
    }
}

/// `None` for times that cannot be read: no page fails because of its date.
pub(in crate::confluence) fn moment(text: Option<&str>) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text?, &Rfc3339).ok()
}

impl WireBodies {
    pub(in crate::confluence) fn into_bodies(self) -> Bodies {
        let value = |body: Option<WireBody>| {
            body.map(|body| body.value)
                .filter(|value| value.len() <= BODY_BYTES)
        };
        Bodies {
            export_view: value(self.export_view),
            storage: value(self.storage),
        }
    }
}

impl User {
    /// `None` for people who have no account any more, and for nobody.
    pub(in crate::confluence) fn id(&self) -> Option<String> {
        self.account_id
            .clone()
            .or_else(|| self.user_key.clone())
            .filter(|id| !id.is_empty())
    }
}

impl Content {
    pub(in crate::confluence) fn content_kind(&self) -> Option<ContentKind> {
        match self.kind.as_str() {
            "page" => Some(ContentKind::Page),
            "blogpost" => Some(ContentKind::BlogPost),
            "folder" => Some(ContentKind::Folder),
            _ => None,
        }
    }

    fn space_key(&self) -> Option<String> {
        let expanded = self.space.as_ref().map(|space| space.key.clone());
        let linked = || {
            self.expandable
                .space
                .as_deref()?
                .rsplit('/')
                .next()
                .map(decode)
        };
        expanded
            .or_else(linked)
            .or_else(|| space_key_of_link(self.links.webui.as_deref()?))
    }

    pub(in crate::confluence) fn into_found(self) -> Option<FoundContent> {
        let kind = self.content_kind()?;
        Some(FoundContent {
            kind,
            space_key: self.space_key(),
            id: self.id,
            title: self.title,
        })
    }

    pub(super) fn facts(&self) -> Facts {
        Facts {
            view_restricted: self
                .restrictions
                .pointer("/read/restrictions")
                .and_then(is_restricted),
            labels: self.metadata.get("labels").and_then(labels),
        }
    }

    /// `None` for content that has no place among pages.
    pub(in crate::confluence) fn into_node(self) -> Option<Node> {
        let kind = self.content_kind()?;
        let facts = self.facts();
        let space_key = self.space_key().unwrap_or_default();
        let order = self.extensions.get("position").and_then(Value::as_i64);
        let version = self.version;
        let author = version.as_ref().and_then(|version| version.by.clone());
        let page = ListedPage {
            id: self.id,
            kind,
            title: self.title,
            space_key,
            parent_id: self.ancestors.into_iter().next_back().map(|last| last.id),
            position: 0,
            version: version.as_ref().map_or(0, |version| version.number),
            author_id: author.as_ref().and_then(User::id),
            author_name: author.and_then(|author| author.display_name),
            created_at: moment(
                self.history
                    .and_then(|history| history.created_date)
                    .as_deref(),
            ),
            modified_at: moment(version.and_then(|version| version.when).as_deref()),
            view_restricted: facts.view_restricted,
            labels: facts.labels,
            bodies: self.body.unwrap_or_default().into_bodies(),
        };
        Some(Node { page, order })
    }

    /// `content_id` is the page it hangs on, if the answer need not say.
    pub(in crate::confluence) fn into_file(self, content_id: Option<&str>) -> Option<ListedFile> {
        let text = |name| {
            let told = self
                .extensions
                .get(name)
                .or_else(|| self.metadata.get(name));
            told.and_then(Value::as_str).map(str::to_owned)
        };
        let container = self
            .container
            .as_ref()
            .map(|container| container.id.as_str());
        Some(ListedFile {
            content_id: content_id.or(container)?.to_owned(),
            size_bytes: self.extensions.get("fileSize").and_then(Value::as_u64),
            media_type: text("mediaType"),
            comment: text("comment").filter(|comment| !comment.is_empty()),
            version: self.version.as_ref().map_or(0, |version| version.number),
            modified_at: moment(self.version.and_then(|version| version.when).as_deref()),
            download_path: self.links.download,
            id: self.id,
            name: self.title,
        })
    }
}

/// The key in `/spaces/DS/pages/1/Title` and `/display/DS/Title`.
pub(in crate::confluence) fn space_key_of_link(link: &str) -> Option<String> {
    let mut segments = link
        .split(['/', '?'])
        .skip_while(|part| !["spaces", "display"].contains(part));
    segments.next()?;
    segments.next().filter(|key| !key.is_empty()).map(decode)
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Names of labels; those that people keep for themselves are nobody else's business.
pub(in crate::confluence) fn labels(told: &Value) -> Option<Vec<String>> {
    let results = told.get("results")?.as_array()?;
    let is_shared = |label: &&Value| label.get("prefix").and_then(Value::as_str) != Some("my");
    let name = |label: &Value| label.get("name")?.as_str().map(str::to_owned);
    Some(results.iter().filter(is_shared).filter_map(name).collect())
}

/// Whether anybody is named who may see the content, so that others may not. `None` unless the answer is certain.
pub(in crate::confluence) fn is_restricted(restrictions: &Value) -> Option<bool> {
    let names_somebody = |kind| {
        let told = restrictions.get(kind)?;
        let listed = told
            .get("results")
            .and_then(Value::as_array)
            .map(|all| !all.is_empty());
        let counted = told
            .get("size")
            .and_then(Value::as_u64)
            .map(|size| size > 0);
        match (listed, counted) {
            (None, None) => None,
            _ => Some(listed == Some(true) || counted == Some(true)),
        }
    };
    match (names_somebody("user"), names_somebody("group")) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Content, is_restricted, space_key_of_link};
    use crate::confluence::model::ContentKind;

    #[test]
    fn a_page_of_data_center_is_read_with_everything_it_was_asked_for() {
        let json = include_str!("../../../tests/fixtures/confluence/data_center_page.json");
        let content: Content = serde_json::from_str(json).unwrap();
        let node = content.into_node().unwrap();
        let page = node.page;
        assert_eq!(
            (page.id.as_str(), page.kind),
            ("65961985", ContentKind::Page)
        );
        assert_eq!(
            (page.title.as_str(), page.space_key.as_str()),
            ("Share me", "DS")
        );
        assert_eq!(page.parent_id.as_deref(), Some("65961001"));
        assert_eq!((page.version, node.order), (7, None));
        assert_eq!(page.author_name.as_deref(), Some("J. Doe"));
        assert_eq!(
            page.author_id.as_deref(),
            Some("8a7f80838bd7a0b1018bd7a0b2c30000")
        );
        assert_eq!(page.labels, Some(vec!["public".to_owned()]));
        assert_eq!(page.view_restricted, None);
        assert!(page.bodies.export_view.unwrap().starts_with("<p><span"));
        assert_eq!(page.bodies.storage, None);
    }

    #[test]
    fn restrictions_are_certain_or_unknown() {
        let check = |json| is_restricted(&json);
        let empty = json!({"results": [], "size": 0});
        let one = json!({"results": [{"type": "known"}], "size": 1});
        assert_eq!(check(json!({"user": empty, "group": empty})), Some(false));
        assert_eq!(check(json!({"user": one, "group": empty})), Some(true));
        assert_eq!(
            check(json!({"user": empty, "group": {"size": 2}})),
            Some(true)
        );
        assert_eq!(check(json!({"user": empty})), None);
        assert_eq!(check(json!({"_expandable": {"user": ""}})), None);
    }

    #[test]
    fn the_space_is_found_in_links() {
        assert_eq!(
            space_key_of_link("/spaces/DS/pages/1/T").as_deref(),
            Some("DS")
        );
        assert_eq!(
            space_key_of_link("/spaces/%7Eada/overview").as_deref(),
            Some("~ada")
        );
        assert_eq!(space_key_of_link("/display/DS/T").as_deref(), Some("DS"));
        assert_eq!(space_key_of_link("/pages/viewpage.action?pageId=1"), None);
    }
}

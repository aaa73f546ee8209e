//! Cloud's API v2: single things. Lists are in `v2_lists`.

use serde_json::{Value, json};

use super::{Asked, wire};
use crate::errors::error_v2;
use crate::exchange::Reply;
use crate::wiki::{Content, Kind, Status};

impl Asked<'_> {
    pub(super) fn v2(&self, segments: &[&str]) -> Reply {
        match segments {
            ["pages"] => self.contents(Kind::Page),
            ["blogposts"] => self.contents(Kind::BlogPost),
            ["spaces"] => self.spaces(),
            ["users-bulk"] => self.people(),
            ["pages", id] => self.content(id, Kind::Page),
            ["blogposts", id] => self.content(id, Kind::BlogPost),
            ["folders", id] => self.content(id, Kind::Folder),
            ["spaces", id] => self.space(id),
            ["spaces", id, "pages"] => self.of_space(id, Kind::Page),
            ["spaces", id, "blogposts"] => self.of_space(id, Kind::BlogPost),
            ["attachments", id] => self.attachment(id),
            ["pages", id, "direct-children"] => self.children(id, Kind::Page),
            ["folders", id, "direct-children"] => self.children(id, Kind::Folder),
            ["pages", id, "descendants"] => self.descendants(id, Kind::Page),
            ["folders", id, "descendants"] => self.descendants(id, Kind::Folder),
            ["pages", id, "ancestors"] => self.ancestors(id, Kind::Page),
            ["folders", id, "ancestors"] => self.ancestors(id, Kind::Folder),
            ["pages", id, "attachments"] => self.attachments(id, Kind::Page),
            ["blogposts", id, "attachments"] => self.attachments(id, Kind::BlogPost),
            ["pages", id, "labels"] => self.labels(id, Kind::Page),
            ["blogposts", id, "labels"] => self.labels(id, Kind::BlogPost),
            ["pages", id, "footer-comments"] => self.comments(id, Kind::Page),
            ["blogposts", id, "footer-comments"] => self.comments(id, Kind::BlogPost),
            ["footer-comments", id, "children"] => self.replies(id),
            ["pages", id, "operations"] => self.page_operations(id, Kind::Page),
            ["blogposts", id, "operations"] => self.page_operations(id, Kind::BlogPost),
            ["spaces", id, "operations"] => self.space_operations(id),
            ["spaces", id, "permissions"] => self.space_permissions(id),
            _ => self.not_built(),
        }
    }

    /// Something current of that kind which the reader may see.
    pub(super) fn current(&self, id: &str, kind: Kind) -> Option<&Content> {
        let content = self.wiki.current(id.parse().ok()?)?;
        (content.kind == kind).then_some(content)
    }

    fn content(&self, id: &str, kind: Kind) -> Reply {
        let found = id.parse().ok().and_then(|id| self.wiki.content(id));
        let wanted = self.request.queries("status");
        let is_draft_wanted =
            self.request.query("get-draft") == Some("true") || wanted.contains(&"draft");
        let fits = |content: &&Content| {
            content.kind == kind
                && (content.status != Status::Draft || is_draft_wanted)
                && (wanted.is_empty() || wanted.contains(&wire::status(content.status)))
        };
        let Some(content) = found.filter(fits) else {
            return self.nothing_here(id);
        };
        let mut value = wire::content(self.wiki, content);
        value["_links"]["base"] = self.urls.base().into();
        if kind != Kind::Folder {
            let format = self.request.query("body-format");
            value["body"] = match format {
                Some(format) => {
                    wire::body(self.wiki, self.urls, content, format).unwrap_or_else(|| json!({}))
                }
                None => json!({}),
            };
        }
        if self.request.query("include-version") == Some("false") {
            value["version"] = Value::Null;
        }
        if self.request.query("include-labels") == Some("true") {
            value["labels"] = included(wire::labels(content), &format!("{}/labels", self.path));
        }
        if self.request.query("include-direct-children") == Some("true") {
            let children = self.wiki.children(content.id).into_iter().map(wire::branch);
            value["directChildren"] = included(
                children.collect(),
                &format!("{}/direct-children", self.path),
            );
        }
        Reply::ok(&value)
    }

    fn space(&self, id: &str) -> Reply {
        let space = id.parse().ok().and_then(|id| self.wiki.space_by_id(id));
        let Some(space) = space else {
            return error_v2(404, "NOT_FOUND", "Space not found");
        };
        let mut value = wire::space(self.wiki, space);
        value["_links"]["base"] = self.urls.base().into();
        Reply::ok(&value)
    }

    fn attachment(&self, id: &str) -> Reply {
        // Only ids with their prefix name an attachment here.
        let file = id
            .starts_with("att")
            .then(|| self.wiki.attachment(id))
            .flatten();
        let Some(file) = file else {
            return error_v2(404, "NOT_FOUND", "Attachment not found");
        };
        let mut value = wire::attachment(self.wiki, file);
        value["_links"]["base"] = self.urls.base().into();
        Reply::ok(&value)
    }

    fn people(&self) -> Reply {
        let wanted = self.request.fields();
        let Some(wanted) = wanted["accountIds"].as_array() else {
            return error_v2(400, "INVALID_REQUEST_PARAMETER", "accountIds is missing");
        };
        let known = self.wiki.people.iter();
        let people = known.filter(|person| wanted.iter().any(|id| *id == *person.account_id));
        let results: Vec<Value> = people.map(wire::person).collect();
        Reply::ok(&json!({"results": results, "_links": {"base": self.urls.base()}}))
    }
}

fn included(results: Vec<Value>, link: &str) -> Value {
    json!({
        "results": results,
        "meta": {"hasMore": false, "cursor": ""},
        "_links": {"self": link},
    })
}

//! Cloud's API v2: lists with their cursors. Single things are in `v2`.

use serde_json::{Value, json};

use super::{Asked, wire};
use crate::errors::error_v2;
use crate::exchange::Reply;
use crate::paging::{Piece, cursor, cursor_start, number, query_with};
use crate::wiki::{Content, Kind, Space, Status};

impl Asked<'_> {
    /// One piece of all results. Only the items of the piece are written.
    pub(super) fn list<T>(
        &self,
        all: Vec<T>,
        default_limit: usize,
        write: impl FnMut(T) -> Value,
    ) -> Reply {
        let limit = number(self.request, "limit", default_limit);
        let Some(start) = cursor_start(self.request) else {
            return error_v2(400, "INVALID_REQUEST_PARAMETER", "The cursor is invalid");
        };
        let piece = Piece::cut(all, start, limit).map(write);
        let mut body = json!({"results": piece.items, "_links": {"base": self.urls.base()}});
        if piece.has_more {
            let query = query_with(self.request, &[("cursor", cursor(start + limit))]);
            let next = format!("{}?{query}", self.path);
            body["_links"]["next"] = next.clone().into();
            Reply::ok(&body).with("Link", &format!("<{next}>; rel=\"next\""))
        } else {
            Reply::ok(&body)
        }
    }

    pub(super) fn contents(&self, kind: Kind) -> Reply {
        self.listed_contents(self.with_status(|content| content.kind == kind))
    }

    pub(super) fn of_space(&self, id: &str, kind: Kind) -> Reply {
        let Some(space) = id.parse().ok().and_then(|id| self.wiki.space_by_id(id)) else {
            return error_v2(404, "NOT_FOUND", "Space not found");
        };
        let is_root = self.request.query("depth") == Some("root");
        self.listed_contents(self.with_status(|content| {
            content.space == space.id
                && content.kind == kind
                && (!is_root || content.parent.is_none())
        }))
    }

    /// In the wanted statuses, `current` if none is named.
    fn with_status(&self, is_wanted: impl Fn(&Content) -> bool) -> Vec<&Content> {
        let statuses = self.request.queries("status");
        let has_status = |content: &Content| match statuses.as_slice() {
            [] => content.status == Status::Current,
            some => some.contains(&wire::status(content.status)),
        };
        let may_read = |content: &Content| self.wiki.may_read(self.wiki.reader, content);
        let all = self.wiki.wiki.contents.values();
        all.filter(|content| has_status(content) && is_wanted(content) && may_read(content))
            .collect()
    }

    fn listed_contents(&self, mut all: Vec<&Content>) -> Reply {
        let ids = self.request.queries("id");
        let spaces = self.request.queries("space-id");
        let title = self.request.query("title");
        all.retain(|content| {
            (ids.is_empty() || ids.contains(&content.id.to_string().as_str()))
                && (spaces.is_empty() || spaces.contains(&content.space.to_string().as_str()))
                && title.is_none_or(|title| content.title == title)
        });
        sort(&mut all, self.request.query("sort").unwrap_or("id"));
        let format = self.request.query("body-format");
        self.list(all, 25, |content| {
            let mut value = wire::content(self.wiki, content);
            let body = format.and_then(|format| wire::body(self.wiki, self.urls, content, format));
            value["body"] = body.unwrap_or_else(|| json!({}));
            value
        })
    }

    pub(super) fn spaces(&self) -> Reply {
        let (keys, ids) = (self.request.queries("keys"), self.request.queries("ids"));
        let fits = |space: &&Space| {
            (keys.is_empty() || keys.contains(&space.key.as_str()))
                && (ids.is_empty() || ids.contains(&space.id.to_string().as_str()))
        };
        let spaces = self.wiki.spaces().filter(fits).collect();
        self.list(spaces, 25, |space| wire::space(self.wiki, space))
    }

    pub(super) fn children(&self, id: &str, kind: Kind) -> Reply {
        let Some(parent) = self.current(id, kind) else {
            return self.nothing_here(id);
        };
        self.list(self.wiki.children(parent.id), 25, |child| {
            let mut value = wire::branch(child);
            value["spaceId"] = child.space.to_string().into();
            value
        })
    }

    pub(super) fn descendants(&self, id: &str, kind: Kind) -> Reply {
        let Some(root) = self.current(id, kind) else {
            return self.nothing_here(id);
        };
        let deepest = number(self.request, "depth", 2);
        self.list(
            self.wiki.descendants(root.id, deepest),
            25,
            |(depth, content)| {
                let mut value = wire::branch(content);
                value["parentId"] = content.parent.map(|id| id.to_string()).into();
                value["depth"] = depth.into();
                value
            },
        )
    }

    /// The nearest ones, from the top down; who wants more asks for those of the first.
    pub(super) fn ancestors(&self, id: &str, kind: Kind) -> Reply {
        let Some(content) = self.current(id, kind) else {
            return self.nothing_here(id);
        };
        let all = self.wiki.ancestors(content);
        let limit = number(self.request, "limit", 25);
        let nearest = all.iter().skip(all.len().saturating_sub(limit));
        let results: Vec<Value> = nearest
            .map(|content| json!({"id": content.id.to_string(), "type": wire::kind(content.kind)}))
            .collect();
        Reply::ok(&json!({"results": results, "_links": {"base": self.urls.base()}}))
    }

    pub(super) fn attachments(&self, id: &str, kind: Kind) -> Reply {
        let Some(page) = self.current(id, kind) else {
            return self.nothing_here(id);
        };
        let mut files = self.wiki.files_of(page.id);
        let name = self.request.query("filename");
        let media_type = self.request.query("mediaType");
        files.retain(|file| {
            name.is_none_or(|name| file.title == name)
                && media_type.is_none_or(|wanted| file.media_type == wanted)
        });
        self.list(files, 50, |file| wire::attachment(self.wiki, file))
    }

    pub(super) fn labels(&self, id: &str, kind: Kind) -> Reply {
        let Some(page) = self.current(id, kind) else {
            return self.nothing_here(id);
        };
        self.list(wire::labels(page), 25, |label| label)
    }

    pub(super) fn comments(&self, id: &str, kind: Kind) -> Reply {
        let Some(page) = self.current(id, kind) else {
            return self.nothing_here(id);
        };
        let format = self.request.query("body-format");
        self.list(self.wiki.comments_of(page.id, None), 25, |comment| {
            wire::comment(self.wiki, comment, format)
        })
    }

    pub(super) fn replies(&self, id: &str) -> Reply {
        let comment = id
            .parse()
            .ok()
            .and_then(|id: u64| self.wiki.comments.get(&id));
        let Some(comment) = comment.filter(|comment| self.wiki.current(comment.page).is_some())
        else {
            return error_v2(404, "NOT_FOUND", "Comment not found");
        };
        let format = self.request.query("body-format");
        let replies = self.wiki.comments_of(comment.page, Some(comment.id));
        self.list(replies, 25, |reply| wire::comment(self.wiki, reply, format))
    }
}

fn sort(contents: &mut [&Content], order: &str) {
    match order.trim_start_matches('-') {
        "created-date" => contents.sort_by_key(|content| content.created),
        "modified-date" => contents.sort_by_key(|content| content.edited),
        "title" => contents.sort_by_key(|content| content.title.clone()),
        _ => contents.sort_by_key(|content| content.id),
    }
    if order.starts_with('-') {
        contents.reverse();
    }
}

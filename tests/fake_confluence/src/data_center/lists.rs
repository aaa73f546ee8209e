//! Data Center: lists with `start`, `limit` and `size`.

use serde_json::{Value, json};

use super::{Asked, wire};
use crate::cql_search::{plain, search};
use crate::errors::bad_request_v1;
use crate::exchange::Reply;
use crate::paging::{Piece, number, query_with};
use crate::wiki::{Comment, Content, Kind, Space};

/// Whatever is asked for.
const MOST: usize = 500;

impl Asked<'_> {
    /// The server lists less than was asked for when that is much, and still less when bodies are asked for too.
    pub(super) fn list<T>(
        &self,
        all: Vec<T>,
        default_limit: usize,
        write: impl FnMut(T) -> Value,
    ) -> Reply {
        let start = number(self.request, "start", 0);
        let has_bodies = self.expand().iter().any(|part| part.starts_with("body"));
        let most = if has_bodies { self.body_limit } else { MOST };
        let limit = number(self.request, "limit", default_limit).min(most);
        let total = all.len();
        let piece = Piece::cut(all, start, limit).map(write);
        let mut body = json!({
            "results": piece.items, "start": piece.start, "limit": piece.limit, "size": piece.items.len(),
            "totalCount": total, "_links": self.links(),
        });
        if piece.has_more {
            let set = [
                ("limit", limit.to_string()),
                ("start", (start + limit).to_string()),
            ];
            let next = format!("{}?{}", self.path, query_with(self.request, &set));
            body["_links"]["next"] = next.into();
        }
        Reply::ok(&body)
    }

    fn listed(&self, contents: Vec<&Content>) -> Reply {
        let expand = self.expand();
        self.list(contents, 25, |content| {
            wire::content(self.wiki, self.urls, content, &expand)
        })
    }

    pub(super) fn contents(&self) -> Reply {
        let wanted = self.request.query("type").unwrap_or("page");
        let (key, title) = (self.request.query("spaceKey"), self.request.query("title"));
        let ids = self.request.queries("ids");
        let fits = |content: &&Content| {
            content.kind != Kind::Folder
                && wire::kind(content.kind) == wanted
                && key.is_none_or(|key| self.wiki.space_of(content).key == key)
                && title.is_none_or(|title| content.title == title)
                && (ids.is_empty() || ids.contains(&content.id.to_string().as_str()))
        };
        self.listed(self.wiki.all_current().filter(fits).collect())
    }

    pub(super) fn of_space(&self, key: &str, kind: Kind) -> Reply {
        let Some(space) = self.wiki.space(key) else {
            return self.space(key);
        };
        let mut contents = self.wiki.in_space(space.id, kind);
        if self.request.query("depth") == Some("root") {
            contents.retain(|content| content.parent.is_none());
        }
        self.listed(contents)
    }

    pub(super) fn children(&self, id: &str) -> Reply {
        let Some(parent) = self.current(id) else {
            return self.nothing_here(id);
        };
        let mut children = self.wiki.children(parent.id);
        children.retain(|child| child.kind == Kind::Page);
        self.listed(children)
    }

    pub(super) fn descendants(&self, id: &str) -> Reply {
        let Some(root) = self.current(id) else {
            return self.nothing_here(id);
        };
        let below = self.wiki.descendants(root.id, usize::MAX).into_iter();
        let pages = below
            .map(|(_, content)| content)
            .filter(|content| content.kind == Kind::Page);
        self.listed(pages.collect())
    }

    pub(super) fn attachments(&self, id: &str) -> Reply {
        let Some(page) = self.current(id) else {
            return self.nothing_here(id);
        };
        let (name, kind) = (
            self.request.query("filename"),
            self.request.query("mediaType"),
        );
        let mut files = self.wiki.files_of(page.id);
        files.retain(|file| {
            name.is_none_or(|name| file.title == name)
                && kind.is_none_or(|kind| file.media_type == kind)
        });
        let expand = self.expand();
        self.list(files, 50, |file| {
            wire::attachment(self.wiki, self.urls, file, &expand)
        })
    }

    /// All of this wiki's comments are below the page, none beside its lines.
    pub(super) fn comments(&self, id: &str) -> Reply {
        let Some(page) = self.current(id) else {
            return self.nothing_here(id);
        };
        let places = self.request.queries("location");
        let has_footer = places.is_empty() || places.contains(&"footer");
        let is_deep = self.request.query("depth") == Some("all");
        let all = self.wiki.comments.values();
        let fits = |comment: &&Comment| {
            has_footer && comment.page == page.id && (is_deep || comment.parent.is_none())
        };
        let expand = self.expand();
        self.list(all.filter(fits).collect(), 25, |comment| {
            wire::comment(self.wiki, self.urls, comment, &expand)
        })
    }

    pub(super) fn spaces(&self) -> Reply {
        let keys = self.request.queries("spaceKey");
        let fits = |space: &&Space| keys.is_empty() || keys.contains(&space.key.as_str());
        let expand = self.expand();
        self.list(self.wiki.spaces().filter(fits).collect(), 25, |space| {
            wire::space(self.wiki, self.urls, space, &expand)
        })
    }

    pub(super) fn found(&self, path: &str) -> Reply {
        let cql = self.request.query("cql").unwrap_or_default();
        let mut hits = match search(self.wiki, cql) {
            Ok(hits) => hits,
            Err(problem) => {
                return bad_request_v1(&format!("Could not parse cql : {cql} ({problem})"));
            }
        };
        hits.retain(|hit| hit.content(self.wiki).kind != Kind::Folder);
        let expand = self.expand();
        if path.ends_with("/content/search") {
            return self.list(hits, 25, |hit| {
                wire::hit(self.wiki, self.urls, hit, &expand)
            });
        }
        self.list(hits, 25, |hit| {
            let content = hit.content(self.wiki);
            let space = self.wiki.space_of(content);
            let text: String = plain(&content.export_view).chars().take(200).collect();
            json!({
                "content": wire::hit(self.wiki, self.urls, hit, &[]),
                "title": hit.title(),
                "excerpt": text,
                "url": wire::webui(self.wiki, content),
                "resultGlobalContainer": {"title": space.name, "displayUrl": format!("/display/{}", space.key)},
                "entityType": "content",
                "iconCssClass": "content-type-page",
                "lastModified": crate::links::rfc3339(content.edited),
                "friendlyLastModified": "Mar 15, 2026",
            })
        })
    }
}

//! What is left of Cloud's API v1: search, restrictions, downloads. People are in `people`.

use serde_json::{Value, json};

use super::{Asked, wire};
use crate::cql_search::{Hit, plain, search, type_of};
use crate::credentials::MEDIA_TOKEN;
use crate::errors::{bad_request_v1, not_found_v1};
use crate::exchange::Reply;
use crate::links::{encoded, rfc3339};
use crate::paging::{Piece, cursor, cursor_start, number, query_with};
use crate::wiki::{Attachment, Content};

impl Asked<'_> {
    pub(super) fn v1(&self, segments: &[&str]) -> Reply {
        match segments {
            ["content", "search"] => self.found("/rest/api/content/search", |hit| self.bare(hit)),
            ["search"] => self.found("/rest/api/search", |hit| self.result(hit)),
            ["content", id, "restriction", "byOperation", "read"] => self.read_restriction(id),
            ["content", id, "restriction", "byOperation"] => self.restrictions(id),
            ["content", id, "permission", "check"] => self.may_somebody(id),
            ["content", page, "child", "attachment", file, "download"] => self.download(page, file),
            ["user", "current"] => self.myself(),
            ["user"] => self.user(),
            ["user", "memberof"] => self.groups(),
            ["space", key, "settings"] => self.space_settings(key),
            _ => self.not_built(),
        }
    }

    fn found(&self, path: &str, write: impl FnMut(Hit<'_>) -> Value) -> Reply {
        let cql = self.request.query("cql").unwrap_or_default();
        let hits = match search(self.wiki, cql) {
            Ok(hits) => hits,
            Err(problem) => {
                return bad_request_v1(&format!("Could not parse cql : {cql} ({problem})"));
            }
        };
        let start = match self.request.query("cursor") {
            None => Some(number(self.request, "start", 0)),
            Some(_) => cursor_start(self.request),
        };
        let Some(start) = start else {
            return bad_request_v1("The cursor is invalid");
        };
        let limit = number(self.request, "limit", 25);
        let total = hits.len();
        let piece = Piece::cut(hits, start, limit).map(write);
        let mut body = json!({
            "results": piece.items, "start": start, "limit": limit, "size": piece.items.len(),
            "totalSize": total, "cqlQuery": cql, "searchDuration": 12, "archivedResultCount": 0,
            "_links": {"base": self.urls.base(), "context": self.urls.context, "self": format!("{}{path}", self.urls.base())},
        });
        if piece.has_more {
            let set = [
                ("next", "true".to_owned()),
                ("cursor", cursor(start + limit)),
                ("limit", limit.to_string()),
                ("start", (start + limit).to_string()),
            ];
            body["_links"]["next"] = format!("{path}?{}", query_with(self.request, &set)).into();
        }
        Reply::ok(&body)
    }

    /// A hit of `/content/search`.
    fn bare(&self, hit: Hit<'_>) -> Value {
        let content = hit.content(self.wiki);
        let id = match hit {
            Hit::Content(content) => content.id.to_string(),
            Hit::Attachment(file) => format!("att{}", file.id),
        };
        let expand = self.request.queries("expand");
        let mut value = json!({
            "id": id,
            "type": type_of(hit),
            "status": "current",
            "title": hit.title(),
            "childTypes": {},
            "macroRenderedOutput": {},
            "restrictions": {},
            "_expandable": {
                "container": "", "metadata": "", "extensions": "", "operations": "", "children": "",
                "history": format!("/rest/api/content/{id}/history"), "ancestors": "", "body": "", "version": "",
                "descendants": "", "space": format!("/rest/api/space/{}", self.wiki.space_of(content).key),
            },
            "_links": {
                "webui": wire::webui(self.wiki, content),
                "self": format!("{}/rest/api/content/{id}", self.urls.base()),
                "tinyui": format!("/x/{}", crate::links::tiny(content.id)),
            },
        });
        for part in expand {
            if let Some(expanded) = self.expanded(hit, part) {
                let key = part.split('.').next().unwrap_or(part);
                match (&mut value[key], expanded) {
                    // Several formats of one body.
                    (Value::Object(there), Value::Object(more)) => there.extend(more),
                    (there, expanded) => *there = expanded,
                }
                value["_expandable"].as_object_mut().unwrap().remove(key);
            }
        }
        value
    }

    fn expanded(&self, hit: Hit<'_>, part: &str) -> Option<Value> {
        let content = hit.content(self.wiki);
        let space = self.wiki.space_of(content);
        let (version, edited) = match hit {
            Hit::Content(content) => (content.version, content.edited),
            Hit::Attachment(file) => (file.version() as u32, file.created),
        };
        match (part.split('.').collect::<Vec<_>>().as_slice(), hit) {
            (["space"], _) => Some(json!({
                "id": space.id, "key": space.key, "name": space.name, "type": "global", "status": "current",
                "_links": {"webui": format!("/spaces/{}", space.key)},
            })),
            (["version"], _) => Some(
                json!({"number": version, "when": rfc3339(edited), "minorEdit": false, "message": ""}),
            ),
            (["ancestors"], Hit::Content(_)) => {
                let above = self.wiki.ancestors(content).into_iter();
                let above = above.map(|page| json!({"id": page.id.to_string(), "type": wire::kind(page.kind), "title": page.title}));
                Some(above.collect())
            }
            (["container"], Hit::Attachment(file)) => {
                Some(json!({"id": file.page.to_string(), "type": "page", "title": content.title}))
            }
            (["body", format], Hit::Content(content)) => {
                wire::body(self.wiki, self.urls, content, format)
            }
            (["extensions"], Hit::Attachment(file)) => Some(extensions(file)),
            (["metadata", "labels"], Hit::Content(content)) => Some(
                json!({"labels": {"results": wire::labels(content), "start": 0, "limit": 200, "size": content.labels.len()}}),
            ),
            (["restrictions", "read", ..], Hit::Content(content)) => {
                Some(json!({"read": self.read_restriction_of(content)}))
            }
            _ => None,
        }
    }

    /// A hit of `/search`.
    fn result(&self, hit: Hit<'_>) -> Value {
        let content = hit.content(self.wiki);
        let space = self.wiki.space_of(content);
        let text: String = plain(&content.export_view).chars().take(200).collect();
        json!({
            "content": self.bare(hit),
            "title": hit.title(),
            "excerpt": text,
            "url": wire::webui(self.wiki, content),
            "resultGlobalContainer": {"title": space.name, "displayUrl": format!("/spaces/{}", space.key)},
            "breadcrumbs": [],
            "entityType": "content",
            "iconCssClass": "aui-icon content-type-page",
            "lastModified": rfc3339(content.edited),
            "friendlyLastModified": "Mar 15, 2026",
            "score": 0.0,
        })
    }

    pub(super) fn v1_content(&self, id: &str) -> Option<&Content> {
        self.wiki.current(id.parse().ok()?)
    }

    fn read_restriction(&self, id: &str) -> Reply {
        match self.v1_content(id) {
            Some(content) => Reply::ok(&self.read_restriction_of(content)),
            None => not_found_v1(id),
        }
    }

    fn restrictions(&self, id: &str) -> Reply {
        match self.v1_content(id) {
            Some(content) => Reply::ok(&json!({"read": self.read_restriction_of(content)})),
            None => not_found_v1(id),
        }
    }

    /// Of this page only; what it inherits stands on the pages above.
    fn read_restriction_of(&self, content: &Content) -> Value {
        let readers = content.readers.iter().flatten();
        let people: Vec<Value> = readers
            .filter_map(|name| self.wiki.person(name))
            .map(|person| self.person_v1(person))
            .collect();
        let list = |results: Vec<Value>| json!({"size": results.len(), "start": 0, "limit": 100, "results": results});
        json!({
            "operation": "read",
            "restrictions": {"user": list(people), "group": list(Vec::new())},
            "_expandable": {"content": format!("/rest/api/content/{}", content.id)},
            "_links": {
                "base": self.urls.base(),
                "context": self.urls.context,
                "self": format!("{}/rest/api/content/{}/restriction/byOperation/read", self.urls.base(), content.id),
            },
        })
    }

    /// Leads to the media store, where no credential is wanted.
    fn download(&self, page: &str, file: &str) -> Reply {
        let file = self.wiki.attachment(file);
        let Some(file) = file.filter(|file| file.page.to_string() == page) else {
            return not_found_v1(page);
        };
        let version = self.request.query("version");
        let version = version.map_or(String::new(), |version| format!("&version={version}"));
        Reply::redirect(&format!(
            "{}/file/{}/binary?token={}&client=fake&dl=true&name={}{version}",
            self.urls.media,
            file.file_id(),
            MEDIA_TOKEN,
            encoded(&file.title),
        ))
    }

    fn space_settings(&self, key: &str) -> Reply {
        match self.wiki.space(key) {
            Some(space) => Reply::ok(&json!({
                "routeOverrideEnabled": false, "spaceKey": space.key,
                "editor": {"page": "v2", "blogpost": "v2", "default": "v2"}, "_links": {},
            })),
            None => Reply::json(
                404,
                &json!({"statusCode": 404, "message": format!("No space with key : {key}")}),
            ),
        }
    }
}

pub(super) fn extensions(file: &Attachment) -> Value {
    json!({
        "mediaType": file.media_type, "fileSize": file.bytes().size(), "comment": file.comment,
        "fileId": file.file_id(), "collectionName": format!("contentId-{}", file.page),
    })
}

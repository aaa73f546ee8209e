//! Confluence Data Center: which path is answered by what. Who may ask is in `access`, whether the request is well
//! formed in `spec`.

mod content;
mod lists;
mod wire;

use serde_json::{Value, json};

use super::errors::not_found_v1;
use super::exchange::{Reply, Request};
use super::serve::decoded;
use super::state::Urls;
use super::wiki::{Content, Kind, Seen};

/// What every answer needs.
pub(crate) struct Asked<'a> {
    pub wiki: &'a Seen<'a>,
    pub urls: &'a Urls,
    pub body_limit: usize,
    pub request: &'a Request,
    pub path: &'a str,
}

pub(crate) fn answer(
    wiki: &Seen<'_>,
    urls: &Urls,
    body_limit: usize,
    request: &Request,
    path: &str,
) -> Reply {
    let asked = Asked {
        wiki,
        urls,
        body_limit,
        request,
        path,
    };
    let segments: Vec<String> = path.trim_matches('/').split('/').map(decoded).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["rest", "api", rest @ ..] => asked.rest(rest),
        ["download", "attachments" | "thumbnails", page, name] => asked.download(page, name),
        _ => Reply::empty(404),
    }
}

impl Asked<'_> {
    fn rest(&self, segments: &[&str]) -> Reply {
        match segments {
            ["content"] => self.contents(),
            ["content", "search"] => self.found("/rest/api/content/search"),
            ["search"] => self.found("/rest/api/search"),
            ["content", id] => self.content(id),
            ["content", id, "child", "page"] => self.children(id),
            ["content", id, "child", "attachment"] => self.attachments(id),
            ["content", id, "child", "comment"] => self.comments(id),
            ["content", id, "descendant", "page"] => self.descendants(id),
            ["content", id, "label"] => self.labels(id),
            ["content", id, "restriction", "byOperation", "read"] => self.read_restriction(id),
            ["content", id, "restriction", "byOperation"] => self.restrictions(id),
            ["content", id, "restriction", "relevantViewRestrictions"] => {
                self.relevant_restrictions(id)
            }
            ["space"] => self.spaces(),
            ["space", key] => self.space(key),
            ["space", key, "content", "page"] => self.of_space(key, Kind::Page),
            ["space", key, "content", "blogpost"] => self.of_space(key, Kind::BlogPost),
            ["user", "current"] => self.myself(),
            ["user"] => self.user(),
            ["user", "memberof"] => self.groups(),
            ["server-information"] => self.server_information(),
            _ => Reply::json(
                501,
                &json!({"statusCode": 501, "message": format!("the fake does not serve {}", self.path)}),
            ),
        }
    }

    /// Something current that the reader may see.
    fn current(&self, id: &str) -> Option<&Content> {
        let content = self.wiki.current(id.parse().ok()?)?;
        (content.kind != Kind::Folder).then_some(content)
    }

    fn expand(&self) -> Vec<&str> {
        self.request.queries("expand")
    }

    fn nothing_here(&self, id: &str) -> Reply {
        not_found_v1(id)
    }

    fn links(&self) -> Value {
        json!({
            "base": self.urls.base(),
            "context": self.urls.context,
            "self": format!("{}{}", self.urls.base(), self.path),
        })
    }

    /// With the same credential as everything else; who has none is sent to the log-in page.
    fn download(&self, page: &str, name: &str) -> Reply {
        if self.wiki.reader.is_none() && self.request.header("authorization").is_none() {
            return Reply::redirect(&format!("{}/login.action", self.urls.base()));
        }
        let Some(page) = self.current(page) else {
            return Reply::text(
                404,
                "text/html;charset=UTF-8",
                "<title>Page Not Found</title>",
            );
        };
        let files = self.wiki.files_of(page.id);
        let Some(file) = files.into_iter().find(|file| file.title == name) else {
            return Reply::text(
                404,
                "text/html;charset=UTF-8",
                "<title>Page Not Found</title>",
            );
        };
        let version = self
            .request
            .query("version")
            .and_then(|version| version.parse::<usize>().ok());
        let version = version.and_then(|version| file.versions.get(version.checked_sub(1)?));
        let range = self.request.header("range");
        Reply::file(version.unwrap_or(file.bytes()), &file.media_type, range)
    }

    fn myself(&self) -> Reply {
        match self.wiki.reader.and_then(|name| self.wiki.person(name)) {
            Some(person) => Reply::ok(&wire::person(self.urls, person)),
            None => Reply::ok(&wire::anonymous(self.urls)),
        }
    }

    fn user(&self) -> Reply {
        let (name, key) = (self.request.query("username"), self.request.query("key"));
        let mut people = self.wiki.people.iter();
        let person = people.find(|person| {
            Some(person.username.as_str()) == name || Some(person.user_key.as_str()) == key
        });
        match person {
            Some(person) => Reply::ok(&wire::person(self.urls, person)),
            None => Reply::json(404, &json!({"statusCode": 404, "message": "No user found"})),
        }
    }

    fn groups(&self) -> Reply {
        let (name, key) = (self.request.query("username"), self.request.query("key"));
        let mut people = self.wiki.people.iter();
        let person = people.find(|person| {
            Some(person.username.as_str()) == name || Some(person.user_key.as_str()) == key
        });
        let Some(person) = person.filter(|_| self.wiki.reader.is_some()) else {
            return Reply::json(403, &json!({"statusCode": 403, "message": "Not permitted"}));
        };
        self.list(person.groups.iter().collect(), 200, |name| {
            json!({"type": "group", "name": name, "_links": {"self": format!("{}/rest/api/group/{name}", self.urls.base())}})
        })
    }

    fn server_information(&self) -> Reply {
        Reply::ok(&json!({
            "baseUrl": self.urls.base(), "version": "10.0.3", "buildNumber": 10031,
            "marketplaceBuildNumber": 1_000_000_031, "buildDate": "2026-06-02T00:00:00.000+0000",
        }))
    }
}

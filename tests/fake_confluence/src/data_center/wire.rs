//! The JSON of Data Center, where only what is asked for by `expand` is there and the rest is named in `_expandable`.

use serde_json::{Map, Value, json};

use crate::cql_search::Hit;
use crate::links::{encoded, rfc3339, tiny};
use crate::macros::rendered_at_home;
use crate::state::Urls;
use crate::wiki::{Attachment, Comment, Content, Kind, Person, Seen, Space, Status};

pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Page => "page",
        Kind::BlogPost => "blogpost",
        Kind::Folder => "folder",
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Current => "current",
        Status::Trashed => "trashed",
        Status::Draft => "draft",
    }
}

/// By title where the title allows it, by id where not.
pub(crate) fn webui(wiki: &Seen<'_>, content: &Content) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ';
    if content.title.chars().all(is_plain) {
        let title = content.title.replace(' ', "+");
        format!("/display/{}/{title}", wiki.space_of(content).key)
    } else {
        format!("/pages/viewpage.action?pageId={}", content.id)
    }
}

/// Sets a part at the path that `expand` names, and takes it off the list of what could be asked for.
struct Expanding<'a> {
    value: Value,
    expand: &'a [&'a str],
}

impl Expanding<'_> {
    fn is_asked(&self, part: &str) -> bool {
        let below = format!("{part}.");
        let mut asked = self.expand.iter();
        asked.any(|asked| *asked == part || asked.starts_with(&below))
    }

    fn put(&mut self, name: &str, part: impl FnOnce() -> Value) {
        if self.is_asked(name) {
            self.value[name] = part();
        } else {
            self.value["_expandable"][name] = "".into();
        }
    }
}

pub(crate) fn content(wiki: &Seen<'_>, urls: &Urls, content: &Content, expand: &[&str]) -> Value {
    let id = content.id;
    let value = json!({
        "id": id.to_string(),
        "type": kind(content.kind),
        "status": status(content.status),
        "title": content.title,
        "position": content.position,
        "extensions": {"position": content.position},
        "_links": {
            "webui": webui(wiki, content),
            "edit": format!("/pages/resumedraft.action?draftId={id}"),
            "tinyui": format!("/x/{}", tiny(id)),
            "self": format!("{}/rest/api/content/{id}", urls.base()),
        },
        "_expandable": {},
    });
    let mut expanding = Expanding { value, expand };
    expanding.put("space", || space_core(urls, wiki.space_of(content)));
    expanding.put("container", || space_core(urls, wiki.space_of(content)));
    expanding.put("version", || version(wiki, urls, content));
    expanding.put("history", || history(wiki, urls, content));
    expanding.put("ancestors", || {
        let above = wiki.ancestors(content).into_iter();
        above.map(|page| ancestor(wiki, urls, page)).collect()
    });
    expanding.put("body", || {
        bodies(wiki, urls, &content.storage, &content.export_view, expand)
    });
    expanding.put("metadata", || match expand.contains(&"metadata.labels") {
        true => {
            json!({"labels": labels(content), "_expandable": {"currentuser": "", "properties": ""}})
        }
        false => json!({"_expandable": {"labels": "", "currentuser": "", "properties": ""}}),
    });
    expanding.put(
        "restrictions",
        || json!({"read": read_restriction(wiki, urls, content)}),
    );
    for name in ["operations", "children", "descendants"] {
        expanding.value["_expandable"][name] = "".into();
    }
    expanding.value
}

fn ancestor(wiki: &Seen<'_>, urls: &Urls, page: &Content) -> Value {
    json!({
        "id": page.id.to_string(), "type": "page", "status": "current", "title": page.title,
        "_links": {
            "webui": webui(wiki, page),
            "self": format!("{}/rest/api/content/{}", urls.base(), page.id),
        },
    })
}

/// The formats that `expand` names; all rendered ones look the same here.
fn bodies(
    wiki: &Seen<'_>,
    urls: &Urls,
    storage: &str,
    export_view: &str,
    expand: &[&str],
) -> Value {
    let base = urls.base();
    let rendered = rendered_at_home(wiki, export_view).replace("{base}", &base);
    let mut bodies = Map::new();
    let mut left = Map::new();
    for format in [
        "editor",
        "view",
        "export_view",
        "styled_view",
        "storage",
        "anonymous_export_view",
    ] {
        if !expand.contains(&format!("body.{format}").as_str()) {
            left.insert(format.to_owned(), "".into());
            continue;
        }
        let text = match format {
            "storage" | "editor" => storage.replace("{base}", &base),
            "styled_view" => {
                format!("<html><head><style></style></head><body>{rendered}</body></html>")
            }
            _ => rendered.clone(),
        };
        let body = json!({"value": text, "representation": format, "_expandable": {"webresource": "", "content": ""}});
        bodies.insert(format.to_owned(), body);
    }
    bodies.insert("_expandable".to_owned(), left.into());
    bodies.into()
}

fn version(wiki: &Seen<'_>, urls: &Urls, content: &Content) -> Value {
    json!({
        "by": by(wiki, urls, &content.author),
        "when": rfc3339(content.edited),
        "message": "", "number": content.version, "minorEdit": false, "hidden": false,
    })
}

fn history(wiki: &Seen<'_>, urls: &Urls, content: &Content) -> Value {
    json!({
        "latest": true,
        "createdBy": by(wiki, urls, &content.author),
        "createdDate": rfc3339(content.created),
        "lastUpdated": version(wiki, urls, content),
        "_expandable": {"previousVersion": "", "contributors": "", "nextVersion": ""},
    })
}

pub(crate) fn labels(content: &Content) -> Value {
    let numbered = content.labels.iter().zip(1_u64..);
    let results: Vec<Value> = numbered
        .map(|(name, number)| {
            json!({"prefix": "global", "name": name, "id": (content.id * 100 + number).to_string(), "label": name})
        })
        .collect();
    json!({"size": results.len(), "start": 0, "limit": 200, "results": results})
}

/// Of this page only.
pub(crate) fn read_restriction(wiki: &Seen<'_>, urls: &Urls, content: &Content) -> Value {
    restriction(wiki, urls, content.id, content.readers.iter().flatten())
}

pub(crate) fn restriction<'a>(
    wiki: &Seen<'_>,
    urls: &Urls,
    id: u64,
    readers: impl Iterator<Item = &'a String>,
) -> Value {
    let people = readers.filter_map(|name| wiki.person(name));
    let people: Vec<Value> = people.map(|reader| person(urls, reader)).collect();
    let list = |results: Vec<Value>| json!({"size": results.len(), "start": 0, "limit": 200, "results": results});
    json!({
        "operation": "read",
        "restrictions": {"user": list(people), "group": list(Vec::new())},
        "_links": {"self": format!("{}/rest/api/content/{id}/restriction/byOperation/read", urls.base())},
        "_expandable": {"content": format!("/rest/api/content/{id}")},
    })
}

fn space_core(urls: &Urls, space: &Space) -> Value {
    let kind = if space.key.starts_with('~') {
        "personal"
    } else {
        "global"
    };
    json!({
        "id": space.id, "key": space.key, "name": space.name, "type": kind, "status": "current",
        "_links": {
            "webui": format!("/display/{}", space.key),
            "self": format!("{}/rest/api/space/{}", urls.base(), space.key),
        },
    })
}

pub(crate) fn space(wiki: &Seen<'_>, urls: &Urls, space: &Space, expand: &[&str]) -> Value {
    let mut value = space_core(urls, space);
    let home = space.homepage.and_then(|id| wiki.current(id));
    value["_expandable"] =
        json!({"metadata": "", "icon": "", "description": "", "retentionPolicy": ""});
    match home {
        Some(home) if expand.contains(&"homepage") => {
            value["homepage"] = content(wiki, urls, home, &[])
        }
        Some(home) => {
            value["_expandable"]["homepage"] = format!("/rest/api/content/{}", home.id).into()
        }
        None => {}
    }
    value
}

pub(crate) fn attachment(
    wiki: &Seen<'_>,
    urls: &Urls,
    file: &Attachment,
    expand: &[&str],
) -> Value {
    let page = &wiki.contents[&file.page];
    let date = file.created.unix_timestamp_nanos() / 1_000_000;
    let name = encoded(&file.title);
    let value = json!({
        "id": format!("att{}", file.id),
        "type": "attachment",
        "status": status(file.status),
        "title": file.title,
        "metadata": {"mediaType": file.media_type, "comment": file.comment},
        "extensions": {"mediaType": file.media_type, "fileSize": file.bytes().size(), "comment": file.comment},
        "_links": {
            "webui": format!("{}?preview=%2F{}%2F{}%2F{name}", webui(wiki, page), page.id, file.id),
            "download": format!(
                "/download/attachments/{}/{name}?version={}&modificationDate={date}&api=v2",
                page.id,
                file.version(),
            ),
            "self": format!("{}/rest/api/content/att{}", urls.base(), file.id),
        },
        "_expandable": {},
    });
    let mut expanding = Expanding { value, expand };
    expanding.put("version", || {
        json!({
            "by": by(wiki, urls, &page.author), "when": rfc3339(file.created),
            "message": "", "number": file.version(), "minorEdit": false, "hidden": false,
        })
    });
    expanding.put("container", || ancestor(wiki, urls, page));
    expanding.put("space", || space_core(urls, wiki.space_of(page)));
    expanding.value
}

pub(crate) fn hit(wiki: &Seen<'_>, urls: &Urls, hit: Hit<'_>, expand: &[&str]) -> Value {
    match hit {
        Hit::Content(page) => content(wiki, urls, page, expand),
        Hit::Attachment(file) => attachment(wiki, urls, file, expand),
    }
}

pub(crate) fn comment(wiki: &Seen<'_>, urls: &Urls, comment: &Comment, expand: &[&str]) -> Value {
    let page = &wiki.contents[&comment.page];
    let id = comment.id;
    let value = json!({
        "id": id.to_string(),
        "type": "comment",
        "status": "current",
        "title": format!("Re: {}", page.title),
        "extensions": {"location": "footer", "_expandable": {"resolution": ""}},
        "_links": {
            "webui": format!("{}?focusedCommentId={id}#comment-{id}", webui(wiki, page)),
            "self": format!("{}/rest/api/content/{id}", urls.base()),
        },
        "_expandable": {},
    });
    let created = || {
        json!({
            "by": by(wiki, urls, &comment.author), "when": rfc3339(comment.created),
            "message": "", "number": 1, "minorEdit": false, "hidden": false,
        })
    };
    let mut expanding = Expanding { value, expand };
    expanding.put("body", || {
        bodies(wiki, urls, &comment.storage, &comment.storage, expand)
    });
    expanding.put("version", created);
    expanding.put("history", || {
        json!({"latest": true, "createdBy": by(wiki, urls, &comment.author), "createdDate": rfc3339(comment.created)})
    });
    expanding.put("container", || ancestor(wiki, urls, page));
    expanding.put("ancestors", || {
        let parents = comment.parent.iter();
        parents
            .map(|id| json!({"id": id.to_string(), "type": "comment"}))
            .collect()
    });
    expanding.value
}

pub(crate) fn person(urls: &Urls, person: &Person) -> Value {
    json!({
        "type": "known",
        "username": person.username,
        "userKey": person.user_key,
        "displayName": person.display_name,
        "profilePicture": picture(urls),
        "_links": {"self": format!("{}/rest/api/user?key={}", urls.base(), person.user_key)},
        "_expandable": {"status": ""},
    })
}

pub(crate) fn anonymous(urls: &Urls) -> Value {
    json!({"type": "anonymous", "profilePicture": picture(urls), "displayName": "Anonymous", "_links": {}})
}

fn by(wiki: &Seen<'_>, urls: &Urls, username: &str) -> Value {
    match wiki.person(username) {
        Some(known) => person(urls, known),
        None => anonymous(urls),
    }
}

fn picture(urls: &Urls) -> Value {
    let path = format!("{}/images/icons/profilepics/default.svg", urls.context);
    json!({"path": path, "width": 48, "height": 48, "isDefault": true})
}

//! The JSON of Cloud's API v2, and the links in it.

use serde_json::{Value, json};

use crate::cql_search::plain;
use crate::links::{encoded, rfc3339, tiny};
use crate::macros::rendered;
use crate::people::Standing;
use crate::state::Urls;
use crate::wiki::{Attachment, Comment, Content, Kind, Person, Seen, Space, Status};

pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Current => "current",
        Status::Trashed => "trashed",
        Status::Draft => "draft",
    }
}

pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Page => "page",
        Kind::BlogPost => "blogpost",
        Kind::Folder => "folder",
    }
}

pub(crate) fn webui(wiki: &Seen<'_>, content: &Content) -> String {
    let key = &wiki.space_of(content).key;
    let title = encoded(&content.title);
    match content.kind {
        Kind::Page => format!("/spaces/{key}/pages/{}/{title}", content.id),
        Kind::Folder => format!("/spaces/{key}/folder/{}", content.id),
        Kind::BlogPost => {
            let day = content.created.date();
            let (year, month, day) = (day.year(), u8::from(day.month()), day.day());
            format!(
                "/spaces/{key}/blog/{year}/{month:02}/{day:02}/{}/{title}",
                content.id
            )
        }
    }
}

/// A page, blog post or folder without its body.
pub(crate) fn content(wiki: &Seen<'_>, content: &Content) -> Value {
    let author = account_id(wiki, &content.author);
    let mut value = json!({
        "id": content.id.to_string(),
        "status": status(content.status),
        "title": content.title,
        "spaceId": content.space.to_string(),
        "authorId": author,
        "createdAt": rfc3339(content.created),
        "version": {
            "createdAt": rfc3339(content.edited),
            "message": "",
            "number": content.version,
            "minorEdit": false,
            "authorId": author,
            "ncsStepVersion": content.version.to_string(),
        },
        "_links": {
            "editui": format!("/pages/resumedraft.action?draftId={}", content.id),
            "webui": webui(wiki, content),
            "tinyui": format!("/x/{}", tiny(content.id)),
        },
    });
    if content.kind == Kind::BlogPost {
        return value;
    }
    let parent = content.parent.and_then(|id| wiki.contents.get(&id));
    value["parentId"] = parent.map(|parent| parent.id.to_string()).into();
    value["parentType"] = parent.map(|parent| kind(parent.kind)).into();
    value["position"] = content.position.into();
    value["ownerId"] = author.into();
    value["lastOwnerId"] = Value::Null;
    if content.kind == Kind::Folder {
        value["type"] = "folder".into();
    }
    value
}

/// In one format; `None` if Confluence knows no such format.
pub(crate) fn body(wiki: &Seen<'_>, urls: &Urls, content: &Content, format: &str) -> Option<Value> {
    let base = urls.base();
    let rendered = rendered(wiki, &content.export_view).replace("{base}", &base);
    let value = match format {
        "storage" | "editor" => content.storage.replace("{base}", &base),
        "view" | "export_view" => rendered,
        "anonymous_export_view" if content.readers.is_some() => String::new(),
        "anonymous_export_view" => rendered,
        "styled_view" => format!(
            "<!DOCTYPE html><html><head><style></style></head><body>{rendered}</body></html>"
        ),
        "atlas_doc_format" => adf(&content.storage),
        _ => return None,
    };
    Some(json!({format: {"representation": format, "value": value}}))
}

fn adf(storage: &str) -> String {
    let text = json!({"type": "text", "text": plain(storage)});
    let paragraph = json!({"type": "paragraph", "content": [text]});
    json!({"type": "doc", "version": 1, "content": [paragraph]}).to_string()
}

pub(crate) fn labels(content: &Content) -> Vec<Value> {
    let numbered = content.labels.iter().zip(1_u64..);
    numbered
        .map(|(name, number)| json!({"id": (content.id * 100 + number).to_string(), "name": name, "prefix": "global"}))
        .collect()
}

/// A child or descendant, of which little is shown.
pub(crate) fn branch(content: &Content) -> Value {
    json!({
        "id": content.id.to_string(),
        "status": status(content.status),
        "title": content.title,
        "type": kind(content.kind),
        "childPosition": content.position,
    })
}

pub(crate) fn space(wiki: &Seen<'_>, space: &Space) -> Value {
    let author = wiki.people.first().map(|person| person.account_id.as_str());
    json!({
        "id": space.id.to_string(),
        "key": space.key,
        "name": space.name,
        "type": if space.key.starts_with('~') { "personal" } else { "global" },
        "status": "current",
        "authorId": author,
        "currentActiveAlias": space.key,
        "createdAt": "2026-03-01T08:00:00.000Z",
        "homepageId": space.homepage.map(|id| id.to_string()),
        "description": null,
        "icon": null,
        "_links": {"webui": format!("/spaces/{}", space.key)},
    })
}

pub(crate) fn attachment(wiki: &Seen<'_>, file: &Attachment) -> Value {
    let page = &wiki.contents[&file.page];
    let owner = match page.kind {
        Kind::BlogPost => "blogPostId",
        Kind::Page | Kind::Folder => "pageId",
    };
    let webui = format!("/pages/viewpageattachments.action?pageId={}", file.page);
    let download = download(file);
    json!({
        "id": format!("att{}", file.id),
        "status": status(file.status),
        "title": file.title,
        "createdAt": rfc3339(file.created),
        owner: file.page.to_string(),
        "mediaType": file.media_type,
        "mediaTypeDescription": "File",
        "comment": file.comment,
        "fileId": file.file_id(),
        "fileSize": file.bytes().size(),
        "webuiLink": webui,
        "downloadLink": download,
        "version": {
            "createdAt": rfc3339(file.created),
            "message": file.comment,
            "number": file.version(),
            "minorEdit": false,
            "authorId": account_id(wiki, &page.author),
        },
        "_links": {"webui": webui, "download": download},
    })
}

/// Below the base URL; a token is not good for it on Cloud.
pub(crate) fn download(file: &Attachment) -> String {
    let date = file.created.unix_timestamp_nanos() / 1_000_000;
    let (page, title, version) = (file.page, encoded(&file.title), file.version());
    format!(
        "/download/attachments/{page}/{title}?version={version}&modificationDate={date}&cacheVersion=1&api=v2"
    )
}

pub(crate) fn comment(wiki: &Seen<'_>, comment: &Comment, format: Option<&str>) -> Value {
    let author = account_id(wiki, &comment.author);
    let page = &wiki.contents[&comment.page];
    let mut value = json!({
        "id": comment.id.to_string(),
        "status": "current",
        "title": format!("Re: {}", page.title),
        "version": {
            "createdAt": rfc3339(comment.created),
            "message": "", "number": 1, "minorEdit": false, "authorId": author,
        },
        "body": {},
        "_links": {
            "webui": format!("{}?focusedCommentId={}#comment-{}", webui(wiki, page), comment.id, comment.id),
        },
    });
    match comment.parent {
        Some(parent) => value["parentCommentId"] = parent.to_string().into(),
        None if page.kind == Kind::BlogPost => value["blogPostId"] = page.id.to_string().into(),
        None => value["pageId"] = page.id.to_string().into(),
    }
    let text = match format {
        Some("atlas_doc_format") => adf(&comment.storage),
        _ => comment.storage.clone(),
    };
    if let Some(format) = format {
        value["body"][format] = json!({"representation": format, "value": text});
    }
    value
}

pub(crate) fn person(person: &Person) -> Value {
    json!({
        "accountId": person.account_id,
        "accountType": account_type(person),
        "accountStatus": match person.standing {
            Standing::Deactivated => "inactive",
            _ => "active",
        },
        "displayName": display_name(person),
        "publicName": display_name(person),
        "email": "",
        "isExternalCollaborator": false,
        "profilePicture": {"path": format!("/wiki/aa-avatar/{}", person.account_id), "isDefault": false},
    })
}

pub(crate) fn account_type(person: &Person) -> &'static str {
    match person.standing {
        Standing::App => "app",
        _ => "atlassian",
    }
}

/// Confluence says behind a name why somebody cannot come in.
pub(crate) fn display_name(person: &Person) -> String {
    let name = &person.display_name;
    match person.standing {
        Standing::Active | Standing::App => name.clone(),
        Standing::Deactivated => format!("{name} (Deactivated)"),
        Standing::NoConfluence => format!("{name} (Unlicensed)"),
    }
}

/// Made of the name, so that the same group has the same id everywhere.
pub(crate) fn group_id(name: &str) -> String {
    let sum = name.bytes().fold(0_u64, |sum, byte| {
        (sum * 31 + u64::from(byte)) % 1_000_000_000_000
    });
    format!("3c1f6a52-0000-4000-8000-{sum:012}")
}

pub(crate) fn account_id<'a>(wiki: &'a Seen<'_>, username: &str) -> Option<&'a str> {
    let person = wiki.wiki.person(username)?;
    Some(person.account_id.as_str())
}

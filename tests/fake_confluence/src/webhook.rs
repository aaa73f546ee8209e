//! The webhooks that Confluence would send. Data Center sends ids only (its default since 7.18) and signs the body;
//! Cloud sends more, names no event, and signs nothing that an API token could check.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::wiki::{Attachment, Content, PORTAL, Wiki};

/// When all webhooks were sent; nothing depends on it.
const SENT: i64 = 1_794_900_000_000;

#[derive(Clone, Copy, Debug)]
pub enum Event {
    PageCreated,
    PageUpdated,
    /// From below that parent to where it is now.
    PageMoved {
        old_parent: u64,
    },
    PageTrashed,
    PageRestored,
    PageRemoved,
    AttachmentCreated,
    AttachmentUpdated,
    AttachmentTrashed,
    AttachmentRemoved,
    ViewRestrictionsChanged,
}

impl Event {
    pub fn name(self) -> &'static str {
        match self {
            Self::PageCreated => "page_created",
            Self::PageUpdated => "page_updated",
            Self::PageMoved { .. } => "page_moved",
            Self::PageTrashed => "page_trashed",
            Self::PageRestored => "page_restored",
            Self::PageRemoved => "page_removed",
            Self::AttachmentCreated => "attachment_created",
            Self::AttachmentUpdated => "attachment_updated",
            Self::AttachmentTrashed => "attachment_trashed",
            Self::AttachmentRemoved => "attachment_removed",
            Self::ViewRestrictionsChanged => "content_permissions_updated",
        }
    }
}

/// A request that is ready to be posted, by whatever client the test has.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Webhook {
    /// About a page, or about a file if the event is one of files.
    pub fn data_center(wiki: &Wiki, event: Event, id: u64, secret: &str) -> Self {
        let user = wiki.person(PORTAL).map(|person| person.user_key.as_str());
        let mut body = json!({"timestamp": SENT, "event": event.name(), "userKey": user});
        match (event, wiki.attachments.get(&id)) {
            (Event::ViewRestrictionsChanged, _) => body["content"] = json!({"id": id}),
            (_, Some(file)) => {
                body["attachedTo"] = json!({"id": file.page});
                body["attachments"] = json!([{"id": id}]);
            }
            _ => body["page"] = json!({"id": id}),
        }
        if let Event::PageUpdated = event {
            body["updateTrigger"] = "edit_page".into();
        }
        if let Event::PageMoved { old_parent } = event {
            body["oldParent"] = json!({"id": old_parent});
            body["newParent"] = json!({"id": wiki.contents[&id].parent});
        }
        let body = body.to_string();
        let headers = vec![
            ("Content-Type", "application/json; charset=utf-8".to_owned()),
            ("X-Event-Key", event.name().to_owned()),
            (
                "X-Request-Id",
                "0d2f6a1c-0000-4000-8000-000000000001".to_owned(),
            ),
            ("X-Hub-Signature", signature(secret, body.as_bytes())),
            (
                "User-Agent",
                "Atlassian HttpClient / Confluence-10.0.3".to_owned(),
            ),
        ];
        Self { headers, body }
    }

    pub fn cloud(wiki: &Wiki, event: Event, id: u64, base: &str) -> Self {
        let user = account_id_of(wiki, PORTAL);
        let mut body = json!({
            "userAccountId": user, "accountType": "customer", "timestamp": SENT, "suppressNotifications": false,
        });
        match wiki.attachments.get(&id) {
            Some(file) => {
                body["attachedTo"] = page_on_cloud(wiki, &wiki.contents[&file.page], base);
                body["attachments"] = json!([file_on_cloud(file, base)]);
            }
            None => body["page"] = page_on_cloud(wiki, &wiki.contents[&id], base),
        }
        if let Event::PageUpdated = event {
            body["updateTrigger"] = "edit_page".into();
        }
        if let Event::PageMoved { old_parent } = event {
            let new_parent = wiki.contents[&id].parent;
            let [old, new] = [Some(old_parent), new_parent]
                .map(|id| Some(page_on_cloud(wiki, wiki.contents.get(&id?)?, base)));
            body["oldParent"] = old.into();
            body["newParent"] = new.into();
        }
        let headers = vec![
            ("Content-Type", "application/json; charset=UTF-8".to_owned()),
            (
                "X-Atlassian-Webhook-Identifier",
                "0d2f6a1c-0000-4000-8000-000000000002".to_owned(),
            ),
            ("User-Agent", "Atlassian Webhook HTTP Client".to_owned()),
        ];
        Self {
            headers,
            body: body.to_string(),
        }
    }

    /// The status that came back.
    pub async fn send(&self, url: &str) -> u16 {
        let mut request = reqwest::Client::new().post(url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let answer = request.body(self.body.clone()).send().await.unwrap();
        answer.status().as_u16()
    }
}

/// `sha256=` and the HMAC of the body in hex.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

fn account_id_of<'a>(wiki: &'a Wiki, username: &str) -> Option<&'a str> {
    wiki.person(username)
        .map(|person| person.account_id.as_str())
}

fn page_on_cloud(wiki: &Wiki, page: &Content, base: &str) -> Value {
    let key = &wiki.space_of(page).key;
    let author = account_id_of(wiki, &page.author);
    json!({
        "id": page.id,
        "idAsString": page.id.to_string(),
        "title": page.title,
        "spaceKey": key,
        "spaceId": page.space,
        "contentType": "page",
        "version": page.version,
        "creatorAccountId": author,
        "lastModifierAccountId": author,
        "creationDate": page.created.unix_timestamp() * 1000,
        "modificationDate": page.edited.unix_timestamp() * 1000,
        "self": format!("{base}/spaces/{key}/pages/{}", page.id),
    })
}

fn file_on_cloud(file: &Attachment, base: &str) -> Value {
    json!({
        "id": file.id,
        "idAsString": file.id.to_string(),
        "fileName": file.title,
        "version": file.version(),
        "comment": file.comment,
        "fileSize": file.bytes().size(),
        "creationDate": file.created.unix_timestamp() * 1000,
        "self": format!("{base}/download/attachments/{}/{}", file.page, file.title),
    })
}

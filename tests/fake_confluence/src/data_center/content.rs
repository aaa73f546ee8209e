//! Data Center: single pages and spaces, and who may read them.

use serde_json::{Value, json};

use super::{Asked, wire};
use crate::exchange::Reply;
use crate::wiki::{Kind, Status};

impl Asked<'_> {
    pub(super) fn content(&self, id: &str) -> Reply {
        if let Some(number) = id.strip_prefix("att") {
            return self.attachment(number);
        }
        let found = id.parse().ok().and_then(|id| self.wiki.content(id));
        let statuses = self.request.queries("status");
        let has_status = |status: Status| match status {
            Status::Current => statuses.is_empty() || statuses.contains(&"current"),
            Status::Trashed => statuses.contains(&"trashed"),
            Status::Draft => statuses.contains(&"draft"),
        } || statuses.contains(&"any");
        let found =
            found.filter(|content| content.kind != Kind::Folder && has_status(content.status));
        let Some(content) = found else {
            return self.nothing_here(id);
        };
        let expand = match self.request.query("expand") {
            None => vec!["history", "space", "version"],
            Some(_) => self.expand(),
        };
        let value = wire::content(self.wiki, self.urls, content, &expand);
        Reply::ok(&self.with_base(value, "/rest/api/content"))
    }

    fn attachment(&self, id: &str) -> Reply {
        match self.wiki.attachment(id) {
            Some(file) => {
                let value = wire::attachment(self.wiki, self.urls, file, &self.expand());
                Reply::ok(&self.with_base(value, "/rest/api/content"))
            }
            None => self.nothing_here(id),
        }
    }

    pub(super) fn space(&self, key: &str) -> Reply {
        match self.wiki.space(key) {
            Some(space) => {
                let value = wire::space(self.wiki, self.urls, space, &self.expand());
                Reply::ok(&self.with_base(value, "/rest/api/space"))
            }
            None => {
                let message = format!("No space with key : {key}");
                Reply::json(
                    404,
                    &json!({"statusCode": 404, "message": message, "reason": "Not Found"}),
                )
            }
        }
    }

    fn with_base(&self, mut value: Value, collection: &str) -> Value {
        value["_links"]["collection"] = collection.into();
        value["_links"]["base"] = self.urls.base().into();
        value["_links"]["context"] = self.urls.context.clone().into();
        value
    }

    pub(super) fn labels(&self, id: &str) -> Reply {
        let Some(content) = self.current(id) else {
            return self.nothing_here(id);
        };
        let mut value = wire::labels(content);
        value["_links"] = self.links();
        Reply::ok(&value)
    }

    pub(super) fn read_restriction(&self, id: &str) -> Reply {
        match self.current(id) {
            Some(content) => Reply::ok(&wire::read_restriction(self.wiki, self.urls, content)),
            None => self.nothing_here(id),
        }
    }

    pub(super) fn restrictions(&self, id: &str) -> Reply {
        match self.current(id) {
            Some(content) => {
                let read = wire::read_restriction(self.wiki, self.urls, content);
                Reply::ok(&json!({"read": read, "_links": self.links()}))
            }
            None => self.nothing_here(id),
        }
    }

    /// Everybody who is named on this page or above it: the form that the documents show.
    pub(super) fn relevant_restrictions(&self, id: &str) -> Reply {
        let Some(content) = self.current(id) else {
            return self.nothing_here(id);
        };
        let relevant = self.wiki.view_restrictions(content);
        let readers = relevant.iter().flat_map(|(_, readers)| readers.iter());
        let read = wire::restriction(self.wiki, self.urls, content.id, readers);
        Reply::ok(&json!({"restrictions": {"read": read}, "_links": self.links()}))
    }
}

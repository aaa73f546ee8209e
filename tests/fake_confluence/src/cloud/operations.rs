//! Cloud's API v2: what the caller may do to pages and spaces, and who may do what in a space.

use serde_json::{Value, json};

use super::Asked;
use crate::errors::error_v2;
use crate::exchange::Reply;
use crate::wiki::{Kind, Space, USERS};

impl Asked<'_> {
    pub(super) fn page_operations(&self, id: &str, kind: Kind) -> Reply {
        let Some(content) = self.current(id, kind) else {
            return self.nothing_here(id);
        };
        let target = super::wire::kind(content.kind);
        let mut operations = vec!["read"];
        if self.wiki.may_edit(self.wiki.reader, content) {
            operations.extend(["update", "delete", "move"]);
        }
        permitted(&operations, target)
    }

    pub(super) fn space_operations(&self, id: &str) -> Reply {
        let Some(space) = self.space_of_id(id) else {
            return error_v2(404, "NOT_FOUND", "Space not found");
        };
        let mut operations = vec!["read"];
        if self.wiki.is_space_admin(self.wiki.reader, space) {
            operations.extend(["export", "administer"]);
        }
        permitted(&operations, "space")
    }

    /// Everybody's group may read and create, the admins one by one administer.
    pub(super) fn space_permissions(&self, id: &str) -> Reply {
        let Some(space) = self.space_of_id(id) else {
            return error_v2(404, "NOT_FOUND", "Space not found");
        };
        let group = json!({"type": "group", "id": super::wire::group_id(USERS)});
        let read = json!({"key": "read", "targetType": "space"});
        let mut all = match &space.readers {
            None => vec![(group, read)],
            Some(readers) => self.people_with(readers, &read),
        };
        let administer = json!({"key": "administer", "targetType": "space"});
        all.extend(self.people_with(&space.admins, &administer));
        let numbered = all.into_iter().zip(1_u64..).collect();
        self.list(numbered, 25, |((principal, operation), number)| {
            json!({"id": (space.id * 100 + number).to_string(), "principal": principal, "operation": operation})
        })
    }

    fn people_with(&self, names: &[String], operation: &Value) -> Vec<(Value, Value)> {
        let people = names.iter().filter_map(|name| self.wiki.person(name));
        people
            .map(|person| {
                let principal = json!({"type": "user", "id": person.account_id});
                (principal, operation.clone())
            })
            .collect()
    }

    fn space_of_id(&self, id: &str) -> Option<&Space> {
        self.wiki.space_by_id(id.parse().ok()?)
    }
}

fn permitted(operations: &[&str], target: &str) -> Reply {
    let operations: Vec<Value> = operations
        .iter()
        .map(|operation| json!({"operation": operation, "targetType": target}))
        .collect();
    Reply::ok(&json!({ "operations": operations }))
}

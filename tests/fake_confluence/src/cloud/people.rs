//! Cloud: people, their groups, and the question what somebody may do to a page.

use serde_json::{Value, json};

use super::{Asked, wire};
use crate::errors::{bad_request_v1, not_found_v1};
use crate::exchange::Reply;
use crate::paging::{Piece, number};
use crate::people::Standing;
use crate::wiki::{Content, PORTAL, Person};

impl Asked<'_> {
    pub(super) fn may_somebody(&self, id: &str) -> Reply {
        let Some(content) = self.v1_content(id) else {
            return not_found_v1(id);
        };
        let asked = self.request.fields();
        let [kind, identifier] = ["type", "identifier"].map(|name| {
            asked["subject"][name]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        });
        let operation = asked["operation"].as_str().unwrap_or_default();
        if kind != "user" || !["read", "update", "delete"].contains(&operation) {
            return bad_request_v1("subject or operation is invalid");
        }
        let known = self.wiki.person_by_account(&identifier);
        let known = known.map(|person| person.username.as_str());
        if known.is_none() && identifier != "anonymous" {
            let message = format!("No user with id : {identifier}");
            return Reply::json(404, &json!({"statusCode": 404, "message": message}));
        }
        let asking = self.wiki.reader;
        let may_ask = |name: &str| name == PORTAL || self.wiki.may_ask_about_others(name);
        if asking != known && !asking.is_some_and(may_ask) {
            let message = "Only an administrator of Confluence may ask for others";
            return Reply::json(403, &json!({"statusCode": 403, "message": message}));
        }
        let problem = self.problem(known, operation, content);
        let mut answer = json!({"hasPermission": problem.is_none(), "_links": {}});
        if let Some(problem) = problem {
            answer["errors"] = json!([{"translation": problem, "args": []}]);
        }
        Reply::ok(&answer)
    }

    /// In the words of Confluence.
    fn problem(
        &self,
        person: Option<&str>,
        operation: &str,
        content: &Content,
    ) -> Option<&'static str> {
        let Some(name) = person else {
            return Some("Anonymous users are not allowed to use Confluence");
        };
        let standing = self.wiki.person(name).map(|person| person.standing);
        if !matches!(standing, Some(Standing::Active | Standing::App)) {
            return Some("User is not allowed to use Confluence");
        }
        if !self.wiki.may_enter(person, self.wiki.space_of(content)) {
            return Some("User does not have permission to the space");
        }
        let may = match operation {
            "read" => self.wiki.may_read(person, content),
            _ => self.wiki.may_edit(person, content),
        };
        (!may).then_some("User does not have permission to the content")
    }

    pub(super) fn myself(&self) -> Reply {
        match self.wiki.reader.and_then(|name| self.wiki.person(name)) {
            Some(person) => Reply::ok(&self.person_v1(person)),
            None => Reply::ok(&json!({
                "type": "anonymous", "displayName": "Anonymous",
                "profilePicture": {"path": "/wiki/anonymous.svg", "width": 48, "height": 48, "isDefault": true},
            })),
        }
    }

    pub(super) fn user(&self) -> Reply {
        let id = self.request.query("accountId").unwrap_or_default();
        match self.wiki.person_by_account(id) {
            Some(person) => Reply::ok(&self.person_v1(person)),
            None => Reply::json(
                404,
                &json!({"statusCode": 404, "message": format!("No user found with key : {id}")}),
            ),
        }
    }

    /// The groups of somebody; of an unknown account none.
    pub(super) fn groups(&self) -> Reply {
        let id = self.request.query("accountId").unwrap_or_default();
        let person = self.wiki.person_by_account(id);
        let groups = person.map_or(&[] as &[String], |person| person.groups.as_slice());
        let [start, limit] =
            [("start", 0), ("limit", 200)].map(|(name, usual)| number(self.request, name, usual));
        let piece = Piece::cut(groups.iter().collect(), start, limit);
        let results = piece.items.iter();
        let results: Vec<Value> = results
            .map(|name| json!({"type": "group", "name": name, "id": wire::group_id(name), "_links": {}}))
            .collect();
        Reply::ok(&json!({
            "results": results, "start": start, "limit": limit, "size": results.len(),
            "_links": {"base": self.urls.base(), "context": self.urls.context},
        }))
    }

    pub(super) fn person_v1(&self, person: &Person) -> Value {
        json!({
            "type": "known",
            "accountId": person.account_id,
            "accountType": wire::account_type(person),
            "email": "",
            "publicName": wire::display_name(person),
            "displayName": wire::display_name(person),
            "timeZone": "Etc/UTC",
            "isExternalCollaborator": false,
            "profilePicture": {"path": format!("/wiki/aa-avatar/{}", person.account_id), "width": 48, "height": 48, "isDefault": false},
            "_expandable": {"operations": "", "personalSpace": ""},
            "_links": {"base": self.urls.base(), "context": self.urls.context},
        })
    }
}

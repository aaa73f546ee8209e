//! What people may do at a Cloud site: asked by the app about others, or by people about themselves.

use serde::{Deserialize, Serialize};

use super::{
    api::Api,
    client::Client,
    error::{ConfluenceError, Need, Problem},
    paging::{self, Part},
    source::Answer,
    v1::with_query,
};

/// More groups than anybody is in.
const MOST_GROUPS: usize = 2_000;
const GROUPS_AT_ONCE: &str = "200";
const MOST_PERMISSIONS: usize = 10_000;
const PERMISSIONS_AT_ONCE: &str = "250";

/// An account as Atlassian's directory knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryAccount {
    pub display_name: String,
    /// Of an app or of the system.
    pub is_app: bool,
    /// Neither deactivated nor closed.
    pub is_active: bool,
}

/// What is to be done with content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    Read,
    Update,
}

/// The answer to whether somebody may do something with content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    Granted,
    Refused,
    /// The site knows no such person, or one who may not use Confluence at all.
    NoUser,
    /// Only admins of the site may ask this about others.
    NotForUs,
}

/// A group that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Group {
    pub id: String,
    pub name: String,
}

impl Client {
    /// `None` when the directory knows no account of this id.
    pub async fn directory_account(&self, id: &str) -> Answer<Option<DirectoryAccount>> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Asked<'a> {
            account_ids: [&'a str; 1],
        }
        let url = self.api.site().v2(&["users-bulk"]);
        let asked = Asked { account_ids: [id] };
        let found: Part<WireAccount> = self.api.post(url, &asked, Need::People).await?;
        let mut found = found.results.into_iter();
        let account = found.find(|account| account.account_id == id);
        Ok(account.map(DirectoryAccount::from))
    }

    pub async fn permission(
        &self,
        content_id: &str,
        person: &str,
        operation: Operation,
    ) -> Answer<Permission> {
        let url = self
            .api
            .site()
            .v1(&["content", content_id, "permission", "check"]);
        let asked = Check {
            subject: Subject {
                kind: "user",
                identifier: person,
            },
            operation,
        };
        match self.api.post::<Checked>(url, &asked, Need::Rights).await {
            Ok(checked) => Ok(checked.into()),
            Err(error) => refusal(error),
        }
    }

    pub async fn groups_of(&self, person: &str) -> Answer<Vec<Group>> {
        let url = self.api.site().v1(&["user", "memberof"]);
        let query = [("accountId", person), ("limit", GROUPS_AT_ONCE)];
        let url = with_query(url, &query);
        paging::all(&self.api, url, Need::People, MOST_GROUPS).await
    }

    /// Whether the space's permissions let the person administer it, by name or by a group.
    pub async fn administers(
        &self,
        space_key: &str,
        person: &str,
        groups: &[Group],
    ) -> Answer<bool> {
        let space_id = space_id(&self.api, space_key).await?;
        let url = self.api.site().v2(&["spaces", &space_id, "permissions"]);
        let url = with_query(url, &[("limit", PERMISSIONS_AT_ONCE)]);
        let all: Vec<Assignment> =
            paging::all(&self.api, url, Need::Spaces, MOST_PERMISSIONS).await?;
        let is_meant = |principal: &Principal| match principal.kind.as_str() {
            "user" => principal.id == person,
            "group" => groups.iter().any(|group| group.id == principal.id),
            _ => false,
        };
        Ok(all
            .iter()
            .any(|one| one.operation.is_administration() && is_meant(&one.principal)))
    }

    /// Whether whoever asks may administer the space, by whatever rule.
    pub async fn may_administer(&self, space_key: &str) -> Answer<bool> {
        #[derive(Deserialize)]
        struct Operations {
            #[serde(default)]
            operations: Vec<Permitted>,
        }
        let space_id = space_id(&self.api, space_key).await?;
        let url = self.api.site().v2(&["spaces", &space_id, "operations"]);
        let told: Operations = self.api.get(url, Need::Spaces).await?;
        Ok(told
            .operations
            .iter()
            .any(|one| one.operation == "administer" && one.target_type == "space"))
    }
}

async fn space_id(api: &Api, key: &str) -> Answer<String> {
    #[derive(Deserialize)]
    struct Space {
        id: String,
        key: String,
    }
    let url = with_query(api.site().v2(&["spaces"]), &[("keys", key)]);
    let found: Part<Space> = api.get(url, Need::Spaces).await?;
    let mut found = found.results.into_iter();
    let space = found.find(|space| space.key.eq_ignore_ascii_case(key));
    space
        .map(|space| space.id)
        .ok_or_else(|| Problem::NotFound.into())
}

/// Refusals that answer the question all the same.
fn refusal(error: ConfluenceError) -> Answer<Permission> {
    match error.problem {
        Problem::NotFound => Ok(Permission::NoUser),
        Problem::Forbidden { .. } | Problem::ScopeMissing { .. } => Ok(Permission::NotForUs),
        _ => Err(error),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireAccount {
    account_id: String,
    account_type: Option<String>,
    account_status: Option<String>,
    display_name: Option<String>,
    public_name: Option<String>,
}

impl From<WireAccount> for DirectoryAccount {
    fn from(wire: WireAccount) -> Self {
        let is_said = |name: &String| !name.is_empty();
        let name = wire.display_name.filter(is_said);
        Self {
            display_name: name
                .or(wire.public_name.filter(is_said))
                .unwrap_or(wire.account_id),
            is_app: wire.account_type.is_some_and(|kind| kind == "app"),
            is_active: wire.account_status.is_none_or(|status| status == "active"),
        }
    }
}

#[derive(Serialize)]
struct Check<'a> {
    subject: Subject<'a>,
    operation: Operation,
}

#[derive(Serialize)]
struct Subject<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    identifier: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    has_permission: bool,
    #[serde(default)]
    errors: Vec<Message>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    translation: String,
}

impl From<Checked> for Permission {
    fn from(checked: Checked) -> Self {
        let is_no_user = |message: &Message| {
            message
                .translation
                .contains("not allowed to use Confluence")
        };
        match checked.has_permission {
            true => Self::Granted,
            false if checked.errors.iter().any(is_no_user) => Self::NoUser,
            false => Self::Refused,
        }
    }
}

#[derive(Deserialize)]
struct Assignment {
    principal: Principal,
    operation: Assigned,
}

#[derive(Deserialize)]
struct Principal {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assigned {
    #[serde(default)]
    key: String,
    #[serde(default)]
    target_type: String,
}

impl Assigned {
    fn is_administration(&self) -> bool {
        self.key == "administer" && self.target_type == "space"
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Permitted {
    #[serde(default)]
    operation: String,
    #[serde(default)]
    target_type: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Checked, DirectoryAccount, Permission, WireAccount, refusal};
    use crate::confluence::Problem;

    #[test]
    fn somebody_who_may_not_use_confluence_is_no_user_and_not_merely_refused() {
        let check = |answer| Permission::from(serde_json::from_value::<Checked>(answer).unwrap());
        let refused = |words: &str| {
            let error = json!({"translation": words, "args": []});
            check(json!({"hasPermission": false, "errors": [error]}))
        };
        assert_eq!(check(json!({"hasPermission": true})), Permission::Granted);
        assert_eq!(
            refused("User does not have permission to the content"),
            Permission::Refused
        );
        assert_eq!(
            refused("User is not allowed to use Confluence"),
            Permission::NoUser
        );
        assert_eq!(check(json!({"hasPermission": false})), Permission::Refused);
    }

    #[test]
    fn a_question_that_only_admins_may_ask_is_no_answer() {
        let problem = |problem: Problem| refusal(problem.into());
        assert_eq!(problem(Problem::NotFound), Ok(Permission::NoUser));
        let detail = String::new();
        assert_eq!(
            problem(Problem::Forbidden { detail }),
            Ok(Permission::NotForUs)
        );
        assert!(problem(Problem::TimedOut).is_err());
    }

    #[test]
    fn accounts_are_people_or_apps_active_or_not() {
        let account = |kind: &str, status: &str| {
            let wire = json!({"accountId": "1", "accountType": kind, "accountStatus": status,
                "displayName": "", "publicName": "Ada"});
            DirectoryAccount::from(serde_json::from_value::<WireAccount>(wire).unwrap())
        };
        let ada = account("atlassian", "active");
        assert!(ada.is_active && !ada.is_app);
        assert_eq!(ada.display_name, "Ada");
        assert!(account("app", "active").is_app);
        assert!(!account("atlassian", "inactive").is_active);
        assert!(!account("atlassian", "closed").is_active);
    }
}

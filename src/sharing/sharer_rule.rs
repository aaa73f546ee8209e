//! Who may share inside Confluence, by the rule that the operator configured (`VESTIBULE_APP_SHARERS`), asked at the site.

use time::OffsetDateTime;
use uuid::Uuid;

use super::Sharing;
use crate::accounts::account::Role;
use crate::config::{App, Sharers};
use crate::connections::LiveError;
use crate::shares::share::Scope;

/// The role that a person's groups give them, whatever they open; `None` when others share here.
pub async fn role_of(
    sharing: &Sharing,
    connection_id: Uuid,
    person: &str,
    now: OffsetDateTime,
) -> Result<Option<Role>, LiveError> {
    let (app, cloud_app) = (&sharing.app, &sharing.cloud_app);
    let groups = if asks_for_groups(app) {
        cloud_app.groups_of(connection_id, person, now).await?
    } else {
        Vec::new()
    };
    if is_in_one_of(&groups, &app.admin_groups) {
        return Ok(Some(Role::Admin));
    }
    let may = match &app.sharers {
        Sharers::Groups(sharers) => is_in_one_of(&groups, sharers),
        Sharers::PageEditors | Sharers::SpaceAdmins => true,
    };
    Ok(may.then_some(Role::Sharer))
}

/// Whether a sharer may open a view of this page or space.
///
/// Where there is nothing that the rule could be held against, they may: what they are shown is only what they may see,
/// and the rule is held against each page that they share.
pub async fn may_open(
    sharing: &Sharing,
    connection_id: Uuid,
    person: &str,
    page: Option<&str>,
    space: Option<&str>,
    now: OffsetDateTime,
) -> Result<bool, LiveError> {
    let cloud_app = &sharing.cloud_app;
    match (&sharing.app.sharers, page, space) {
        (Sharers::PageEditors, Some(page), _) => {
            cloud_app.may_edit(connection_id, person, page, now).await
        }
        (Sharers::SpaceAdmins, _, Some(space)) => {
            cloud_app
                .is_space_admin(connection_id, person, space, now)
                .await
        }
        _ => Ok(true),
    }
}

/// Whether the rule lets a person share this, or see what is set for a share of it. A whole space is more than its pages one by one:
/// where editing is enough for a page, a space needs its admin.
pub async fn may_share(
    sharing: &Sharing,
    connection_id: Uuid,
    person: &str,
    scope: &Scope,
    space_key: &str,
    now: OffsetDateTime,
) -> Result<bool, LiveError> {
    let cloud_app = &sharing.cloud_app;
    match (&sharing.app.sharers, scope) {
        (Sharers::Groups(sharers), _) => {
            let groups = cloud_app.groups_of(connection_id, person, now).await?;
            Ok(is_in_one_of(&groups, sharers))
        }
        (
            Sharers::PageEditors,
            Scope::Page { root } | Scope::Tree { root } | Scope::BlogPost { root },
        ) => cloud_app.may_edit(connection_id, person, root, now).await,
        (Sharers::PageEditors, Scope::Space { .. }) | (Sharers::SpaceAdmins, _) => {
            cloud_app
                .is_space_admin(connection_id, person, space_key, now)
                .await
        }
    }
}

/// Sentences for whom the rule keeps out: what it is, and whom to ask.
pub fn refusal(sharers: &Sharers) -> Vec<String> {
    let (rule, remedy) = match sharers {
        Sharers::PageEditors => (
            "Here a page is shared outside by those who may edit it.".to_owned(),
            "Ask one of them to share it, or an admin of the space to let you edit the page.",
        ),
        Sharers::SpaceAdmins => (
            "Here the admins of a space share its pages outside.".to_owned(),
            "Ask one of them. They are named under Space settings.",
        ),
        Sharers::Groups(groups) => (
            format!(
                "Here members of certain groups share pages outside: {}.",
                groups.join(", ")
            ),
            "Ask an admin of your Confluence to add you to one of them.",
        ),
    };
    vec![rule, remedy.to_owned()]
}

fn asks_for_groups(app: &App) -> bool {
    !app.admin_groups.is_empty() || matches!(app.sharers, Sharers::Groups(_))
}

/// Names of groups are the same in any case, as in Confluence.
fn is_in_one_of(groups: &[String], wanted: &[String]) -> bool {
    groups.iter().any(|group| {
        let group = group.to_lowercase();
        wanted.iter().any(|wanted| wanted.to_lowercase() == group)
    })
}

#[cfg(test)]
mod tests {
    use super::{is_in_one_of, refusal};
    use crate::config::Sharers;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_group_is_known_in_any_case_and_only_whole() {
        let groups = names(&["Docs Team", "staff"]);
        assert!(is_in_one_of(&groups, &names(&["docs team"])));
        assert!(!is_in_one_of(&groups, &names(&["docs"])));
        assert!(!is_in_one_of(&groups, &[]));
    }

    #[test]
    fn whoever_is_kept_out_is_told_the_groups() {
        let sentences = refusal(&Sharers::Groups(names(&["docs", "press"])));
        assert!(sentences[0].contains("docs, press"));
    }
}

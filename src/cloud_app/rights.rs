//! What a person may do at a site, by Atlassian's account id. Asked by the app, kept for a few minutes.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use time::OffsetDateTime;
use uuid::Uuid;

use super::CloudApp;
use super::answers::{Answers, PersonKind, STILL_GOOD, ViewRight};
use crate::confluence::rights::{Group, Operation, Permission};
use crate::confluence::{Client, ConfluenceError};
use crate::connections::LiveError;
use crate::pages::store::people;

/// Questions about pages at once.
const AT_ONCE: usize = 4;

impl CloudApp {
    fn answers(&self) -> &Answers {
        self.answers.as_of(self.connections.beginnings())
    }

    pub async fn person_kind(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<PersonKind, LiveError> {
        let key = (connection_id, person.to_owned());
        if let Some(cached) = self.answers().kinds.get(&key) {
            return Ok(cached);
        }
        let access = self.connections.access(connection_id, now).await?;
        let kind = match access.client.directory_account(person).await? {
            None => PersonKind::Gone,
            Some(account) if account.is_app => PersonKind::App,
            Some(account) if !account.is_active => PersonKind::Gone,
            Some(account) => PersonKind::Active {
                display_name: account.display_name,
            },
        };
        if let PersonKind::Active { display_name } = &kind {
            let told = [crate::confluence::model::Person {
                id: person.to_owned(),
                username: None,
                display_name: display_name.clone(),
            }];
            self.db
                .run(move |db| people::store_names(db, connection_id, &told))
                .await?;
        }
        self.answers().kinds.insert(key, kind.clone());
        Ok(kind)
    }

    /// Records that the site has told all that decides whether a person may be here.
    pub fn record_standing(&self, connection_id: Uuid, person: &str, now: OffsetDateTime) {
        let key = (connection_id, person.to_owned());
        self.answers().looked_at.insert(key, now);
    }

    /// Whether it did so a short while ago, as far as this process knows.
    pub fn knew_standing(&self, connection_id: Uuid, person: &str, now: OffsetDateTime) -> bool {
        let key = (connection_id, person.to_owned());
        let at = self.answers().looked_at.get(&key);
        at.is_some_and(|at| now - at < STILL_GOOD)
    }

    /// Which of the pages the person may see. What could not be found out is `false`.
    pub async fn may_view(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        content_ids: &[String],
        now: OffsetDateTime,
    ) -> Result<HashMap<String, bool>, LiveError> {
        let answers = stream::iter(content_ids.iter().cloned())
            .map(|id| async move {
                let right = self.view_right(connection_id, person, &id, now).await;
                (id, right)
            })
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
        let mut rights = HashMap::with_capacity(answers.len());
        for (id, right) in answers {
            let may = match right {
                Ok(right) => right == ViewRight::Granted,
                // Asked again the next time.
                Err(error) if error.is_pause() => return Err(error),
                Err(error) => {
                    tracing::info!(connection = %connection_id, page = id, %error, "whether somebody may see a page was not told");
                    false
                }
            };
            rights.insert(id, may);
        }
        Ok(rights)
    }

    /// Whether the person may see one page.
    pub(super) async fn view_right(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        content_id: &str,
        now: OffsetDateTime,
    ) -> Result<ViewRight, LiveError> {
        let key = (connection_id, person.to_owned(), content_id.to_owned());
        if let Some(cached) = self.answers().views.get(&key) {
            return Ok(cached);
        }
        let told = self
            .permission(connection_id, person, content_id, Operation::Read, now)
            .await?;
        let right = match told {
            Permission::Granted => ViewRight::Granted,
            Permission::Refused => ViewRight::Refused,
            Permission::NoUser => ViewRight::NoPerson,
            Permission::NotForUs => ViewRight::NotTold,
        };
        self.answers().views.insert(key, right);
        Ok(right)
    }

    /// Asked by the app; where only admins may ask that about others, by the person.
    async fn permission(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        content_id: &str,
        operation: Operation,
        now: OffsetDateTime,
    ) -> Result<Permission, LiveError> {
        let app = self.connections.access(connection_id, now).await?.client;
        let told = app.permission(content_id, person, operation).await?;
        if told != Permission::NotForUs {
            return Ok(told);
        }
        match self.as_person(connection_id, person, now).await? {
            Ok(client) => {
                let told = client.permission(content_id, person, operation).await;
                self.unless_refused(connection_id, person, told, Permission::NoUser)
                    .await
            }
            Err(permission) => Ok(permission),
        }
    }

    /// A refused token of a person says nothing of the connection, which would be stopped by it. It is used no more.
    async fn unless_refused<T>(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        told: Result<T, ConfluenceError>,
        instead: T,
    ) -> Result<T, LiveError> {
        match told.map_err(LiveError::from) {
            Err(error) if error.is_refusal() => {
                self.forget_token(connection_id, person).await?;
                Ok(instead)
            }
            told => told,
        }
    }

    /// A client in the person's name, or what it means that there is none.
    async fn as_person(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<Result<Client, Permission>, LiveError> {
        match self.impersonate(connection_id, person, now).await {
            Ok(access) => Ok(Ok(access.client)),
            Err(LiveError::NotInTheirName(reason)) => Ok(Err(if reason.is_about_the_app() {
                Permission::NotForUs
            } else {
                Permission::NoUser
            })),
            Err(error) => Err(error),
        }
    }

    /// Whether the person may change the page.
    pub async fn may_edit(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        content_id: &str,
        now: OffsetDateTime,
    ) -> Result<bool, LiveError> {
        let key = (connection_id, person.to_owned(), content_id.to_owned());
        if let Some(cached) = self.answers().edits.get(&key) {
            return Ok(cached);
        }
        let told = self
            .permission(connection_id, person, content_id, Operation::Update, now)
            .await?;
        let may = told == Permission::Granted;
        self.answers().edits.insert(key, may);
        Ok(may)
    }

    /// Whether the person administers the space.
    pub async fn is_space_admin(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        space_key: &str,
        now: OffsetDateTime,
    ) -> Result<bool, LiveError> {
        let key = (connection_id, person.to_owned(), space_key.to_owned());
        if let Some(cached) = self.answers().administrations.get(&key) {
            return Ok(cached);
        }
        // Whatever gives the right (a name, a group, a role): the person's own view of the space says it.
        let is_admin = match self.as_person(connection_id, person, now).await? {
            Ok(client) => {
                let told = client.may_administer(space_key).await;
                self.unless_refused(connection_id, person, told, false)
                    .await?
            }
            Err(Permission::NoUser) => false,
            Err(_) => {
                let groups = self.directory_groups(connection_id, person, now).await?;
                let app = self.connections.access(connection_id, now).await?.client;
                app.administers(space_key, person, &groups).await?
            }
        };
        self.answers().administrations.insert(key, is_admin);
        Ok(is_admin)
    }

    /// Names of the groups that the person is in.
    pub async fn groups_of(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<Vec<String>, LiveError> {
        let groups = self.directory_groups(connection_id, person, now).await?;
        Ok(groups.iter().map(|group| group.name.clone()).collect())
    }

    async fn directory_groups(
        self: &Arc<Self>,
        connection_id: Uuid,
        person: &str,
        now: OffsetDateTime,
    ) -> Result<Arc<[Group]>, LiveError> {
        let key = (connection_id, person.to_owned());
        if let Some(cached) = self.answers().groups.get(&key) {
            return Ok(cached);
        }
        let app = self.connections.access(connection_id, now).await?.client;
        let groups: Arc<[Group]> = app.groups_of(person).await?.into();
        self.answers().groups.insert(key, Arc::clone(&groups));
        Ok(groups)
    }
}

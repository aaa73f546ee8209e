//! Who the people of a wiki are and what they may do: standing, groups, rights on spaces and pages. What a reader sees of
//! the wiki is in `looking`.

use super::wiki::{Content, Person, Space, Wiki};

/// The user of our own app at a Cloud site, once it is installed.
pub const APP_USER: &str = "share-app";
/// As which Confluence Cloud renders a page when it is saved.
pub const CHAT_NOTIFICATIONS: &str = "5b70c8b80fd0ac05d389f5e9";
/// Whoever is in it may ask what others may do.
const ADMINS: &str = "confluence-administrators";

/// What Confluence thinks of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Active,
    Deactivated,
    /// Active elsewhere, without access to Confluence.
    NoConfluence,
    /// Of an app or of the system. It may look, but no app may act in its name.
    App,
}

impl Wiki {
    pub fn add_app_user(&mut self, username: &str, display_name: &str) {
        self.add_person(username, display_name);
        self.set_standing(username, Standing::App);
    }

    /// The account as which Cloud renders a page that is saved; its id is [`CHAT_NOTIFICATIONS`].
    pub fn add_system_user(&mut self) {
        self.add_app_user("chat-notifications", "Chat Notifications");
        CHAT_NOTIFICATIONS.clone_into(&mut self.person_mut("chat-notifications").account_id);
    }

    pub fn set_standing(&mut self, username: &str, standing: Standing) {
        self.person_mut(username).standing = standing;
    }

    pub fn join(&mut self, username: &str, group: &str) {
        self.person_mut(username).groups.push(group.to_owned());
    }

    pub fn leave(&mut self, username: &str, group: &str) {
        let groups = &mut self.person_mut(username).groups;
        groups.retain(|one| one != group);
    }

    /// Only these may change the page, of all who may read it. Pages below do not inherit it.
    pub fn restrict_edits(&mut self, id: u64, editors: &[&str]) {
        self.page(id).editors = Some(owned(editors));
    }

    /// Only these see the space at all.
    pub fn restrict_space(&mut self, key: &str, readers: &[&str]) {
        self.space_mut(key).readers = Some(owned(readers));
    }

    pub fn make_space_admin(&mut self, username: &str, key: &str) {
        self.space_mut(key).admins.push(username.to_owned());
    }

    fn person_mut(&mut self, username: &str) -> &mut Person {
        let mut people = self.people.iter_mut();
        people
            .find(|person| person.username == username)
            .expect(username)
    }

    fn space_mut(&mut self, key: &str) -> &mut Space {
        let mut spaces = self.spaces.iter_mut();
        spaces.find(|space| space.key == key).expect(key)
    }

    pub fn person_by_account(&self, account_id: &str) -> Option<&Person> {
        let mut people = self.people.iter();
        people.find(|person| person.account_id == account_id)
    }

    /// Whether an app may act in this person's name.
    pub fn is_active(&self, username: &str) -> bool {
        let person = self.person(username);
        person.is_some_and(|person| person.standing == Standing::Active)
    }

    /// Whether the person may use Confluence; an app may.
    fn may_use(&self, username: &str) -> bool {
        let standing = self.person(username).map(|person| person.standing);
        matches!(standing, Some(Standing::Active | Standing::App))
    }

    pub fn may_enter(&self, reader: Option<&str>, space: &Space) -> bool {
        match (reader, &space.readers) {
            (None, readers) => readers.is_none(),
            (Some(name), None) => self.may_use(name),
            (Some(name), Some(readers)) => self.may_use(name) && is_among(name, readers),
        }
    }

    /// Nobody who is not signed in changes anything here.
    pub fn may_edit(&self, reader: Option<&str>, content: &Content) -> bool {
        let listed = |name| {
            let editors = content.editors.as_ref();
            editors.is_none_or(|editors| is_among(name, editors))
        };
        reader.is_some_and(listed) && self.may_read(reader, content)
    }

    pub fn is_space_admin(&self, reader: Option<&str>, space: &Space) -> bool {
        reader.is_some_and(|name| is_among(name, &space.admins)) && self.may_enter(reader, space)
    }

    /// Apps and admins may ask for others, everybody for himself.
    pub fn may_ask_about_others(&self, username: &str) -> bool {
        let person = self.person(username);
        person.is_some_and(|person| {
            person.standing == Standing::App || person.groups.iter().any(|group| group == ADMINS)
        })
    }
}

fn is_among(name: &str, names: &[String]) -> bool {
    names.iter().any(|one| one == name)
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().copied().map(str::to_owned).collect()
}

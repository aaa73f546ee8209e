//! Users of the export: their keys, names and display names, which stand in up to three objects each.
//!
//! Mail addresses are dropped here, in whatever field they come.

use std::collections::{BTreeMap, HashMap};

use super::model::ExportedUser;
use super::object::Object;

#[derive(Default)]
pub(super) struct People {
    /// User names by key.
    accounts: BTreeMap<String, Option<String>>,
    /// Display names by key.
    display_names: HashMap<String, String>,
    /// Display names by user name, from the user directory of a whole-site export.
    directory: BTreeMap<String, Option<String>>,
}

impl People {
    /// Like its siblings, answers whether anything was kept.
    pub(super) fn add_account(&mut self, object: &mut Object) -> bool {
        let key = object.key().to_owned();
        if key.is_empty() {
            return false;
        }
        if let Some(name) = display_name(object) {
            self.display_names.insert(key.clone(), name);
        }
        self.accounts.insert(key, object.take_text("name"));
        true
    }

    pub(super) fn add_directory_user(&mut self, object: &mut Object) -> bool {
        let display_name = display_name(object);
        let Some(username) = object.take_text("name") else {
            return false;
        };
        self.directory.insert(username, display_name);
        true
    }

    /// The profile page of a user; its title is the display name where Confluence filled it in.
    pub(super) fn add_profile(&mut self, object: &mut Object) -> bool {
        let display_name = object.take_text("title").and_then(without_mail_address);
        if let Some(key) = object.reference_key("user").map(str::to_owned) {
            self.display_names
                .extend(display_name.map(|name| (key, name)));
        } else if let Some(username) = object.take_text("username") {
            let known = self.directory.entry(username).or_default();
            *known = known.take().or(display_name);
        }
        true
    }

    pub(super) fn finish(mut self) -> Vec<ExportedUser> {
        let mut users = Vec::with_capacity(self.accounts.len().max(self.directory.len()));
        for (key, username) in self.accounts {
            let in_directory = username
                .as_ref()
                .and_then(|name| self.directory.remove(name))
                .flatten();
            users.push(ExportedUser {
                display_name: self.display_names.remove(&key).or(in_directory),
                username: username.and_then(without_mail_address),
                key,
            });
        }
        // Before 5.2 there are no keys: pages and mentions name people by their user names.
        users.extend(
            self.directory
                .into_iter()
                .map(|(name, display_name)| ExportedUser {
                    key: name.clone(),
                    username: without_mail_address(name),
                    display_name,
                }),
        );
        users
    }
}

fn display_name(object: &mut Object) -> Option<String> {
    let name = object
        .take_text("displayName")
        .or_else(|| object.take_text("fullName"))?;
    without_mail_address(name)
}

fn without_mail_address(name: String) -> Option<String> {
    (!name.trim().is_empty() && !name.contains('@')).then_some(name)
}

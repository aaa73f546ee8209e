//! From the groups that another system says somebody is in, to a role here.

use super::account::Role;
use crate::config::RoleGroups;

/// The most that the groups allow; `None` when they let nobody in. Names are compared as they are written.
pub fn role_of(groups: &RoleGroups, of_person: &[String]) -> Option<Role> {
    let is_in = |listed: &[String]| listed.iter().any(|group| of_person.contains(group));
    if is_in(&groups.admins) {
        Some(Role::Admin)
    } else if is_in(&groups.sharers) {
        Some(Role::Sharer)
    } else {
        None
    }
}

/// Every group that would let somebody in, for a sentence.
pub fn groups_in_words(groups: &RoleGroups) -> String {
    let all = groups.admins.iter().chain(&groups.sharers);
    let quoted: Vec<String> = all.map(|group| format!("“{group}”")).collect();
    match quoted.as_slice() {
        [] => "no group".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{groups_in_words, role_of};
    use crate::accounts::account::Role;
    use crate::config::RoleGroups;

    fn groups() -> RoleGroups {
        RoleGroups {
            admins: vec!["it".to_owned(), "wiki-admins".to_owned()],
            sharers: vec!["staff".to_owned()],
        }
    }

    #[test]
    fn the_strongest_group_counts_and_others_let_nobody_in() {
        let role = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            role_of(&groups(), &names)
        };
        assert_eq!(role(&["staff", "it"]), Some(Role::Admin));
        assert_eq!(role(&["staff"]), Some(Role::Sharer));
        assert_eq!(role(&["IT", "guests"]), None);
        assert_eq!(role(&[]), None);
    }

    #[test]
    fn a_sentence_names_all_of_them() {
        assert_eq!(groups_in_words(&groups()), "“it”, “wiki-admins” or “staff”");
    }
}

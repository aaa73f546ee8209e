//! Naming who stands in for a share's creator, where Confluence renders pages for people.

use time::OffsetDateTime;
use uuid::Uuid;

use super::Sharing;
use super::actor::Actor;
use super::error::{Field, FieldError, SharingError};
use super::rights::{MayAdminister, MayChange};
use super::share::{apply, locked};
use crate::cloud_app::PersonKind;
use crate::shares::store::{self, ContentSource, ShareChange};

const LONGEST_ID: usize = 128;

/// Somebody at a site, by the id that Atlassian gives accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonId(String);

impl PersonId {
    /// Letters, digits, colons, underscores and hyphens; `None` for an empty text.
    pub fn parse(typed: &str) -> Result<Option<Self>, &'static str> {
        let id = typed.trim();
        let is_part = |char: char| char.is_ascii_alphanumeric() || ":_-".contains(char);
        if id.len() > LONGEST_ID || !id.chars().all(is_part) {
            return Err(
                "This is no Atlassian account id. It stands at the end of the address of the person's profile, such as \
                 557058:295406f3-a1fc-4733-b906-dd15d021bd79.",
            );
        }
        Ok(Some(Self(id.to_owned())).filter(|_| !id.is_empty()))
    }
}

/// Names who stands in for the creator of a share, or nobody. Whoever does that has pages rendered in that person's name,
/// so it takes the right to administer.
pub async fn name_stand_in(
    sharing: &Sharing,
    actor: &Actor,
    _right: MayAdminister,
    share: MayChange,
    person: Option<PersonId>,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let id = share.id();
    let found = sharing
        .db
        .run(move |db| store::find_connected_share(db, id))
        .await?
        .ok_or(SharingError::NotFound)?;
    if found.source != ContentSource::App {
        return Err(SharingError::Conflict(
            "Somebody can stand in only for creators of shares of an installed app's site."
                .to_owned(),
        ));
    }
    if let Some(PersonId(person)) = &person {
        check_person(sharing, found.share.connection_id, person, now).await?;
    }
    let change = ShareChange {
        stand_in: Some(person.map(|PersonId(person)| person)),
        ..ShareChange::default()
    };
    sharing
        .change(actor, now, move |db| {
            let old = locked(db, id)?;
            apply(db, &old, &change, now)
        })
        .await?;
    sharing.forget(id);
    sharing.connections.wake();
    Ok(())
}

/// Refuses whoever cannot stand in, and whom the site could not be asked about.
async fn check_person(
    sharing: &Sharing,
    connection_id: Uuid,
    person: &str,
    now: OffsetDateTime,
) -> Result<(), FieldError> {
    let text = match sharing
        .cloud_app
        .person_kind(connection_id, person, now)
        .await
    {
        Ok(PersonKind::Active { .. }) => return Ok(()),
        Ok(PersonKind::App) => {
            "This is the account of an app, which can see less than a person. Name a person."
                .to_owned()
        }
        Ok(PersonKind::Gone) => {
            "The site has no active person with this account id. Name somebody else.".to_owned()
        }
        Err(error) => format!(
            "Whether the account is active could not be asked, so nothing was changed. Try again later. {}",
            error.sentence()
        ),
    };
    Err(FieldError::new(Field::StandIn, text))
}

#[cfg(test)]
mod tests {
    use super::PersonId;

    #[test]
    fn account_ids_of_all_ages_are_read_and_nothing_else() {
        let old = "557058:295406f3-a1fc-4733-b906-dd15d021bd79";
        assert_eq!(
            PersonId::parse(&format!(" {old} ")),
            Ok(Some(PersonId(old.to_owned())))
        );
        assert!(PersonId::parse("5b10a2844c20165700ede21g").is_ok());
        assert_eq!(PersonId::parse("  "), Ok(None));
        for wrong in ["ada@example.com", "Ada Lovelace", "../x", &"1".repeat(129)] {
            assert!(PersonId::parse(wrong).is_err(), "{wrong}");
        }
    }
}

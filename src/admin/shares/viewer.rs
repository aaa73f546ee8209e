//! In whose name a share of an app's connection shows its pages: its creator's, who stands in, and what came of it. And
//! the form that names who stands in.

mod advice;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use diesel::PgConnection;
use serde::Deserialize;

use self::advice::{AppView, LineView, advice, line};
use super::change::apply;
use super::details::Choice;
use super::show::{self, Sent};
use super::{share_id, share_path};
use crate::accounts::account::Role;
use crate::accounts::store::identity;
use crate::admin::form::AdminForm;
use crate::admin::problems::Problems;
use crate::clock;
use crate::cloud_app::PersonKind;
use crate::connections::store::installations;
use crate::pages::store::{people, viewer_renderings};
use crate::shares::store::{self, ConnectedShare, ContentSource, ShareChange, StoreError};
use crate::web::error::{Failure, PageError};
use crate::web::page;
use crate::web::scope::content_scope;
use crate::web::state::AppState;

const LONGEST_ID: usize = 128;

/// As typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StandInInput {
    /// Of those who are known; empty for nobody.
    pub stand_in: String,
    /// Another account id, which goes before.
    pub stand_in_id: String,
}

/// The panel *Viewer*.
pub struct ViewerPanel {
    pub creator: Option<PersonView>,
    pub stand_in: Option<PersonView>,
    pub lines: Vec<LineView>,
    pub advice: Vec<String>,
    /// The form is shown: whoever names somebody has pages rendered in that person's name.
    pub may_name: bool,
    /// Who may stand in, as far as they are known here.
    pub choices: Vec<Choice>,
    /// As typed.
    pub typed: String,
}

/// Somebody at the site.
pub struct PersonView {
    /// A name, where one is known.
    pub name: String,
    pub id: String,
}

impl ViewerPanel {
    /// `None` where pages look the same for everybody.
    pub fn load(
        db: &mut PgConnection,
        found: &ConnectedShare,
        sent: Option<&StandInInput>,
        role: Role,
    ) -> Result<Option<Self>, StoreError> {
        if found.source != ContentSource::App {
            return Ok(None);
        }
        let share = &found.share;
        let creator = share.creator.person.clone();
        let stand_in = share.creator.stand_in.clone();
        let known = identity::admins_of(db, &identity::issuer_of(share.connection_id))?;
        let ids: Vec<String> = creator.iter().chain(&stand_in).cloned().collect();
        let names = people::find_names(db, share.connection_id, &ids)?;
        let person = |id: &String| PersonView {
            name: names
                .get(id)
                .or_else(|| known.iter().find(|one| one.0 == *id).map(|one| &one.1))
                .cloned()
                .unwrap_or_else(|| "Somebody whose name is not known yet".to_owned()),
            id: id.clone(),
        };
        let (creator, stand_in) = (creator.as_ref().map(person), stand_in.as_ref().map(person));
        let counts = viewer_renderings::count(db, &content_scope(share, found.source))?;
        let chosen = sent.map_or_else(
            || stand_in.as_ref().map(|one| one.id.clone()),
            |sent| Some(sent.stand_in.clone()),
        );
        let installation = installations::find_installation(db, share.connection_id)?;
        let app = AppView::of(installation.as_ref());
        Ok(Some(Self {
            advice: advice(&counts, &app, creator.is_some(), stand_in.is_some()),
            may_name: role == Role::Admin,
            lines: counts
                .into_iter()
                .map(|count| line(count, &app, creator.as_ref(), stand_in.as_ref()))
                .collect(),
            choices: choices(known, stand_in.as_ref(), &chosen.unwrap_or_default()),
            typed: sent
                .map(|sent| sent.stand_in_id.clone())
                .unwrap_or_default(),
            creator,
            stand_in,
        }))
    }
}

fn choices(
    known: Vec<(String, String)>,
    stand_in: Option<&PersonView>,
    chosen: &str,
) -> Vec<Choice> {
    let choice = |value: &str, label: String| Choice {
        chosen: value == chosen,
        value: value.to_owned(),
        label,
    };
    let mut choices = vec![choice("", "Nobody".to_owned())];
    let other = stand_in.filter(|one| !known.iter().any(|(id, _)| *id == one.id));
    choices.extend(other.map(|one| choice(&one.id, one.name.clone())));
    choices.extend(known.iter().map(|(id, name)| choice(id, name.clone())));
    choices
}

/// An account id as Atlassian writes them: letters, digits, colons, hyphens.
fn parse_id(typed: &str) -> Result<Option<String>, &'static str> {
    let id = typed.trim();
    let is_part = |char: char| char.is_ascii_alphanumeric() || ":_-".contains(char);
    if id.len() > LONGEST_ID || !id.chars().all(is_part) {
        return Err(
            "This is no Atlassian account id. It stands at the end of the address of the person's profile, such as \
             557058:295406f3-a1fc-4733-b906-dd15d021bd79.",
        );
    }
    Ok(Some(id.to_owned()).filter(|id| !id.is_empty()))
}

/// `POST /admin/shares/{id}/stand-in`: names who stands in for the creator, or nobody.
pub async fn name_stand_in(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<StandInInput>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    // Whoever names somebody has pages rendered in that person's name.
    if form.admin.account().role != Role::Admin {
        return Err(Failure::Forbidden(
            "Only an admin of the portal can name somebody to stand in for a share's creator."
                .to_owned(),
        )
        .into());
    }
    let found = state
        .db
        .run(move |db| store::find_connected_share(db, id))
        .await?
        .ok_or(Failure::NotFound)?;
    if found.source != ContentSource::App {
        return Err(Failure::Conflict(
            "Somebody can stand in only for creators of shares of an installed app's site."
                .to_owned(),
        )
        .into());
    }
    let mut problems = Problems::default();
    let typed = problems.check("stand_in_id", parse_id(&form.input.stand_in_id));
    let listed = problems.check("stand_in", parse_id(&form.input.stand_in));
    let person = match (typed, listed) {
        (Some(typed), Some(listed)) => typed.or(listed),
        _ => None,
    };
    if let Some(person) = &person {
        check_person(&state, found.share.connection_id, person, &mut problems).await;
    }
    if !problems.is_empty() {
        let sent = Sent {
            problems,
            stand_in: Some(form.input),
            ..Sent::default()
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return show::answer(&state, &form.admin, id, status, sent).await;
    }
    let is_named = person.is_some();
    let change = ShareChange {
        stand_in: Some(person),
        ..ShareChange::default()
    };
    apply(&state, id, change).await?;
    state.connections.wake();
    form.admin.say_done(match is_named {
        true => "The person stands in from now on. The pages are being fetched.",
        false => "Nobody stands in for the creator any more.",
    })?;
    Ok(page::see_other(&share_path(id, "viewer")))
}

/// Adds a problem for whoever cannot stand in, and for whom the site could not be asked about.
async fn check_person(
    state: &AppState,
    connection_id: uuid::Uuid,
    person: &str,
    problems: &mut Problems,
) {
    let kind = state
        .cloud_app
        .person_kind(connection_id, person, clock::now())
        .await;
    let problem = match kind {
        Ok(PersonKind::Active { .. }) => return,
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
    problems.add("stand_in_id", problem);
}

#[cfg(test)]
mod tests {
    use super::parse_id;

    #[test]
    fn account_ids_of_all_ages_are_read_and_nothing_else() {
        let old = "557058:295406f3-a1fc-4733-b906-dd15d021bd79";
        assert_eq!(parse_id(&format!(" {old} ")), Ok(Some(old.to_owned())));
        assert!(parse_id("5b10a2844c20165700ede21g").is_ok());
        assert_eq!(parse_id("  "), Ok(None));
        for wrong in ["ada@example.com", "Ada Lovelace", "../x", &"1".repeat(129)] {
            assert!(parse_id(wrong).is_err(), "{wrong}");
        }
    }
}

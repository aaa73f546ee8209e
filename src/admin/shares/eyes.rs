//! Whose eyes a share of an app's connection shows its pages with: its maker's, who stands in, and what came of it. And
//! the form that names who stands in.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use diesel::PgConnection;
use serde::Deserialize;

use super::change::apply;
use super::details::Choice;
use super::show::{self, Sent};
use super::{share_id, share_path};
use crate::accounts::account::Role;
use crate::accounts::store::identity;
use crate::admin::form::AdminForm;
use crate::admin::problems::Problems;
use crate::admin::times::Moment;
use crate::clock;
use crate::pages::eyes::SeenAs;
use crate::pages::live::rights::PersonKind;
use crate::pages::store::people;
use crate::pages::store::seen::{self, SeenCount};
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

/// The panel *Whose eyes*.
pub struct EyesView {
    pub maker: Option<PersonView>,
    pub stand_in: Option<PersonView>,
    pub lines: Vec<LineView>,
    pub advice: Vec<&'static str>,
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

/// So many pages are seen in one way.
pub struct LineView {
    pub pages: i64,
    pub how: String,
    /// It is not how the share was meant.
    pub is_fallback: bool,
    pub reason: Option<String>,
    pub last_at: Moment,
}

impl EyesView {
    /// `None` where pages look the same for everybody.
    pub fn load(
        db: &mut PgConnection,
        found: &ConnectedShare,
        sent: Option<&StandInInput>,
    ) -> Result<Option<Self>, StoreError> {
        if found.source != ContentSource::App {
            return Ok(None);
        }
        let share = &found.share;
        let maker = share.maker.person.clone();
        let stand_in = share.maker.stand_in.clone();
        let known = identity::admins_of(db, &identity::issuer_of(share.connection_id))?;
        let ids: Vec<String> = maker.iter().chain(&stand_in).cloned().collect();
        let names = people::find_names(db, share.connection_id, &ids)?;
        let person = |id: &String| PersonView {
            name: names
                .get(id)
                .or_else(|| known.iter().find(|one| one.0 == *id).map(|one| &one.1))
                .cloned()
                .unwrap_or_else(|| "Somebody whose name is not known yet".to_owned()),
            id: id.clone(),
        };
        let (maker, stand_in) = (maker.as_ref().map(person), stand_in.as_ref().map(person));
        let counts = seen::count(db, &content_scope(share, found.source))?;
        let chosen = sent.map_or_else(
            || stand_in.as_ref().map(|one| one.id.clone()),
            |sent| Some(sent.stand_in.clone()),
        );
        Ok(Some(Self {
            advice: advice(&counts, maker.is_some(), stand_in.is_some()),
            lines: counts
                .into_iter()
                .map(|count| line(count, maker.as_ref(), stand_in.as_ref()))
                .collect(),
            choices: choices(known, stand_in.as_ref(), &chosen.unwrap_or_default()),
            typed: sent
                .map(|sent| sent.stand_in_id.clone())
                .unwrap_or_default(),
            maker,
            stand_in,
        }))
    }
}

fn line(count: SeenCount, maker: Option<&PersonView>, stand_in: Option<&PersonView>) -> LineView {
    let name = |person: Option<&PersonView>| person.map(|person| person.name.clone());
    let how = match (count.withheld, count.seen_as) {
        (true, _) => "left out".to_owned(),
        (false, None) => "still to be fetched".to_owned(),
        (false, Some(SeenAs::Maker)) => {
            format!(
                "as {}",
                name(maker).unwrap_or_else(|| "the maker".to_owned())
            )
        }
        (false, Some(SeenAs::StandIn)) => {
            format!("as {}, who stands in", name(stand_in).unwrap_or_default())
        }
        (false, Some(SeenAs::App)) => "as the app".to_owned(),
        (false, Some(SeenAs::Nobody)) => {
            "rendered by the portal, with placeholders for what other apps show".to_owned()
        }
    };
    let is_meant = match count.seen_as {
        Some(SeenAs::Maker) | None => true,
        Some(SeenAs::App) => maker.is_none(),
        Some(SeenAs::StandIn | SeenAs::Nobody) => false,
    };
    LineView {
        pages: count.pages,
        how,
        is_fallback: count.withheld || !is_meant,
        reason: count.reason,
        last_at: count.last_at.into(),
    }
}

/// What there is to do, most helpful first.
fn advice(counts: &[SeenCount], has_maker: bool, has_stand_in: bool) -> Vec<&'static str> {
    let any = |is: &dyn Fn(&SeenCount) -> bool| counts.iter().any(is);
    let is_app = |count: &SeenCount| {
        !count.withheld && matches!(count.seen_as, Some(SeenAs::App | SeenAs::Nobody))
    };
    let mut advice = Vec::new();
    if !has_maker {
        advice.push(
            "This share was not made by somebody who is known at the site, so its pages are shown as the app sees them. \
             What other apps show only to people is a placeholder. Name somebody to stand in, whose rights then count.",
        );
    } else if any(&is_app) && !has_stand_in {
        advice.push(
            "Name somebody to stand in for the maker: an active person at the site who may see these pages.",
        );
    } else if any(&is_app) {
        advice.push(
            "Neither the maker nor who stands in can be used for some pages. The reasons above name what to mend; if \
             people have left, name somebody else to stand in.",
        );
    }
    if any(&|count| count.withheld) {
        advice.push(
            "Pages are left out where the maker may not see them, with everything below them. If they belong into the \
             share, give the maker access in Confluence, then press “Refresh this share”.",
        );
    }
    advice
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

/// `POST /admin/shares/{id}/stand-in`: names who stands in for the maker, or nobody.
pub async fn name_stand_in(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<StandInInput>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    // Whoever names somebody has pages rendered in that person's name.
    if form.admin.account().role != Role::Admin {
        return Err(Failure::Forbidden(
            "Only an admin of the portal can name somebody to stand in for a share's maker."
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
            "Somebody can stand in only for makers of shares of an installed app's site."
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
    let note = match &person {
        Some(person) => {
            check_person(&state, found.share.connection_id, person, &mut problems).await
        }
        None => None,
    };
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
    state.live.wake();
    let done = match (is_named, note) {
        (_, Some(note)) => note,
        (true, None) => "The person stands in from now on. The pages are being fetched.".to_owned(),
        (false, None) => "Nobody stands in for the maker any more.".to_owned(),
    };
    form.admin.say_done(done)?;
    Ok(page::see_other(&share_path(id, "eyes")))
}

/// Adds a problem for whoever cannot stand in; a site that cannot be asked is only noted.
async fn check_person(
    state: &AppState,
    connection_id: uuid::Uuid,
    person: &str,
    problems: &mut Problems,
) -> Option<String> {
    match state
        .live
        .person_kind(connection_id, person, clock::now())
        .await
    {
        Ok(PersonKind::Active { .. }) => None,
        Ok(PersonKind::App) => {
            problems.add(
                "stand_in_id",
                "This is the account of an app, which can see less than a person. Name a person.",
            );
            None
        }
        Ok(PersonKind::Gone) => {
            problems.add(
                "stand_in_id",
                "The site has no active person with this account id. Name somebody else.",
            );
            None
        }
        Err(error) => Some(format!(
            "The person stands in from now on. Whether the account is active could not be asked: {}",
            error.sentence()
        )),
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::{advice, line, parse_id};
    use crate::pages::eyes::SeenAs;
    use crate::pages::store::seen::SeenCount;

    fn count(seen_as: SeenAs, withheld: bool) -> SeenCount {
        SeenCount {
            seen_as: Some(seen_as),
            withheld,
            reason: None,
            pages: 3,
            last_at: OffsetDateTime::UNIX_EPOCH,
        }
    }

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

    #[test]
    fn a_stand_in_is_advised_only_where_one_would_help() {
        let by_app = [count(SeenAs::App, false)];
        assert!(advice(&by_app, true, false)[0].contains("stand in for the maker"));
        assert!(advice(&by_app, true, true)[0].contains("Neither"));
        assert!(advice(&[count(SeenAs::Maker, false)], true, false).is_empty());
        let withheld = advice(&[count(SeenAs::Nobody, true)], true, false);
        assert_eq!(withheld.len(), 1);
        assert!(withheld[0].contains("give the maker access"));
    }

    #[test]
    fn the_app_is_a_fallback_only_beside_a_maker() {
        let maker = super::PersonView {
            name: "Ada".to_owned(),
            id: "1".to_owned(),
        };
        assert!(line(count(SeenAs::App, false), Some(&maker), None).is_fallback);
        assert!(!line(count(SeenAs::App, false), None, None).is_fallback);
        assert_eq!(
            line(count(SeenAs::Maker, false), Some(&maker), None).how,
            "as Ada"
        );
        assert!(line(count(SeenAs::Nobody, true), Some(&maker), None).is_fallback);
    }
}

//! In whose name a share of an app's connection shows its pages: its creator's, who stands in, and what came of it.

mod advice;

use diesel::PgConnection;

use self::advice::{AppView, LineView, PersonView, advice, line};
use super::details::Choice;
use super::inputs::StandInInput;
use crate::accounts::account::Role;
use crate::accounts::store::identity;
use crate::connections::store::installations;
use crate::pages::store::{people, viewer_renderings};
use crate::shares::store::{ConnectedShare, ContentSource, StoreError};
use crate::sharing::content_scope::content_scope;

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

//! From a person whom a site vouches for to an account of the portal, by what Confluence says of the person now.
//!
//! It is asked when somebody comes in, and again with every request; its answers count for five minutes. Whom it no longer
//! knows, or who left the groups that may share, is out of all frames; who left the group of admins is a sharer.
//!
//! While a site does not answer, somebody who was in stays in until a quarter of an hour has passed since it last did, at
//! the most.

use time::OffsetDateTime;
use uuid::Uuid;

use super::view::View;
use crate::accounts::account::{Account, Role};
use crate::accounts::session::Way;
use crate::accounts::store::identity::issuer_of;
use crate::cloud_app::PersonKind;
use crate::connections::LiveError;
use crate::connections::installation::Installation;
use crate::connections::store::installations;
use crate::sharing::actor::Stranger;
use crate::sharing::sharer_rule;
use crate::sharing::sign_in::{self, Occasion, VouchedFor};
use crate::web::error::Failure;
use crate::web::state::AppState;

/// What becomes of somebody who opens a page of ours in Confluence.
pub enum Admission {
    In(Account),
    /// The user of an app or of the system, in whose name pages are opened that nobody looks at. The answer is empty.
    Quiet,
    Refused(Refusal),
}

/// Said on a page, or in a problem document.
pub struct Refusal {
    pub title: &'static str,
    pub sentences: Vec<String>,
}

impl Refusal {
    pub fn new(title: &'static str, sentence: &str) -> Self {
        Self {
            title,
            sentences: vec![sentence.to_owned()],
        }
    }
}

/// What becomes of somebody who is in.
pub enum Stay {
    In(Account),
    Refused(Refusal),
    /// The session is not over, but nothing can be done until the site answers.
    Wait(Refusal),
}

/// What a site says of a person, whatever they open.
enum Standing {
    Is { display_name: String, role: Role },
    App,
    Out(Refusal),
}

/// "Chat Notifications", in whose name Confluence renders a page when it is saved.
const SYSTEM_USERS: [&str; 1] = ["5b70c8b80fd0ac05d389f5e9"];

pub async fn admit(
    state: &AppState,
    stranger: &Stranger,
    installation: &Installation,
    person: Option<&str>,
    view: &View,
    now: OffsetDateTime,
) -> Result<Admission, Failure> {
    let site = installation.connection_id;
    if !state.settings.app.lists_site(&installation.base_url) {
        return Ok(Admission::Refused(Refusal::new(
            "This cannot be opened",
            "This site is not among those that may use the app at this portal. Whoever runs the portal lists them in \
             VESTIBULE_APP_HOSTS.",
        )));
    }
    let Some(person) = person else {
        return Ok(Admission::Refused(Refusal::new(
            "Sign in to Confluence first",
            "Confluence did not say who you are. Sign in there and reload its page.",
        )));
    };
    if SYSTEM_USERS.contains(&person) {
        return quiet(state, installation, now).await;
    }
    let (display_name, role) = match standing(state, stranger, site, person, now).await? {
        Ok(Standing::Is { display_name, role }) => (display_name, role),
        Ok(Standing::App) => return quiet(state, installation, now).await,
        Ok(Standing::Out(refusal)) => return Ok(Admission::Refused(refusal)),
        Err(error) => return cannot_ask(error).map(Admission::Refused),
    };
    let may_open = match role {
        Role::Admin => Ok(true),
        Role::Sharer => {
            sharer_rule::may_open(&state.sharing, site, person, view.page(), view.space(), now)
                .await
        }
    };
    let vouched = vouched_for(site, person);
    match may_open {
        Ok(true) => {}
        Ok(false) => {
            sign_in::change_role(&state.sharing, stranger, vouched, role, now).await?;
            return Ok(Admission::Refused(not_by_the_rule(state)));
        }
        Err(error) => return cannot_ask(error).map(Admission::Refused),
    }
    let admitted = sign_in::admit(
        &state.sharing,
        stranger,
        vouched,
        display_name,
        role,
        Occasion::Question,
        now,
    );
    Ok(Admission::In(admitted.await?))
}

/// Asks again about somebody who is in a frame of a site, with the account as it stands in the database.
pub async fn ask_again(
    state: &AppState,
    stranger: &Stranger,
    site: Uuid,
    person: Option<&str>,
    account: Account,
    now: OffsetDateTime,
) -> Result<Stay, Failure> {
    let Some(person) = person else {
        return Ok(Stay::Refused(gone()));
    };
    let role = match standing(state, stranger, site, person, now).await? {
        Ok(Standing::Is { role, .. }) => role,
        Ok(Standing::App) => return Ok(Stay::Refused(gone())),
        Ok(Standing::Out(refusal)) => return Ok(Stay::Refused(refusal)),
        Err(error) => {
            let refusal = cannot_ask(error)?;
            return Ok(if state.cloud_app.knew_standing(site, person, now) {
                Stay::In(account)
            } else {
                Stay::Wait(refusal)
            });
        }
    };
    if role != account.role {
        let vouched = vouched_for(site, person);
        sign_in::change_role(&state.sharing, stranger, vouched, role, now).await?;
    }
    Ok(Stay::In(Account { role, ..account }))
}

fn vouched_for(site: Uuid, person: &str) -> VouchedFor {
    VouchedFor {
        way: Way::App {
            connection_id: site,
        },
        issuer: issuer_of(site),
        subject: person.to_owned(),
    }
}

/// Ends the sessions of whomever the site does not let in.
async fn standing(
    state: &AppState,
    stranger: &Stranger,
    site: Uuid,
    person: &str,
    now: OffsetDateTime,
) -> Result<Result<Standing, LiveError>, Failure> {
    let asked = ask(state, site, person, now).await;
    if matches!(asked, Ok(Standing::Out(_))) {
        let vouched = vouched_for(site, person);
        sign_in::turn_away(&state.sharing, stranger, vouched, now).await?;
    }
    Ok(asked)
}

async fn ask(
    state: &AppState,
    site: Uuid,
    person: &str,
    now: OffsetDateTime,
) -> Result<Standing, LiveError> {
    Ok(
        match state.cloud_app.person_kind(site, person, now).await? {
            PersonKind::App => Standing::App,
            PersonKind::Gone => Standing::Out(gone()),
            PersonKind::Active { display_name } => {
                let role = sharer_rule::role_of(&state.sharing, site, person, now).await?;
                state.cloud_app.record_standing(site, person, now);
                match role {
                    Some(role) => Standing::Is { display_name, role },
                    None => Standing::Out(not_by_the_rule(state)),
                }
            }
        },
    )
}

fn gone() -> Refusal {
    Refusal::new(
        "You may not share pages",
        "Confluence does not know you as an active user. Ask an admin of your Confluence to look at your account.",
    )
}

fn not_by_the_rule(state: &AppState) -> Refusal {
    Refusal {
        title: "You may not share this page",
        sentences: sharer_rule::refusal(&state.settings.app.sharers),
    }
}

async fn quiet(
    state: &AppState,
    installation: &Installation,
    now: OffsetDateTime,
) -> Result<Admission, Failure> {
    let site = installation.connection_id;
    let counted = state
        .db
        .run(move |db| installations::count_quiet_call(db, site, now));
    counted.await?;
    Ok(Admission::Quiet)
}

/// The site's trouble is no reason to let somebody in, nor to say that they may not.
fn cannot_ask(error: LiveError) -> Result<Refusal, Failure> {
    if let LiveError::Db(error) = error {
        return Err(error.into());
    }
    tracing::info!(%error, "a person's rights could not be asked at the site");
    Ok(Refusal::new(
        "Confluence could not be asked",
        &format!(
            "The portal asks Confluence what you may do, and got no answer: {} Reload the page in a minute. If that does \
             not help, an admin of the portal finds more on the page of this connection.",
            error.sentence()
        ),
    ))
}

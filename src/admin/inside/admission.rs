//! From a person whom a site vouches for to an account of the portal, by what Confluence says of the person now.

use time::OffsetDateTime;

use super::rule;
use super::view::View;
use crate::accounts::account::{Account, Role};
use crate::accounts::store::identity::{Vouched, admit as admit_account, issuer_of};
use crate::pages::installation::Installation;
use crate::pages::live::LiveError;
use crate::pages::live::rights::PersonKind;
use crate::pages::store::installations;
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

/// "Chat Notifications", in whose name Confluence renders a page when it is saved.
const SYSTEM_USERS: [&str; 1] = ["5b70c8b80fd0ac05d389f5e9"];

pub async fn admit(
    state: &AppState,
    installation: &Installation,
    person: Option<&str>,
    view: &View,
    now: OffsetDateTime,
) -> Result<Admission, Failure> {
    let site = installation.connection_id;
    let Some(person) = person else {
        return Ok(refused(
            "Sign in to Confluence first",
            "Confluence did not say who you are. Sign in there and reload its page.",
        ));
    };
    if SYSTEM_USERS.contains(&person) {
        return quiet(state, installation, now).await;
    }
    let kind = match state.live.person_kind(site, person, now).await {
        Ok(kind) => kind,
        Err(error) => return cannot_ask(error),
    };
    let display_name = match kind {
        PersonKind::Active { display_name } => display_name,
        PersonKind::App => return quiet(state, installation, now).await,
        PersonKind::Gone => {
            return Ok(refused(
                "You may not share pages",
                "Confluence does not know you as an active user. Ask an admin of your Confluence to look at your account.",
            ));
        }
    };
    let role = match rule::role_for(state, site, person, view, now).await {
        Ok(role) => role,
        Err(error) => return cannot_ask(error),
    };
    let Some(role) = role else {
        return Ok(Admission::Refused(Refusal {
            title: "You may not share this page",
            sentences: rule::refusal(&state.settings.app.sharers),
        }));
    };
    let account = account_of(state, installation, person, display_name, role, now).await?;
    Ok(Admission::In(account))
}

async fn account_of(
    state: &AppState,
    installation: &Installation,
    person: &str,
    display_name: String,
    role: Role,
    now: OffsetDateTime,
) -> Result<Account, Failure> {
    let issuer = issuer_of(installation.connection_id);
    let subject = person.to_owned();
    let admitted = state.db.run(move |db| {
        let vouched = Vouched {
            issuer: &issuer,
            subject: &subject,
            display_name: &display_name,
            role,
        };
        admit_account(db, &vouched, now)
    });
    Ok(admitted.await?)
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

/// The site's trouble is no reason to let somebody in, nor to say that he may not.
fn cannot_ask(error: LiveError) -> Result<Admission, Failure> {
    if let LiveError::Db(error) = error {
        return Err(error.into());
    }
    tracing::info!(%error, "a person's rights could not be asked at the site");
    Ok(refused(
        "Confluence could not be asked",
        &format!(
            "The portal asks Confluence what you may do, and got no answer: {} Reload the page in a minute. If that does \
             not help, an admin of the portal finds more on the page of this connection.",
            error.sentence()
        ),
    ))
}

fn refused(title: &'static str, sentence: &str) -> Admission {
    Admission::Refused(Refusal {
        title,
        sentences: vec![sentence.to_owned()],
    })
}

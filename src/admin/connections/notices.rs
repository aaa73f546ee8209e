//! What is wrong with an installation of our app, and what to do: for its own page, and for all that tell of trouble.

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::installation::{Move, count};
use crate::config::App;
use crate::connections::installation::{AppClosed, Installation, InstallationState};
use crate::connections::store::installations;
use crate::shares::store::StoreError;
use crate::web::error::words::moment_in_words;

const NOT_LISTED: &str = "VESTIBULE_APP_HOSTS does not list this site: nobody comes in from there, and calls of the app are \
    refused, but for the news that it was disabled or uninstalled. Its shares stay open. List the host and restart the \
    portal; or delete the connection, and look through the API tokens.";

/// What becomes of the shares of an installation that is not in use any more.
pub(super) struct Outlook {
    pub(super) has_shares: bool,
    /// The connection to which they can be moved.
    pub(super) goes_to: Option<String>,
    pub(super) shares_end: Option<OffsetDateTime>,
}

impl Outlook {
    /// `moves` are those of the connection.
    pub(super) fn load(
        db: &mut PgConnection,
        id: Uuid,
        moves: &[Move],
        now: OffsetDateTime,
    ) -> Result<Self, StoreError> {
        let onward = moves.iter().find(|offer| offer.from.id == id);
        Ok(Self {
            has_shares: count(db, id, now)? > 0,
            goes_to: onward.map(|offer| offer.to_name.clone()),
            shares_end: installations::shares_end(db, id)?,
        })
    }
}

/// What is wrong and what to do, the most important first; with whether nothing works until then.
pub(super) fn notices(
    installation: &Installation,
    outlook: &Outlook,
    ours: &App,
    now: OffsetDateTime,
) -> Vec<(String, bool)> {
    let state = installation.state;
    let mut notices = Vec::new();
    if matches!(
        state,
        InstallationState::Enabled | InstallationState::Disabled
    ) && !ours.lists_site(&installation.base_url)
    {
        notices.push((NOT_LISTED.to_owned(), true));
    }
    match state {
        InstallationState::Enabled => {}
        InstallationState::Disabled => notices.push((AppClosed::Disabled.sentence(), false)),
        InstallationState::Superseded => notices.push((superseded(outlook), false)),
        InstallationState::Uninstalled => notices.push((uninstalled(outlook, now), true)),
    }
    if let Some(since) = installation
        .stale_since
        .filter(|_| installation.is_in_use())
    {
        notices.push((
            format!(
                "Install the app again: since {} Atlassian does not know the app's client id any more, which happens when \
                 a site is imported or restored. Until then nobody is impersonated, so pages are shown as the app user \
                 sees them. In Confluence: Apps, Manage apps, uninstall Vestibule, then install it from the address of \
                 its descriptor.",
                moment_in_words(since)
            ),
            true,
        ));
    }
    let problem = installation.problem.as_ref();
    let problem = problem.filter(|_| state != InstallationState::Superseded);
    if let Some((problem, at)) = problem.zip(installation.problem_at) {
        notices.push((format!("{problem} ({})", moment_in_words(at)), false));
    }
    notices
}

fn superseded(outlook: &Outlook) -> String {
    let what = "The site was imported or restored, and the app was installed there again";
    match &outlook.goes_to {
        Some(name) => {
            format!("{what}. Move the shares to “{name}”; until then they show what is stored.")
        }
        None if outlook.has_shares => format!(
            "{what}, but no installation is there now that could take the shares. Install the app again, or delete the \
             connection."
        ),
        None => format!("{what}. Nothing is shared from this connection any more."),
    }
}

fn uninstalled(outlook: &Outlook, now: OffsetDateTime) -> String {
    let then = outlook.shares_end.map_or_else(String::new, |end| {
        let word = if end <= now {
            "Its shares have not been available since"
        } else {
            "Its shares stay open until"
        };
        format!(" {word} {}.", moment_in_words(end))
    });
    let remedy = match &outlook.goes_to {
        Some(name) => format!("Move the shares to “{name}”."),
        None => "Install it again to go on.".to_owned(),
    };
    format!(
        "The app was uninstalled from the site, so the site is not asked. {remedy}{then} What is stored is kept until you \
         delete the connection."
    )
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    use super::{Outlook, notices};
    use crate::config::{App, Sharers};
    use crate::connections::installation::{Installation, InstallationState, REFUSED};

    const NOW: OffsetDateTime = datetime!(2026-11-26 12:00 UTC);

    fn installation(state: InstallationState) -> Installation {
        Installation {
            state,
            ..Installation::sample()
        }
    }

    fn outlook(goes_to: Option<&str>) -> Outlook {
        Outlook {
            has_shares: true,
            goes_to: goes_to.map(str::to_owned),
            shares_end: None,
        }
    }

    fn said(installation: &Installation, outlook: &Outlook, hosts: &str) -> Vec<String> {
        let ours = App {
            connect: Some("com.example.share".to_owned()),
            forge: None,
            urls: Vec::new(),
            hosts: vec![hosts.to_owned()],
            sharers: Sharers::PageEditors,
            admin_groups: Vec::new(),
            uninstall_grace: Duration::ZERO,
        };
        let notices = notices(installation, outlook, &ours, NOW);
        notices.into_iter().map(|(text, _)| text).collect()
    }

    fn says(installation: &Installation, outlook: &Outlook) -> Vec<String> {
        said(installation, outlook, "*.atlassian.net")
    }

    #[test]
    fn an_installation_that_works_says_nothing() {
        let works = installation(InstallationState::Enabled);
        assert!(says(&works, &outlook(None)).is_empty());
    }

    /// Anybody can have a call refused; it says nothing of what the app may do.
    #[test]
    fn a_refused_call_is_named_but_is_no_problem_of_the_app_itself() {
        for (problem, own) in [
            (format!("{REFUSED}late."), false),
            ("Late.".to_owned(), true),
        ] {
            let told = Installation {
                problem: Some(problem.clone()),
                problem_at: Some(NOW),
                ..installation(InstallationState::Enabled)
            };
            assert!(says(&told, &outlook(None))[0].starts_with(&problem));
            assert_eq!(told.own_problem().is_some(), own, "{problem}");
        }
    }

    #[test]
    fn a_site_that_is_not_listed_is_named_as_long_as_it_could_come_in() {
        for state in InstallationState::ALL {
            let said = said(&installation(state), &outlook(None), "other.example");
            let could = matches!(
                state,
                InstallationState::Enabled | InstallationState::Disabled
            );
            let named = said
                .iter()
                .any(|text| text.starts_with("VESTIBULE_APP_HOSTS"));
            assert_eq!(named, could, "{state:?}");
        }
    }

    #[test]
    fn shares_are_moved_where_they_can_be() {
        let replaced = installation(InstallationState::Superseded);
        let gone = installation(InstallationState::Uninstalled);
        for installation in [&replaced, &gone] {
            let said = says(installation, &outlook(Some("Acme (app) 2")));
            assert_eq!(said.len(), 1);
            assert!(
                said[0].contains("Move the shares to “Acme (app) 2”"),
                "{said:?}"
            );
            assert!(!said[0].contains("nstall it again"), "{said:?}");
            let said = says(installation, &outlook(None));
            assert!(!said[0].contains("Move"), "{said:?}");
            assert!(said[0].to_lowercase().contains("install"), "{said:?}");
        }
        let empty = Outlook {
            has_shares: false,
            ..outlook(None)
        };
        assert!(
            says(&replaced, &empty)[0]
                .ends_with("Nothing is shared from this connection any more.")
        );
    }

    #[test]
    fn an_uninstalled_one_says_until_when_its_shares_are_open() {
        let gone = installation(InstallationState::Uninstalled);
        for (end, expected) in [
            (
                NOW + Duration::hours(72),
                "stay open until 29 November 2026",
            ),
            (NOW, "not been available since 26 November"),
        ] {
            let outlook = Outlook {
                shares_end: Some(end),
                ..outlook(None)
            };
            assert!(says(&gone, &outlook)[0].contains(expected), "{end}");
        }
    }

    /// Whoever did as it says at an older installation would uninstall the newer one.
    #[test]
    fn a_stale_client_id_asks_for_another_installation_unless_there_is_one() {
        for state in InstallationState::ALL {
            let stale = Installation {
                stale_since: Some(NOW),
                ..installation(state)
            };
            let said = says(&stale, &outlook(Some("Acme (app) 2")));
            let asks = said
                .iter()
                .any(|text| text.starts_with("Install the app again"));
            assert_eq!(asks, state == InstallationState::Enabled, "{state:?}");
        }
    }
}

//! A page with the eyes of a share's people: its maker, who stands in, the app. In this order; what none of them brings is
//! rendered by us from the storage format.
//!
//! Confluence renders an export view for whoever asks, and other apps' macros in it only for a licensed person. Whatever
//! eyes are used, nothing is shown that the maker could not see.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};

use diesel::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::access::Access;
use super::impersonation::NotInTheirName;
use super::refresh_page::is_about_the_page;
use super::rights::{PersonKind, ViewRight};
use super::{Live, LiveError};
use crate::confluence::model::ListedPage;
use crate::confluence::{Client, ConfluenceError, Problem};
use crate::content;
use crate::pages::eyes::{Look, SeenAs, WantedEyes};
use crate::pages::scope::{ContentScope, Eyes};
use crate::pages::store::refresh::TakenPage;
use crate::pages::store::seen_wanted;

/// A share as it was when its pages were wanted: changed since, and listed when.
pub(super) type Wanted = (OffsetDateTime, Option<OffsetDateTime>);

/// What Confluence says of a person whom nobody may impersonate.
const NOBODY: &str = "no valid active user exists";

/// One look that is being taken.
pub(super) struct Looking<'a> {
    pub(super) live: &'a Arc<Live>,
    pub(super) access: &'a Access,
    pub(super) page: &'a ListedPage,
    /// It has a view restriction of its own.
    pub(super) is_restricted: bool,
    pub(super) wanted: &'a WantedEyes,
    pub(super) now: OffsetDateTime,
}

/// What somebody's eyes brought.
enum View {
    Usable(String),
    /// They may not see the page.
    Hidden,
    /// It cannot be had with these eyes; the end of a sentence that begins with their owner.
    Not(&'static str, Why),
}

/// Whether the reason says something of the person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    NotActive,
    Other,
}

impl Looking<'_> {
    /// Whatever will pass by itself is an error, and what was seen before stays; except the first time.
    pub(super) async fn look(&self) -> Result<Look, LiveError> {
        let eyes = &self.wanted.eyes;
        let mut reasons = Vec::new();
        let mut is_maker_gone = false;
        if let Some(maker) = &eyes.maker {
            match self.through(maker).await? {
                View::Usable(html) => return Ok(look_of(SeenAs::Maker, Some(html), reasons)),
                View::Hidden => {
                    return Ok(withheld("The maker may not see the page in Confluence."));
                }
                View::Not(words, why) => {
                    is_maker_gone = why == Why::NotActive;
                    reasons.push(format!("The maker {words}."));
                }
            }
        }
        if let Some(stand_in) = &eyes.stand_in {
            match self.through(stand_in).await? {
                View::Usable(html) => return Ok(look_of(SeenAs::StandIn, Some(html), reasons)),
                View::Hidden => reasons.push("Who stands in may not see the page.".to_owned()),
                View::Not(words, _) => reasons.push(format!("Who stands in {words}.")),
            }
        }
        self.as_app(is_maker_gone, reasons).await
    }

    /// The app sees more than the maker might.
    async fn as_app(
        &self,
        is_maker_gone: bool,
        mut reasons: Vec<String>,
    ) -> Result<Look, LiveError> {
        if let Some(maker) = &self.wanted.eyes.maker {
            match self.right_of(maker, is_maker_gone).await? {
                ViewRight::Granted => {}
                ViewRight::Refused => {
                    return Ok(withheld("The maker may not see the page in Confluence."));
                }
                right => {
                    reasons.push(
                        match right {
                            ViewRight::NoPerson => "So the app may not look for the maker either.",
                            _ => "Whether the maker may see the page is not told to the app.",
                        }
                        .to_owned(),
                    );
                    // An open page is for everybody in its space; of another one nobody can say it.
                    if self.is_restricted {
                        reasons.push("The page has a view restriction.".to_owned());
                        return Ok(withheld(&reasons.join(" ")));
                    }
                    return Ok(look_of(SeenAs::Nobody, None, reasons));
                }
            }
        }
        match self.ask(&self.access.client).await? {
            Ok(html) if self.is_usable(&html) => Ok(look_of(SeenAs::App, Some(html), reasons)),
            Ok(_) => {
                reasons
                    .push("Confluence renders nothing for the app that can be shown.".to_owned());
                Ok(look_of(SeenAs::Nobody, None, reasons))
            }
            // The app has just been told of the page.
            Err(error) if error.problem == Problem::NotFound => Err(error.into()),
            Err(error) => {
                reasons.push(format!("The app: {}", error.sentence()));
                Ok(look_of(SeenAs::Nobody, None, reasons))
            }
        }
    }

    async fn right_of(&self, maker: &str, is_gone: bool) -> Result<ViewRight, LiveError> {
        let connection_id = self.access.connection.id;
        let right = self
            .live
            .view_right(connection_id, maker, &self.page.id, self.now)
            .await?;
        if right != ViewRight::Refused || is_gone {
            return Ok(match right {
                ViewRight::Refused => ViewRight::NoPerson,
                right => right,
            });
        }
        // A deactivated account is refused everything, which says nothing of the page.
        let kind = self
            .live
            .person_kind(connection_id, maker, self.now)
            .await?;
        Ok(match kind {
            PersonKind::Active { .. } => ViewRight::Refused,
            PersonKind::App | PersonKind::Gone => ViewRight::NoPerson,
        })
    }

    /// With a person's eyes. A token that is refused is fetched anew once.
    async fn through(&self, person: &str) -> Result<View, LiveError> {
        let connection_id = self.access.connection.id;
        for _attempt in 0..2 {
            let access = match self.live.impersonate(connection_id, person, self.now).await {
                Ok(access) => access,
                Err(LiveError::NotInTheirName(reason)) => return Ok(not_in_their_name(reason)),
                Err(error) => return Err(error),
            };
            match self.ask(&access.client).await? {
                Ok(html) if self.is_usable(&html) => return Ok(View::Usable(html)),
                Ok(_) => {
                    return Ok(View::Not(
                        "gets nothing rendered by Confluence that can be shown",
                        Why::Other,
                    ));
                }
                Err(error) => match error.problem {
                    Problem::Unauthorized => {
                        self.live.forget_token(connection_id, person).await?;
                    }
                    Problem::Forbidden { detail } if detail.contains(NOBODY) => {
                        self.live.note_not_active(connection_id, person).await?;
                        return Ok(not_in_their_name(NotInTheirName::NotActive));
                    }
                    Problem::NotFound | Problem::Forbidden { .. } => return Ok(View::Hidden),
                    Problem::ScopeMissing { .. } => {
                        return Ok(View::Not(
                            "cannot be asked for, because the app lacks the scope READ",
                            Why::Other,
                        ));
                    }
                    _ => {
                        return Ok(View::Not(
                            "gets no rendering of the page from Confluence",
                            Why::Other,
                        ));
                    }
                },
            }
        }
        Ok(View::Not(
            "has a token that Confluence does not accept",
            Why::Other,
        ))
    }

    /// The outer error is one that will pass, as long as there is something to show meanwhile.
    async fn ask(&self, client: &Client) -> Result<Result<String, ConfluenceError>, LiveError> {
        let asked = client.export_view(&self.page.id, self.page.kind).await;
        match asked {
            Err(error) if error.is_transient() => {
                if self.wanted.have_looked || !is_about_the_page(&error.problem) {
                    return Err(error.into());
                }
                Ok(Err(error))
            }
            other => Ok(other),
        }
    }

    fn is_usable(&self, html: &str) -> bool {
        content::is_usable_export_view(html, self.page.bodies.storage.as_deref())
    }
}

fn not_in_their_name(reason: NotInTheirName) -> View {
    match reason {
        NotInTheirName::NotActive => View::Not(
            "is deactivated, may not use Confluence, or is the user of an app",
            Why::NotActive,
        ),
        NotInTheirName::Stale => View::Not(
            "cannot be asked for until the app is installed again at the site",
            Why::Other,
        ),
        NotInTheirName::NotAllowed => View::Not(
            "cannot be asked for until the app is updated at the site: its installed version lacks the scope ACT_AS_USER",
            Why::Other,
        ),
        NotInTheirName::Forge => View::Not(
            "cannot be asked for, because a Forge app acts as people only while they look at its pages",
            Why::Other,
        ),
    }
}

fn look_of(seen_as: SeenAs, body: Option<String>, reasons: Vec<String>) -> Look {
    Look {
        seen_as,
        body,
        withheld: false,
        reason: (!reasons.is_empty()).then(|| reasons.join(" ")),
    }
}

fn withheld(reason: &str) -> Look {
    Look {
        seen_as: SeenAs::Nobody,
        body: None,
        withheld: true,
        reason: Some(reason.to_owned()),
    }
}

/// What came of the looks at one page.
#[derive(Default)]
pub(super) struct Looks {
    pub(super) taken: Vec<(Eyes, Look)>,
    /// Some could not be taken now; what those eyes saw before stays.
    pub(super) failure: Option<LiveError>,
}

impl Looks {
    pub(super) fn views(&self) -> impl Iterator<Item = &str> {
        self.taken
            .iter()
            .filter_map(|(_, look)| look.body.as_deref())
    }

    pub(super) fn are_all_there(&self) -> bool {
        self.failure.is_none() && !self.taken.is_empty()
    }
}

impl Live {
    /// Looks at a page with all eyes that want it; none but those of an app's shares do.
    pub(super) async fn look_at(
        self: &Arc<Self>,
        access: &Access,
        taken: &TakenPage,
        page: &ListedPage,
        now: OffsetDateTime,
    ) -> Result<Looks, LiveError> {
        let mut looks = Looks::default();
        if !access.connection.is_app() {
            return Ok(looks);
        }
        let (connection_id, id) = (access.connection.id, page.id.clone());
        let wanted = self
            .db
            .run(move |db| seen_wanted::of_page(db, connection_id, &id, now))
            .await?;
        for wanted in wanted {
            let looking = Looking {
                live: self,
                access,
                page,
                is_restricted: page.view_restricted.unwrap_or(taken.view_restricted),
                wanted: &wanted,
                now,
            };
            match looking.look().await {
                Ok(look) => looks.taken.push((wanted.eyes, look)),
                // The page is gone, or the database: nothing is stored then.
                Err(error) if error.is_not_found() || matches!(error, LiveError::Db(_)) => {
                    return Err(error);
                }
                Err(error) => looks.failure = Some(error),
            }
        }
        Ok(looks)
    }

    /// Wants looks at what shares of an app's connection show, when they or their pages have changed.
    pub(super) async fn want_looks(
        self: &Arc<Self>,
        connection_id: Uuid,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let shares = self
            .db
            .run(move |db| seen_wanted::looking_shares(db, connection_id, now))
            .await?;
        for share in shares {
            let (id, state) = (share.id, (share.updated_at, share.listed_at));
            if self.wanted().get(&id) == Some(&state) {
                continue;
            }
            self.db
                .run(move |db| seen_wanted::want_all(db, &share, now))
                .await?;
            self.wanted().insert(id, state);
        }
        Ok(())
    }

    fn wanted(&self) -> MutexGuard<'_, HashMap<Uuid, Wanted>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wants a look at a page that a reader of this scope waits for.
    pub(super) async fn want_look(
        &self,
        scope: &ContentScope,
        content_id: &str,
        now: OffsetDateTime,
    ) -> Result<(), LiveError> {
        let Some(eyes) = scope.eyes.clone() else {
            return Ok(());
        };
        let (connection_id, id) = (scope.connection_id, content_id.to_owned());
        let wanted =
            move |db: &mut PgConnection| seen_wanted::want_one(db, connection_id, &id, &eyes, now);
        Ok(self.db.run(wanted).await?)
    }
}

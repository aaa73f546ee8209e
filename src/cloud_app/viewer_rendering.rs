//! A page as Confluence renders it for a share's viewers: its creator, who stands in, the app. They are asked for in this
//! order; what none of them brings is rendered by us from the storage format.
//!
//! Confluence renders an export view for whoever asks, and other apps' macros in it only for a licensed person. Nothing is
//! shown that the creator is known not to see; where the creator cannot be asked for, that of a page is shown which who stands
//! in sees. Without a creator, the rights of who stands in decide.

use std::sync::Arc;

use time::OffsetDateTime;

use super::CloudApp;
use super::answers::{PersonKind, ViewRight};
use crate::confluence::model::ListedPage;
use crate::confluence::{Client, ConfluenceError, NO_ACTIVE_PERSON, Problem};
use crate::connections::access::Access;
use crate::connections::{LiveError, NotInTheirName};
use crate::content;
use crate::pages::scope::Viewers;
use crate::pages::store::refresh::TakenPage;
use crate::pages::store::wanted_renderings;
use crate::pages::viewer::{Viewer, ViewerRendering, WantedRendering};

/// One rendering that is being asked for.
struct Rendering<'a> {
    app: &'a Arc<CloudApp>,
    access: &'a Access,
    page: &'a ListedPage,
    /// It has a view restriction of its own.
    is_restricted: bool,
    wanted: &'a WantedRendering,
    now: OffsetDateTime,
}

/// What asking in somebody's name brought.
enum View {
    Usable(String),
    /// To them there is no such page.
    Hidden,
    /// The site refused, without saying whether it is the page or something else.
    Forbidden,
    /// It cannot be had in this name; the end of a sentence that begins with the person.
    Not(&'static str, Why),
}

/// Whether the reason says something of the person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    NotActive,
    Other,
}

/// Somebody in whose name the page is asked for, and how a sentence calls them.
#[derive(Clone, Copy)]
struct Person<'a> {
    id: &'a str,
    viewer: Viewer,
    title: &'static str,
}

impl Rendering<'_> {
    /// Those in whose names the page is asked for. The rights of the first decide what is shown in nobody's name.
    fn people(&self) -> impl Iterator<Item = Person<'_>> {
        let person = |id, viewer, title| Person { id, viewer, title };
        let Viewers { creator, stand_in } = &self.wanted.viewers;
        let creator = creator
            .iter()
            .map(move |id| person(id, Viewer::Creator, "The creator"));
        let stand_in = stand_in
            .iter()
            .map(move |id| person(id, Viewer::StandIn, "Who stands in"));
        creator.chain(stand_in)
    }

    /// Whatever will pass by itself is an error, and what was rendered before stays; except the first time.
    async fn render(&self) -> Result<ViewerRendering, LiveError> {
        let mut reasons = Vec::new();
        let mut is_first_gone = false;
        for (place, person) in self.people().enumerate() {
            let is_first = place == 0;
            let Person { title, viewer, .. } = person;
            match self.through(person.id).await? {
                View::Usable(html) => return Ok(rendering_of(viewer, Some(html), reasons)),
                View::Not(words, why) => {
                    is_first_gone |= is_first && why == Why::NotActive;
                    reasons.push(format!("{title} {words}."));
                }
                hidden if is_first => match self.right_of(person.id, false).await? {
                    ViewRight::NoPerson => {
                        is_first_gone = true;
                        reasons.push(format!("{title} is no active person at the site."));
                    }
                    // What was granted a moment ago may have been taken away since.
                    right if right == ViewRight::Refused || matches!(hidden, View::Hidden) => {
                        return Ok(withheld(&may_not_see(person)));
                    }
                    _ => reasons.push(format!("{title} is refused something by Confluence.")),
                },
                View::Hidden | View::Forbidden => {
                    reasons.push(format!("{title} may not see the page."));
                }
            }
        }
        self.as_app(is_first_gone, reasons).await
    }

    /// The app sees more than the people of the share might.
    async fn as_app(
        &self,
        is_first_gone: bool,
        mut reasons: Vec<String>,
    ) -> Result<ViewerRendering, LiveError> {
        if let Some(first) = self.people().next() {
            let right = self.right_of(first.id, is_first_gone).await?;
            match right {
                ViewRight::Granted => {}
                ViewRight::Refused => return Ok(withheld(&may_not_see(first))),
                ViewRight::NoPerson | ViewRight::NotTold => {
                    reasons.push(match right {
                        ViewRight::NoPerson => "So the app may not look either.".to_owned(),
                        _ => format!(
                            "{} may or may not see it; the app is not told.",
                            first.title
                        ),
                    });
                    // An open page is for everybody in its space; of another one nobody can say it.
                    if self.is_restricted {
                        reasons.push("The page has a view restriction.".to_owned());
                        return Ok(withheld(&reasons.join(" ")));
                    }
                    return Ok(rendering_of(Viewer::Nobody, None, reasons));
                }
            }
            // Confluence would show those with the rights of the app; we show none but pages of the share.
            let storage = self.page.bodies.storage.as_deref();
            if storage.is_none_or(content::pulls_other_pages) {
                reasons.push(
                    "The page shows parts of other pages, so the app may not look.".to_owned(),
                );
                return Ok(rendering_of(Viewer::Nobody, None, reasons));
            }
        }
        match self.ask(&self.access.client).await? {
            Ok(html) if self.is_usable(&html) => Ok(rendering_of(Viewer::App, Some(html), reasons)),
            Ok(_) => {
                reasons
                    .push("Confluence renders nothing for the app that can be shown.".to_owned());
                Ok(rendering_of(Viewer::Nobody, None, reasons))
            }
            // The app has just been told of the page.
            Err(error) if error.problem == Problem::NotFound => Err(error.into()),
            Err(error) => {
                reasons.push(format!("The app: {}", error.sentence()));
                Ok(rendering_of(Viewer::Nobody, None, reasons))
            }
        }
    }

    async fn right_of(&self, person: &str, is_gone: bool) -> Result<ViewRight, LiveError> {
        let connection_id = self.access.connection.id;
        let right = self
            .app
            .view_right(connection_id, person, &self.page.id, self.now)
            .await?;
        if right != ViewRight::Refused || is_gone {
            return Ok(match right {
                ViewRight::Refused => ViewRight::NoPerson,
                right => right,
            });
        }
        // A deactivated account is refused everything, which says nothing of the page.
        let kind = self
            .app
            .person_kind(connection_id, person, self.now)
            .await?;
        Ok(match kind {
            PersonKind::Active { .. } => ViewRight::Refused,
            PersonKind::App | PersonKind::Gone => ViewRight::NoPerson,
        })
    }

    /// In a person's name. A token that is refused is fetched anew once.
    async fn through(&self, person: &str) -> Result<View, LiveError> {
        let connection_id = self.access.connection.id;
        for _attempt in 0..2 {
            let access = match self.app.impersonate(connection_id, person, self.now).await {
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
                        self.app.forget_token(connection_id, person).await?;
                    }
                    Problem::Forbidden { detail } if detail == NO_ACTIVE_PERSON => {
                        self.app.record_not_active(connection_id, person).await?;
                        return Ok(not_in_their_name(NotInTheirName::NotActive));
                    }
                    Problem::NotFound => return Ok(View::Hidden),
                    Problem::Forbidden { .. } => return Ok(View::Forbidden),
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
                if self.wanted.is_rendered || !error.problem.is_about_the_page() {
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

fn may_not_see(person: Person<'_>) -> String {
    format!("{} may not see the page in Confluence.", person.title)
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

fn rendering_of(viewer: Viewer, body: Option<String>, reasons: Vec<String>) -> ViewerRendering {
    ViewerRendering {
        viewer,
        body,
        withheld: false,
        reason: (!reasons.is_empty()).then(|| reasons.join(" ")),
    }
}

fn withheld(reason: &str) -> ViewerRendering {
    ViewerRendering {
        viewer: Viewer::Nobody,
        body: None,
        withheld: true,
        reason: Some(reason.to_owned()),
    }
}

/// What came of the renderings of one page.
#[derive(Default)]
pub struct ViewerRenderings {
    pub had: Vec<(Viewers, ViewerRendering)>,
    /// Some could not be had now; what these viewers were shown before stays.
    pub failure: Option<LiveError>,
}

impl ViewerRenderings {
    pub fn views(&self) -> impl Iterator<Item = &str> {
        self.had
            .iter()
            .filter_map(|(_, rendering)| rendering.body.as_deref())
    }

    pub fn are_all_there(&self) -> bool {
        self.failure.is_none() && !self.had.is_empty()
    }
}

impl CloudApp {
    /// Has a page rendered for all viewers for whom that is wanted; only shares of an app's connection have any.
    pub async fn render_for_viewers(
        self: &Arc<Self>,
        access: &Access,
        taken: &TakenPage,
        page: &ListedPage,
        now: OffsetDateTime,
    ) -> Result<ViewerRenderings, LiveError> {
        let mut renderings = ViewerRenderings::default();
        if !access.connection.is_app() {
            return Ok(renderings);
        }
        let (connection_id, id) = (access.connection.id, page.id.clone());
        let wanted = self
            .db
            .run(move |db| wanted_renderings::of_page(db, connection_id, &id, now))
            .await?;
        for wanted in wanted {
            let asked = Rendering {
                app: self,
                access,
                page,
                is_restricted: page.view_restricted.unwrap_or(taken.view_restricted),
                wanted: &wanted,
                now,
            };
            match asked.render().await {
                Ok(rendering) => renderings.had.push((wanted.viewers, rendering)),
                // The page is gone, or the database: nothing is stored then.
                Err(error) if error.is_not_found() || matches!(error, LiveError::Db(_)) => {
                    return Err(error);
                }
                Err(error) => renderings.failure = Some(error),
            }
        }
        Ok(renderings)
    }
}

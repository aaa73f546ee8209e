//! Looking for a page on the site of a live connection, before anything of it is stored: search, and a tree that opens
//! level by level, from the spaces down.

use std::time::Duration;

use super::details::Choice;
use super::page_choices::{Opener, PageChoice, PageChoices};
use crate::admin::gate::SignedIn;
use crate::clock;
use crate::cloud_app::asker::Asker;
use crate::confluence::model::{ChildrenOf, ContentKind, FoundContent, ListedSpace};
use crate::connections::LiveError;
use crate::pages::store::listing;
use crate::sharing::asker::asker_of;
use crate::web::error::Failure;
use crate::web::state::AppState;

use uuid::Uuid;

const SHOWN: usize = 20;
const SPACES_SHOWN: usize = 50;
/// How long an admin waits for the site.
const SITE_TAKES: Duration = Duration::from_secs(15);

/// What is looked for.
pub struct PageSearch<'a> {
    pub signed_in: &'a SignedIn,
    pub connection_id: Uuid,
    pub query: &'a str,
    /// The way down the tree, as its buttons send it; empty at the top.
    pub place: &'a str,
    pub chosen: &'a str,
}

/// Pages of the site, or a sentence why there are none.
pub async fn find_pages(state: &AppState, search: PageSearch<'_>) -> Result<PageChoices, Failure> {
    let asker = asker_of(
        &state.sharing,
        search.signed_in.actor(),
        search.connection_id,
        clock::now(),
    )
    .await?;
    let looked = tokio::time::timeout(SITE_TAKES, look(state, &asker, &search)).await;
    match looked.unwrap_or(Err(LiveError::TooSlow)) {
        Ok(choices) => Ok(choices),
        Err(LiveError::Db(error)) => Err(error.into()),
        Err(LiveError::NoConnection) => Ok(PageChoices::none()),
        Err(error) => Ok(PageChoices {
            trouble: Some(error.sentence()),
            place: search.place.to_owned(),
            ..PageChoices::none()
        }),
    }
}

async fn look(
    state: &AppState,
    asker: &Asker,
    search: &PageSearch<'_>,
) -> Result<PageChoices, LiveError> {
    let way = read_way(search.place);
    if let Some(last) = way.last() {
        return open(state, asker, search, &way, last).await;
    }
    let (id, now) = (search.connection_id, clock::now());
    let query = search.query.trim();
    if query.is_empty() {
        let spaces = state
            .sync
            .spaces(id, asker, "", SPACES_SHOWN + 1, now)
            .await?;
        return Ok(top(spaces));
    }
    if let Some(page) = state.sync.bring_page(id, asker, query, now).await? {
        return named(state, id, page, query).await;
    }
    let found = state
        .sync
        .search(id, asker, query, None, SHOWN + 1, now)
        .await?;
    Ok(PageChoices {
        more: found.len() > SHOWN,
        pages: choices(found.into_iter().take(SHOWN), &[], search.chosen),
        query: query.to_owned(),
        ..PageChoices::none()
    })
}

/// The one page that was named, whose outline is stored by now.
async fn named(
    state: &AppState,
    connection_id: Uuid,
    page: String,
    query: &str,
) -> Result<PageChoices, LiveError> {
    let found = state
        .db
        .run(move |db| listing::find_summary(db, connection_id, &page))
        .await?;
    Ok(PageChoices {
        pages: found
            .into_iter()
            .map(|page| PageChoice {
                is_blog_post: page.kind == crate::pages::model::PageKind::BlogPost,
                content_id: page.content_id,
                title: page.title,
                place: page.space_key,
                is_folder: false,
                view_restricted: page.view_restricted,
                chosen: true,
                opens: None,
            })
            .collect(),
        query: query.to_owned(),
        ..PageChoices::none()
    })
}

fn top(mut spaces: Vec<ListedSpace>) -> PageChoices {
    let more = spaces.len() > SPACES_SHOWN;
    spaces.truncate(SPACES_SHOWN);
    PageChoices {
        spaces: spaces
            .into_iter()
            .map(|space| Opener {
                value: write_way(&[Step {
                    kind: StepKind::Space,
                    id: space.key.clone(),
                    title: space.name.clone(),
                }]),
                label: format!("{} ({})", space.name, space.key),
            })
            .collect(),
        more,
        ..PageChoices::none()
    }
}

async fn open(
    state: &AppState,
    asker: &Asker,
    search: &PageSearch<'_>,
    way: &[Step],
    last: &Step,
) -> Result<PageChoices, LiveError> {
    let parent = match last.kind {
        StepKind::Space => ChildrenOf::Space(&last.id),
        StepKind::Page => ChildrenOf::Page(&last.id),
        StepKind::Folder => ChildrenOf::Folder(&last.id),
    };
    let found = state
        .sync
        .children(search.connection_id, asker, parent, clock::now())
        .await?;
    let above = way.iter().enumerate().map(|(at, step)| Opener {
        value: way.get(..=at).map(write_way).unwrap_or_default(),
        label: step.title.clone(),
    });
    Ok(PageChoices {
        way: above.collect(),
        pages: choices(found.into_iter(), way, search.chosen),
        place: search.place.to_owned(),
        ..PageChoices::none()
    })
}

fn choices(
    found: impl Iterator<Item = FoundContent>,
    way: &[Step],
    chosen: &str,
) -> Vec<PageChoice> {
    let choice = |page: FoundContent| {
        let step = Step {
            kind: match page.kind {
                ContentKind::Folder => StepKind::Folder,
                ContentKind::Page | ContentKind::BlogPost => StepKind::Page,
            },
            id: page.id.clone(),
            title: page.title.clone(),
        };
        let below: Vec<Step> = way.iter().cloned().chain([step]).collect();
        PageChoice {
            opens: (page.kind != ContentKind::BlogPost && way.len() < MAX_STEPS)
                .then(|| write_way(&below)),
            chosen: page.id == chosen,
            is_blog_post: page.kind == ContentKind::BlogPost,
            is_folder: page.kind == ContentKind::Folder,
            // The answer does not say; the share's report does.
            view_restricted: false,
            content_id: page.id,
            title: page.title,
            place: page.space_key.unwrap_or_default(),
        }
    };
    found.map(choice).collect()
}

/// Spaces of the site to choose from, or a sentence why there are none.
pub async fn find_spaces(
    state: &AppState,
    signed_in: &SignedIn,
    connection_id: Uuid,
    query: &str,
    chosen: &str,
) -> Result<(Vec<Choice>, Option<String>), Failure> {
    let asker = asker_of(
        &state.sharing,
        signed_in.actor(),
        connection_id,
        clock::now(),
    )
    .await?;
    let asking = state.sync.spaces(
        connection_id,
        &asker,
        query.trim(),
        SPACES_SHOWN,
        clock::now(),
    );
    let asked = tokio::time::timeout(SITE_TAKES, asking).await;
    let spaces = match asked.unwrap_or(Err(LiveError::TooSlow)) {
        Ok(spaces) => spaces,
        Err(LiveError::Db(error)) => return Err(error.into()),
        Err(error) => return Ok((Vec::new(), Some(error.sentence()))),
    };
    let choice = |space: ListedSpace| {
        let value = format!("{connection_id}:{}", space.key);
        Choice {
            label: format!("{} ({})", space.name, space.key),
            chosen: value == chosen,
            value,
        }
    };
    Ok((spaces.into_iter().map(choice).collect(), None))
}

/// Deeper than anybody opens by hand.
const MAX_STEPS: usize = 30;

/// One level of the way down.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    kind: StepKind,
    id: String,
    title: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StepKind {
    Space,
    Page,
    Folder,
}

/// `space:DOC:Documentation` and `page:101:Install`, one per line.
fn write_way(way: &[Step]) -> String {
    let line = |step: &Step| {
        let kind = match step.kind {
            StepKind::Space => "space",
            StepKind::Page => "page",
            StepKind::Folder => "folder",
        };
        format!(
            "{kind}:{}:{}",
            step.id,
            step.title.replace(['\r', '\n'], " ")
        )
    };
    way.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What is not understood of it is left out.
fn read_way(written: &str) -> Vec<Step> {
    let step = |line: &str| {
        let mut parts = line.splitn(3, ':');
        let kind = match parts.next()? {
            "space" => StepKind::Space,
            "page" => StepKind::Page,
            "folder" => StepKind::Folder,
            _ => return None,
        };
        let id = parts.next().filter(|id| !id.is_empty())?;
        Some(Step {
            kind,
            id: id.to_owned(),
            title: parts.next().unwrap_or(id).to_owned(),
        })
    };
    written
        .lines()
        .take(MAX_STEPS + 1)
        .filter_map(step)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Step, StepKind, read_way, write_way};

    #[test]
    fn a_way_is_read_as_it_was_written() {
        let step = |kind, id: &str, title: &str| Step {
            kind,
            id: id.to_owned(),
            title: title.to_owned(),
        };
        let way = [
            step(StepKind::Space, "DOC", "Docs: all"),
            step(StepKind::Folder, "7", "Old"),
        ];
        assert_eq!(read_way(&write_way(&way)), way);
    }

    #[test]
    fn what_nobody_wrote_leads_to_the_top() {
        assert_eq!(read_way("attic:1:x\npage::y\n"), []);
    }
}

//! Moving the shares of an installation to a newer one at the same site: after the site was imported or restored, or from
//! Connect to Forge.
//!
//! Content ids may have changed with an import, or be the same by accident. So the site is asked in the newer
//! installation's name for everything that the shares show, an admin sees what is the same, renamed and missing, and what
//! they agreed to is held against the site once more before anything is moved. Snapshots go along as copies; the older
//! connection stays as it is, which makes the way back a matter of one statement.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use diesel::PgConnection;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use super::CloudApp;
use super::store::rebind::{self, OldPage, ShareRoot};
use crate::confluence::Client;
use crate::confluence::model::{ContentKind, FoundContent};
use crate::connections::installation::Installation;
use crate::connections::store::{installations, live};
use crate::connections::{LiveError, is_not_found};
use crate::pages::model::PageKind;
use crate::pages::store::{attachments, connections};

/// What became of a page at the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Same,
    /// Another title or another space under the same id.
    Renamed {
        title: String,
        space_key: String,
    },
    Missing,
}

#[derive(Debug, Clone)]
pub struct ComparedPage {
    pub old: OldPage,
    pub verdict: Verdict,
}

#[derive(Debug, Clone)]
pub struct ComparedShare {
    pub share: ShareRoot,
    /// What it opens with, if that is stored.
    pub root: Option<ComparedPage>,
    /// Why it has to stay; `None` when it can be moved.
    pub stays: Option<Stays>,
    /// Of what it shows, the pages that the site does not have.
    pub missing: usize,
}

impl ComparedShare {
    /// It opens with a page of another title or space. That may be another page, so that it is moved only if an admin says
    /// that it is the same.
    pub fn is_doubtful(&self) -> bool {
        let is_renamed = |root: &ComparedPage| matches!(root.verdict, Verdict::Renamed { .. });
        self.stays.is_none() && self.root.as_ref().is_some_and(is_renamed)
    }
}

/// Why a share stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    /// The site has no page with the id of the share's root.
    RootMissing,
    /// The site has no such space.
    SpaceMissing,
    /// The space has another home page than the share opens with.
    HomeMissing,
}

impl Stays {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::RootMissing => {
                "The page that it opens with is not there under its id. Make a new share of the page, or look for it in \
                 the site's trash."
            }
            Self::SpaceMissing => "The site has no such space, or the app may not see it.",
            Self::HomeMissing => {
                "The space is there, but not the home page that the share opens with. Make a new share of the space."
            }
        }
    }
}

/// What a site says of everything that the shares of an older connection show.
#[derive(Debug, Clone)]
pub struct Comparison {
    pub pages: Vec<ComparedPage>,
    pub shares: Vec<ComparedShare>,
}

impl Comparison {
    /// Shares that can be moved; of those that are doubtful only what is `confirmed`.
    fn movable(&self, confirmed: &[Uuid]) -> Vec<Uuid> {
        let is_movable = |found: &&ComparedShare| {
            found.stays.is_none() && (!found.is_doubtful() || confirmed.contains(&found.share.id))
        };
        let movable = self.shares.iter().filter(is_movable);
        movable.map(|found| found.share.id).collect()
    }

    /// Names everything that an admin agrees to.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for page in &self.pages {
            hash.update(format!(
                "page {} {:?} {:?}\n",
                page.old.content_id, page.old.title, page.verdict
            ));
        }
        for share in &self.shares {
            hash.update(format!(
                "share {} {:?} {:?}\n",
                share.share.id, share.share, share.stays
            ));
        }
        hex::encode(hash.finalize())
    }
}

/// Why shares were not moved.
#[derive(Debug, thiserror::Error)]
pub enum RebindError {
    /// The newer one cannot take them: it is not enabled, or of another site.
    #[error("the shares cannot be moved there")]
    NoTarget,
    /// The site, or the shares, are no longer as the admin saw them.
    #[error("something has changed since the comparison")]
    Changed,
    #[error(transparent)]
    Live(#[from] LiveError),
}

impl From<diesel::result::Error> for RebindError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Live(error.into())
    }
}

impl From<crate::db::DbError> for RebindError {
    fn from(error: crate::db::DbError) -> Self {
        Self::Live(error.into())
    }
}

impl CloudApp {
    /// Asks the site, in the name of the installation `to`, for everything that the shares of `from` show.
    pub async fn compare(
        self: &Arc<Self>,
        from: Uuid,
        to: Uuid,
        now: OffsetDateTime,
    ) -> Result<Comparison, RebindError> {
        let (shares, pages) = self
            .db
            .run(move |db| {
                if !is_target(db, from, to)? {
                    return Err(RebindError::NoTarget);
                }
                Ok(shown(db, from)?)
            })
            .await?;
        let access = self.connections.access(to, now).await?;
        let asked = ask(&access.client, &shares, &pages).await;
        let asked = asked.map_err(LiveError::from);
        self.connections
            .record_outcome(to, asked.as_ref().err(), now)
            .await?;
        let (found, spaces) = asked?;
        Ok(judge(shares, pages, &found, &spaces))
    }

    /// Finds out which shares can be moved, if everything is still as the comparison with this digest said, and doubtful ones
    /// that are `confirmed`; and copies files. [`move_shares`] does the rest.
    pub async fn prepare_move(
        self: &Arc<Self>,
        from: Uuid,
        to: Uuid,
        agreed: &str,
        confirmed: &[Uuid],
        now: OffsetDateTime,
    ) -> Result<PreparedMove, RebindError> {
        let comparison = self.compare(from, to, now).await?;
        if comparison.digest() != agreed {
            return Err(RebindError::Changed);
        }
        let shares = comparison.movable(confirmed);
        self.copy_files(from, to).await?;
        Ok(PreparedMove { from, to, shares })
    }

    /// After shares were moved.
    pub async fn after_move(&self, from: Uuid, to: Uuid) -> Result<(), LiveError> {
        // Once more: what came in while the rows were copied, and what a cleanup took before they were there.
        self.copy_files(from, to).await?;
        self.connections.begin_anew(to);
        self.connections.wake();
        Ok(())
    }

    /// Every connection has its files in a folder of its own.
    async fn copy_files(&self, from: Uuid, to: Uuid) -> Result<(), LiveError> {
        let needed = self
            .db
            .run(move |db| attachments::needed_objects(db, from))
            .await?;
        for digest in needed {
            self.files.copy(from, to, &digest).await?;
        }
        Ok(())
    }
}

/// Shares that can be moved, whose files are there already.
#[derive(Debug, Clone)]
pub struct PreparedMove {
    pub from: Uuid,
    pub to: Uuid,
    pub shares: Vec<Uuid>,
}

/// Moves them, within the caller's transaction, and returns those that were moved. [`CloudApp::after_move`] follows.
pub fn move_shares(
    db: &mut PgConnection,
    prepared: &PreparedMove,
    now: OffsetDateTime,
) -> Result<Vec<ShareRoot>, RebindError> {
    let PreparedMove { from, to, shares } = prepared;
    let (from, to) = (*from, *to);
    lock_both(db, from, to)?;
    if !is_target(db, from, to)? {
        return Err(RebindError::NoTarget);
    }
    let mut ids = HashSet::new();
    for share in rebind::share_roots(db, from)? {
        if shares.contains(&share.id) {
            ids.extend(rebind::ids_below(db, from, &share)?);
        }
    }
    let ids: Vec<String> = ids.into_iter().collect();
    rebind::copy_pages(db, from, to, &ids)?;
    let moved = rebind::move_shares(db, from, to, shares, now)?;
    connections::raise_revision(db, from)?;
    connections::raise_revision(db, to)?;
    Ok(moved)
}

/// Moves the shares back that were moved from `from` to `to`, within the caller's transaction.
pub fn move_back(
    db: &mut PgConnection,
    from: Uuid,
    to: Uuid,
    now: OffsetDateTime,
) -> Result<Vec<ShareRoot>, LiveError> {
    lock_both(db, from, to)?;
    let moved = rebind::move_back(db, from, to, now)?;
    connections::raise_revision(db, from)?;
    connections::raise_revision(db, to)?;
    Ok(moved)
}

/// In the order of their ids, so that two of these never wait for each other.
fn lock_both(db: &mut PgConnection, from: Uuid, to: Uuid) -> Result<(), LiveError> {
    live::lock_live(db, from.min(to))?;
    live::lock_live(db, from.max(to))?;
    Ok(())
}

/// Whether shares of `from` may be moved to `to`: an enabled installation at the same site.
fn is_target(db: &mut PgConnection, from: Uuid, to: Uuid) -> Result<bool, LiveError> {
    let older = installations::find_installation(db, from)?;
    let newer = installations::find_installation(db, to)?;
    Ok(older
        .zip(newer)
        .is_some_and(|(older, newer)| fits(&older, &newer)))
}

/// Whether shares of one installation may be moved to another one.
pub fn fits(older: &Installation, newer: &Installation) -> bool {
    let came_after = older.superseded_by == Some(newer.connection_id);
    // Connect and Forge may be at a site together, and whichever is to stay takes the shares.
    let is_other_kind = older.kind != newer.kind && older.base_url == newer.base_url;
    older.connection_id != newer.connection_id && newer.is_in_use() && (came_after || is_other_kind)
}

/// The shares of a connection and everything that they show.
fn shown(db: &mut PgConnection, connection_id: Uuid) -> Result<(Shares, Vec<OldPage>), LiveError> {
    let mut shares = Vec::new();
    let mut all = HashSet::new();
    for share in rebind::share_roots(db, connection_id)? {
        let ids = rebind::ids_below(db, connection_id, &share)?;
        all.extend(ids.iter().cloned());
        shares.push((share, ids));
    }
    let all: Vec<String> = all.into_iter().collect();
    let pages = rebind::pages_of(db, connection_id, &all)?;
    Ok((shares, pages))
}

type FoundPages = HashMap<String, FoundContent>;

/// Shares with the ids of all that is followed for each.
type Shares = Vec<(ShareRoot, Vec<String>)>;

/// What the site has of it, and which of the spaces of space shares are there.
async fn ask(
    client: &Client,
    shares: &Shares,
    pages: &[OldPage],
) -> Result<(FoundPages, HashSet<String>), crate::confluence::ConfluenceError> {
    let mut ids: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for page in pages {
        let kind = match (page.is_folder, page.kind) {
            (true, _) => "folder",
            (false, PageKind::Page) => "page",
            (false, PageKind::BlogPost) => "blog_post",
        };
        ids.entry(kind).or_default().push(page.content_id.clone());
    }
    let mut found = FoundPages::new();
    for (kind, ids) in &ids {
        let kind = match *kind {
            "folder" => ContentKind::Folder,
            "page" => ContentKind::Page,
            _ => ContentKind::BlogPost,
        };
        let told = client.find_many(kind, ids).await?;
        found.extend(told.into_iter().map(|page| (page.id.clone(), page)));
    }
    let mut spaces = HashSet::new();
    for (share, _) in shares.iter().filter(|(share, _)| share.is_space()) {
        match client.space(&share.space_key).await {
            Ok(space) => spaces.extend([space.key]),
            Err(error) if is_not_found(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((found, spaces))
}

fn judge(
    shares: Shares,
    pages: Vec<OldPage>,
    found: &FoundPages,
    spaces: &HashSet<String>,
) -> Comparison {
    let pages: Vec<ComparedPage> = pages
        .into_iter()
        .map(|old| ComparedPage {
            verdict: verdict(&old, found.get(&old.content_id)),
            old,
        })
        .collect();
    let page = |id: &String| pages.iter().find(|page| page.old.content_id == *id);
    let shares = shares
        .into_iter()
        .map(|(share, ids)| ComparedShare {
            missing: ids.iter().filter(|id| !found.contains_key(*id)).count(),
            root: share.root_content_id.as_ref().and_then(page).cloned(),
            stays: stays(&share, found, spaces),
            share,
        })
        .collect();
    Comparison { pages, shares }
}

fn stays(share: &ShareRoot, found: &FoundPages, spaces: &HashSet<String>) -> Option<Stays> {
    let has_root = |id: &String| found.contains_key(id);
    match (share.is_space(), &share.root_content_id) {
        (true, _) if !spaces.contains(&share.space_key) => Some(Stays::SpaceMissing),
        (true, Some(home)) if !has_root(home) => Some(Stays::HomeMissing),
        (false, Some(root)) if !has_root(root) => Some(Stays::RootMissing),
        (false, None) => Some(Stays::RootMissing),
        _ => None,
    }
}

fn verdict(old: &OldPage, found: Option<&FoundContent>) -> Verdict {
    let Some(found) = found else {
        return Verdict::Missing;
    };
    let space_key = found.space_key.as_deref().unwrap_or(&old.space_key);
    if found.title == old.title && space_key == old.space_key {
        return Verdict::Same;
    }
    Verdict::Renamed {
        title: found.title.clone(),
        space_key: space_key.to_owned(),
    }
}

//! Who may do what with which share. A right is a value: use cases and handlers take it, and only the functions here make
//! one.
//!
//! Admins, tokens and whoever has a terminal may everything. A sharer may change shares of their own. Of the others they
//! meet those at the site that vouches for them whose root page they may view there, now, as the site says; to look at the
//! page of one they must be somebody who could share its page themselves. They change none of them: these show what their
//! creators may see, which can be more.

use std::collections::{HashMap, HashSet};

use time::OffsetDateTime;

use super::Sharing;
use super::actor::{Actor, Person};
use super::asker::asker_of;
use super::error::SharingError;
use super::sharer_rule;
use super::stored_root::Root;
use crate::accounts::session::Way;
use crate::shares::share::{RestrictedPages, Scope, Share, ShareId};
use crate::shares::store::find_share;

/// Somebody may change this share, and see everything of it.
#[derive(Debug)]
pub struct MayChange(Share);

/// Somebody may see this share's page and what has happened to it.
#[derive(Debug)]
pub struct MayView(Share);

/// Somebody may do what is for admins: connections, tokens, other people's accounts.
#[derive(Debug, Clone, Copy)]
pub struct MayAdminister(());

/// Somebody may share this part of a wiki.
#[derive(Debug)]
pub struct MayShare(Root);

impl MayChange {
    pub fn share(&self) -> &Share {
        &self.0
    }

    pub fn id(&self) -> ShareId {
        self.0.id
    }
}

impl MayView {
    pub fn share(&self) -> &Share {
        &self.0
    }

    pub fn id(&self) -> ShareId {
        self.0.id
    }
}

impl MayShare {
    pub(super) fn into_root(self) -> Root {
        self.0
    }
}

/// The right to change a share. What a sharer may not see is not found; what they may see and not change is forbidden, with
/// the reason.
pub async fn may_change(
    sharing: &Sharing,
    actor: &Actor,
    id: ShareId,
    now: OffsetDateTime,
) -> Result<MayChange, SharingError> {
    let share = find(sharing, id).await?;
    if actor.is_admin() || is_own(actor, &share) {
        return Ok(MayChange(share));
    }
    check_view(sharing, actor, &share, now).await?;
    Err(SharingError::Forbidden(format!(
        "This share was made by {}. Only its creator and admins of the portal may change it.",
        share.created_by
    )))
}

/// The right to see a share's page and what has happened to it.
pub async fn may_view(
    sharing: &Sharing,
    actor: &Actor,
    id: ShareId,
    now: OffsetDateTime,
) -> Result<MayView, SharingError> {
    let share = find(sharing, id).await?;
    if !actor.is_admin() && !is_own(actor, &share) {
        check_view(sharing, actor, &share, now).await?;
    }
    Ok(MayView(share))
}

/// The right to do what is for admins.
pub fn may_administer(actor: &Actor) -> Result<MayAdminister, SharingError> {
    if actor.is_admin() {
        return Ok(MayAdminister(()));
    }
    Err(SharingError::Forbidden(
        "Your account may share pages and nothing else. Ask an admin of the portal for what you need here.".to_owned(),
    ))
}

/// The right to share a part of a wiki. The inner error is a sentence for whoever may not.
pub async fn may_share(
    sharing: &Sharing,
    actor: &Actor,
    root: Root,
    now: OffsetDateTime,
) -> Result<Result<MayShare, String>, SharingError> {
    if actor.bound_to().is_none() {
        return Ok(Ok(MayShare(root)));
    }
    let is_seen = match root.scope.root() {
        Some(page) => pages_seen(sharing, actor, &[page.to_owned()], now)
            .await?
            .get(page)
            .copied()
            .unwrap_or(false),
        None => is_space_seen(sharing, actor, &root.space_key, now).await?,
    };
    if !is_seen {
        let hidden = "There is no such page, or you may not view it.";
        return Ok(Err(hidden.to_owned()));
    }
    let refusal = refusal(sharing, actor, &root.scope, &root.space_key, now).await?;
    Ok(refusal.map_or(Ok(MayShare(root)), Err))
}

async fn find(sharing: &Sharing, id: ShareId) -> Result<Share, SharingError> {
    let found = sharing.db.run(move |db| find_share(db, id)).await?;
    found.ok_or(SharingError::NotFound)
}

async fn check_view(
    sharing: &Sharing,
    actor: &Actor,
    share: &Share,
    now: OffsetDateTime,
) -> Result<(), SharingError> {
    let seen = visible(sharing, actor, std::slice::from_ref(share), now).await?;
    if !seen.contains(&share.id) {
        return Err(SharingError::NotFound);
    }
    match refusal(sharing, actor, &share.scope, &share.space_key, now).await? {
        Some(sentence) => Err(SharingError::Forbidden(sentence)),
        None => Ok(()),
    }
}

/// Those of the shares that the actor may see. The site is asked once for all of them, and what it says is kept for a few
/// minutes.
pub async fn visible(
    sharing: &Sharing,
    actor: &Actor,
    shares: &[Share],
    now: OffsetDateTime,
) -> Result<HashSet<ShareId>, SharingError> {
    if actor.is_admin() {
        return Ok(shares.iter().map(|share| share.id).collect());
    }
    let (own, others): (Vec<&Share>, Vec<&Share>) =
        shares.iter().partition(|share| is_own(actor, share));
    let mut visible: HashSet<ShareId> = own.iter().map(|share| share.id).collect();
    let Some((site, person)) = actor.bound_to() else {
        return Ok(visible);
    };
    let at_site: Vec<&Share> = others
        .into_iter()
        .filter(|share| share.connection_id == site)
        .collect();
    if at_site.is_empty() || person.is_empty() {
        return Ok(visible);
    }
    let roots: HashSet<&str> = at_site
        .iter()
        .filter_map(|share| share.scope.root())
        .collect();
    let roots: Vec<String> = roots.into_iter().map(str::to_owned).collect();
    let seen = pages_seen(sharing, actor, &roots, now).await?;
    for share in at_site {
        let is_seen = match share.scope.root() {
            Some(root) => seen.get(root).copied().unwrap_or(false),
            None => is_space_seen(sharing, actor, &share.space_key, now).await?,
        };
        if is_seen {
            visible.insert(share.id);
        }
    }
    Ok(visible)
}

/// Why somebody may not show all pages with a view restriction; `None` when they may.
///
/// Only pages of an app's site are rendered for the creator of a share: elsewhere a sharer could show what they may not see.
pub(super) fn refusal_of_restricted(
    actor: &Actor,
    pages: Option<RestrictedPages>,
) -> Option<&'static str> {
    let is_framed = |person: &Person| person.way.is_framed();
    let is_kept = !actor.is_admin()
        && !actor.person().is_some_and(is_framed)
        && pages == Some(RestrictedPages::All);
    is_kept.then_some(
        "Pages with a view restriction below the first one are shared by admins of the portal.",
    )
}

/// By the account, or by the person's name at the site: after the app was installed anew the account is another one.
fn is_own(actor: &Actor, share: &Share) -> bool {
    let Some(person) = actor.person() else {
        return false;
    };
    let by_name = share.creator.person.as_deref().is_some_and(|creator| {
        !creator.is_empty() && person.known_at(share.connection_id) == Some(creator)
    });
    share.creator.account == Some(person.account_id) || by_name
}

/// The operator's rule for people inside Confluence; those of a single sign-on are sharers by their groups already.
async fn refusal(
    sharing: &Sharing,
    actor: &Actor,
    scope: &Scope,
    space_key: &str,
    now: OffsetDateTime,
) -> Result<Option<String>, SharingError> {
    let way = actor.person().map(|person| person.way);
    let (Some((site, person)), Some(Way::App { .. })) = (actor.bound_to(), way) else {
        return Ok(None);
    };
    let may = sharer_rule::may_share(sharing, site, person, scope, space_key, now).await?;
    Ok((!may).then(|| {
        let mut sentences = sharer_rule::refusal(&sharing.app.sharers);
        if matches!(scope, Scope::Space { .. }) {
            sentences.push("A whole space is shared by its admins.".to_owned());
        }
        sentences.join(" ")
    }))
}

async fn pages_seen(
    sharing: &Sharing,
    actor: &Actor,
    ids: &[String],
    now: OffsetDateTime,
) -> Result<HashMap<String, bool>, SharingError> {
    let (Some(person), Some((site, known_as))) = (actor.person(), actor.bound_to()) else {
        return Ok(HashMap::new());
    };
    if person.way.is_framed() {
        return Ok(sharing.cloud_app.may_view(site, known_as, ids, now).await?);
    }
    let asker = asker_of(sharing, actor, site, now).await?;
    let seen = sharing
        .cloud_app
        .sees(site, &asker, person.account_id, ids, now)
        .await?;
    Ok(seen)
}

/// For shares of a space without a home page.
async fn is_space_seen(
    sharing: &Sharing,
    actor: &Actor,
    key: &str,
    now: OffsetDateTime,
) -> Result<bool, SharingError> {
    let (Some(person), Some((site, _))) = (actor.person(), actor.bound_to()) else {
        return Ok(false);
    };
    let asker = asker_of(sharing, actor, site, now).await?;
    let seen = sharing
        .cloud_app
        .sees_space(site, &asker, person.account_id, key, now)
        .await?;
    Ok(seen)
}

//! Which shares a sharer may see and change. Admins may all.
//!
//! His own always. Of the others those at the site that vouches for him whose root page he may view there, now, as the
//! site says; to look at the page of one he must be somebody who could share its page himself. He changes none of them:
//! they show what their creators may see, which can be more than he may.

use std::collections::{HashMap, HashSet};

use super::page_choice::Chosen;
use super::share_id;
use crate::accounts::session::Way;
use crate::admin::asker::asker_of;
use crate::admin::gate::Admin;
use crate::admin::inside::rule;
use crate::clock;
use crate::connections::LiveError;
use crate::shares::share::{RestrictedPages, Scope, Share, ShareId};
use crate::shares::store::find_share;
use crate::web::error::Failure;
use crate::web::state::AppState;

/// What somebody wants with a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Its page and what has happened to it.
    Look,
    /// Everything else, and what tells of the pages below its root.
    Change,
}

/// Why a site could not say what somebody may see.
pub enum Unasked {
    Site(LiveError),
    Failed(Failure),
}

impl From<LiveError> for Unasked {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::Db(error) => Self::Failed(error.into()),
            other => Self::Site(other),
        }
    }
}

impl From<Failure> for Unasked {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Unasked> for Failure {
    fn from(unasked: Unasked) -> Self {
        match unasked {
            Unasked::Failed(failure) => failure,
            Unasked::Site(error) => Self::Conflict(format!(
                "Confluence could not be asked what you may see: {} Try again in a minute.",
                error.sentence()
            )),
        }
    }
}

/// Refuses a share that somebody may not see as if there were none, and one that he may not change with the reason.
pub async fn check_share(
    state: &AppState,
    admin: &Admin,
    written: &str,
    use_of_it: Use,
) -> Result<(), Failure> {
    let id = share_id(written)?;
    let share = state.db.run(move |db| find_share(db, id)).await?;
    let share = share.ok_or(Failure::NotFound)?;
    if is_own(admin, &share) {
        return Ok(());
    }
    if !may_see(state, admin, &share).await? {
        return Err(Failure::NotFound);
    }
    match refusal(state, admin, &share.scope, &share.space_key).await? {
        Some(sentence) => Err(Failure::Forbidden(sentence)),
        None if use_of_it == Use::Change => Err(Failure::Forbidden(format!(
            "This share was made by {}. Only its creator and admins of the portal may change it.",
            share.created_by
        ))),
        None => Ok(()),
    }
}

async fn may_see(state: &AppState, admin: &Admin, share: &Share) -> Result<bool, Failure> {
    let seen = visible(state, admin, std::slice::from_ref(share)).await?;
    Ok(seen.contains(&share.id))
}

/// Those of the shares that the person may see. The site is asked once for all of them, and what it says is kept for a few
/// minutes.
pub async fn visible(
    state: &AppState,
    admin: &Admin,
    shares: &[Share],
) -> Result<HashSet<ShareId>, Unasked> {
    if admin.is_admin() {
        return Ok(shares.iter().map(|share| share.id).collect());
    }
    let (own, others): (Vec<&Share>, Vec<&Share>) =
        shares.iter().partition(|share| is_own(admin, share));
    let mut visible: HashSet<ShareId> = own.iter().map(|share| share.id).collect();
    let Some((site, person)) = admin.bound_to() else {
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
    let seen = pages_seen(state, admin, &roots).await?;
    for share in at_site {
        let is_seen = match share.scope.root() {
            Some(root) => seen.get(root).copied().unwrap_or(false),
            None => is_space_seen(state, admin, &share.space_key).await?,
        };
        if is_seen {
            visible.insert(share.id);
        }
    }
    Ok(visible)
}

/// Why somebody may not share what he has chosen; `None` when he may.
pub async fn refusal_of_choice(
    state: &AppState,
    admin: &Admin,
    chosen: &Chosen,
) -> Result<Option<String>, Failure> {
    if admin.bound_to().is_none() {
        return Ok(None);
    }
    let is_seen = match chosen.scope.root() {
        Some(root) => pages_seen(state, admin, &[root.to_owned()])
            .await?
            .get(root)
            .copied()
            .unwrap_or(false),
        None => is_space_seen(state, admin, &chosen.space_key).await?,
    };
    if !is_seen {
        return Ok(Some(
            "There is no such page, or you may not view it.".to_owned(),
        ));
    }
    refusal(state, admin, &chosen.scope, &chosen.space_key).await
}

/// Why somebody may not show all pages with a view restriction; `None` when he may.
///
/// Only pages of an app's site are rendered in the creator's name: elsewhere a sharer could show what he may not see.
pub fn refusal_of_restricted(
    admin: &Admin,
    pages: Option<RestrictedPages>,
) -> Option<&'static str> {
    let is_kept = !admin.is_admin()
        && !admin.session().way.is_framed()
        && pages == Some(RestrictedPages::All);
    is_kept.then_some(
        "Pages with a view restriction below the first one are shared by admins of the portal.",
    )
}

/// By the account, or by the person's name at the site: after the app was installed anew the account is another one.
fn is_own(admin: &Admin, share: &Share) -> bool {
    let by_name = share.creator.person.as_deref().is_some_and(|creator| {
        !creator.is_empty() && admin.person_at(share.connection_id) == Some(creator)
    });
    share.creator.account == Some(admin.account().id) || by_name
}

/// The operator's rule for people inside Confluence; those of a single sign-on are sharers by their groups already.
async fn refusal(
    state: &AppState,
    admin: &Admin,
    scope: &Scope,
    space_key: &str,
) -> Result<Option<String>, Failure> {
    let (Some((site, person)), Way::App { .. }) = (admin.bound_to(), admin.session().way) else {
        return Ok(None);
    };
    let may = rule::may_share(state, site, person, scope, space_key, clock::now());
    let may = may.await.map_err(Unasked::from)?;
    Ok((!may).then(|| {
        let mut sentences = rule::refusal(&state.settings.app.sharers);
        if matches!(scope, Scope::Space { .. }) {
            sentences.push("A whole space is shared by its admins.".to_owned());
        }
        sentences.join(" ")
    }))
}

async fn pages_seen(
    state: &AppState,
    admin: &Admin,
    ids: &[String],
) -> Result<HashMap<String, bool>, Unasked> {
    let (Some((site, person)), now) = (admin.bound_to(), clock::now()) else {
        return Ok(HashMap::new());
    };
    if admin.session().way.is_framed() {
        return Ok(state.cloud_app.may_view(site, person, ids, now).await?);
    }
    let asker = asker_of(state, admin, site).await?;
    let who = admin.account().id;
    Ok(state.cloud_app.sees(site, &asker, who, ids, now).await?)
}

/// For shares of a space without a home page.
async fn is_space_seen(state: &AppState, admin: &Admin, key: &str) -> Result<bool, Unasked> {
    let Some((site, _)) = admin.bound_to() else {
        return Ok(false);
    };
    let asker = asker_of(state, admin, site).await?;
    let who = admin.account().id;
    let seen = state
        .cloud_app
        .sees_space(site, &asker, who, key, clock::now())
        .await?;
    Ok(seen)
}

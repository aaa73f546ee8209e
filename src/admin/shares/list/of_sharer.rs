//! The list as a sharer sees it: their own shares, and those whose pages the site lets them view.

use std::collections::HashMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::{Found, ListInput, PER_PAGE, filter_of, is_filtered, order};
use crate::admin::gate::SignedIn;
use crate::pages::store::{connections, leak};
use crate::shares::share::Share;
use crate::shares::store::StoreError;
use crate::shares::store::listing::{self, Candidates, ShareFilter};
use crate::sharing::asker::may_use;
use crate::sharing::error::SharingError;
use crate::sharing::rights::visible;
use crate::web::error::Failure;
use crate::web::state::AppState;

/// What the site is asked about for one list. Whoever has more searches by name.
const MOST_CANDIDATES: i64 = 300;

/// Shares that somebody may see, in the order of a list, and why there may be others.
pub struct Visible {
    pub shares: Vec<Share>,
    pub trouble: Option<String>,
}

/// Of the shares that fit the filter those that the person may see. What the site does not say of others' shares leaves
/// them out, and is told.
pub async fn list_visible(
    state: &AppState,
    signed_in: &SignedIn,
    mut filter: ShareFilter,
    sort: &str,
    now: OffsetDateTime,
) -> Result<Visible, Failure> {
    let account_id = signed_in.account().id;
    filter.candidates = (!signed_in.is_admin()).then(|| Candidates {
        account_id,
        site: signed_in.bound_to().map(|(site, _)| site),
    });
    let order = order(sort);
    let found = state
        .db
        .run(move |db| listing::list_shares(db, &filter, order, MOST_CANDIDATES + 1, 0, now));
    let mut shares = found.await?;
    let most = usize::try_from(MOST_CANDIDATES).unwrap_or(usize::MAX);
    let is_cut = shares.len() > most;
    shares.truncate(most);
    let mut trouble = is_cut.then(|| {
        format!("Only the first {MOST_CANDIDATES} shares were looked through. Search by name to find others.")
    });
    match visible(&state.sharing, signed_in.actor(), &shares, now).await {
        Ok(visible) => shares.retain(|share| visible.contains(&share.id)),
        Err(SharingError::Site(error)) => {
            shares.retain(|share| share.creator.account == Some(account_id));
            trouble = Some(format!(
                "Confluence could not be asked what you may see, so only your own shares are listed: {}",
                error.sentence()
            ));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Visible { shares, trouble })
}

/// One page of the list.
pub(super) async fn find(
    state: &AppState,
    signed_in: &SignedIn,
    input: &ListInput,
    now: OffsetDateTime,
) -> Result<Found, Failure> {
    let filter = filter_of(input);
    let filtered = is_filtered(&filter);
    let seen = list_visible(state, signed_in, filter, &input.sort, now).await?;
    let total = i64::try_from(seen.shares.len()).unwrap_or(i64::MAX);
    let pages = ((total + PER_PAGE - 1) / PER_PAGE).max(1);
    let page = input.page.parse::<i64>().unwrap_or(1).clamp(1, pages);
    let offset = (page - 1) * PER_PAGE;
    let per_page = usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let skipped = usize::try_from(offset).unwrap_or(0);
    let shares: Vec<Share> = seen
        .shares
        .into_iter()
        .skip(skipped)
        .take(per_page)
        .collect();
    let ids: Vec<Uuid> = shares.iter().map(|share| share.id.uuid()).collect();
    let (connections, unseen_leaks) = state
        .db
        .run(move |db| {
            let connections = connections::list_connections(db)?;
            let leaks: HashMap<Uuid, i64> = leak::count_unseen(db, &ids)?;
            Ok::<_, StoreError>((connections, leaks))
        })
        .await?;
    Ok(Found {
        connections: connections
            .into_iter()
            .filter(|connection| may_use(signed_in.actor(), connection.id))
            .collect(),
        shares,
        unseen_leaks,
        total,
        page,
        pages,
        offset,
        filtered,
        trouble: seen.trouble,
        in_trouble: Vec::new(),
    })
}

//! What sites have told the app of people: answers of a few minutes.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::confluence::rights::Group;

/// How long an answer counts.
const KEPT: Duration = Duration::from_secs(300);
const MOST_ANSWERS: u64 = 50_000;
/// How long after somebody's standing was looked at it still counts when the site does not answer. What was looked at may
/// have been an answer of five minutes before.
pub(super) const STILL_GOOD: time::Duration = time::Duration::minutes(10);

/// Who somebody is at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonKind {
    /// A person who may use Confluence.
    Active { display_name: String },
    /// The user of an app or of the system, in whose name nothing is ever shown.
    App,
    /// Deactivated, without Confluence, or unknown.
    Gone,
}

/// Whether a person may see a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ViewRight {
    Granted,
    Refused,
    /// There is no such person any more, or they may not use Confluence.
    NoPerson,
    /// The site tells neither the app nor the person.
    NotTold,
}

type OfPerson = (Uuid, String);
type OfPage = (Uuid, String, String);

/// Answers of a few minutes.
pub(super) struct Answers {
    pub(super) kinds: Cache<OfPerson, PersonKind>,
    pub(super) groups: Cache<OfPerson, Arc<[Group]>>,
    pub(super) views: Cache<OfPage, ViewRight>,
    pub(super) edits: Cache<OfPage, bool>,
    /// By the space's key.
    pub(super) administrations: Cache<OfPage, bool>,
    /// When all was last known of a person that decides whether they may be here.
    pub(super) looked_at: Cache<OfPerson, OffsetDateTime>,
    /// How often connections had begun anew when this was asked for.
    beginnings: AtomicU64,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            kinds: kept(),
            groups: kept(),
            views: kept(),
            edits: kept(),
            administrations: kept(),
            looked_at: Cache::builder()
                .max_capacity(MOST_ANSWERS)
                .time_to_live(STILL_GOOD.unsigned_abs())
                .build(),
            beginnings: AtomicU64::default(),
        }
    }
}

impl Answers {
    /// As of so many beginnings of connections: with each, what the sites say from then on counts.
    pub(super) fn as_of(&self, beginnings: u64) -> &Self {
        if self.beginnings.swap(beginnings, Ordering::Relaxed) != beginnings {
            self.kinds.invalidate_all();
            self.groups.invalidate_all();
            self.views.invalidate_all();
            self.edits.invalidate_all();
            self.administrations.invalidate_all();
        }
        self
    }
}

fn kept<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static>() -> Cache<K, V> {
    Cache::builder()
        .max_capacity(MOST_ANSWERS)
        .time_to_live(KEPT)
        .build()
}

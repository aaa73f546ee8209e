//! The settings of a share that somebody sent: for a new one, or as a change of one that is there.

use time::OffsetDateTime;

use super::error::FieldError;
use super::values::{EmbedList, Note, Period, ShareName};
use crate::password::Password;
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::labels::Labels;
use crate::shares::share::{ExternalLinks, PassLifetime, RestrictedPages, Share};

/// Settings of a share. `None` leaves one as it is, and gives a new share its default.
#[derive(Debug, Default)]
pub struct ShareFields {
    pub name: Option<ShareName>,
    pub note: Option<Note>,
    /// `Some(None)` removes it.
    pub password: Option<Option<Password>>,
    pub enabled: Option<bool>,
    pub starts_at: Option<Option<OffsetDateTime>>,
    pub expires_at: Option<Option<OffsetDateTime>>,
    pub pass_lifetime: Option<PassLifetime>,
    pub embed_origins: Option<EmbedOrigins>,
    pub embed_only: Option<bool>,
    pub external_links: Option<ExternalLinks>,
    pub restricted_pages: Option<RestrictedPages>,
    pub include_labels: Option<Labels>,
    pub exclude_labels: Option<Labels>,
    pub show_comments: Option<bool>,
}

/// Whether the settings are those of a share that is made now, which must not have ended already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Create,
    Change,
}

impl ShareFields {
    /// What of the settings contradicts each other as far as they were sent, so that a front door can say it together with
    /// everything else that is wrong. The use cases look again, at the share as it would become.
    pub fn contradictions(&self, purpose: Purpose, now: OffsetDateTime) -> Vec<FieldError> {
        let mut found = Vec::new();
        let period = Period::new(self.starts_at.flatten(), self.expires_at.flatten());
        let period = match purpose {
            Purpose::Create => period.and_then(|period| period.of_new(now)),
            Purpose::Change => period,
        };
        found.extend(period.err());
        // While a list was not sent, or was wrong, there is nothing to hold the switch against.
        if let Some(origins) = &self.embed_origins {
            let list = EmbedList::new(origins.clone(), self.embed_only.unwrap_or(false));
            found.extend(list.err());
        }
        found
    }

    /// The period that the share would have.
    pub(super) fn period(&self, share: Option<&Share>) -> Result<Period, FieldError> {
        let or_stored = |sent: Option<Option<OffsetDateTime>>, stored: Option<OffsetDateTime>| {
            sent.unwrap_or(stored)
        };
        Period::new(
            or_stored(self.starts_at, share.and_then(|share| share.starts_at)),
            or_stored(self.expires_at, share.and_then(|share| share.expires_at)),
        )
    }

    /// The list of sites that the share would have.
    pub(super) fn embed_list(&self, share: Option<&Share>) -> Result<EmbedList, FieldError> {
        let origins = self.embed_origins.clone();
        let origins = origins.or_else(|| share.map(|share| share.embed_origins.clone()));
        let only = self.embed_only;
        let only = only.or_else(|| share.map(|share| share.embed_only));
        EmbedList::new(origins.unwrap_or_default(), only.unwrap_or(false))
    }
}

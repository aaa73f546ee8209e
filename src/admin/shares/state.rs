//! A share's state and scope in words, as the list and the share's page show them.

use time::OffsetDateTime;

use crate::shares::share::{Availability, ScopeKind, Share};
use crate::shares::store::listing::ShareState;
use crate::web::error::words::moment_in_words;

/// The badge beside a share's name, with a sentence where one helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateBadge {
    pub label: &'static str,
    pub class: &'static str,
    pub detail: Option<String>,
}

impl StateBadge {
    pub fn of(share: &Share, now: OffsetDateTime) -> Self {
        let ends = share
            .expires_at
            .map(|at| format!("until {}", moment_in_words(at)));
        match share.availability(now) {
            Availability::Open => Self {
                label: label(ShareState::Active),
                class: "badge badge-on",
                detail: ends,
            },
            Availability::Disabled => Self {
                label: label(ShareState::Disabled),
                class: "badge badge-off",
                detail: None,
            },
            Availability::NotStarted { starts_at } => Self {
                label: label(ShareState::Scheduled),
                class: "badge badge-wait",
                detail: Some(format!("from {}", moment_in_words(starts_at))),
            },
            Availability::Ended => Self {
                label: label(ShareState::Ended),
                class: "badge badge-off",
                detail: share
                    .expires_at
                    .map(|at| format!("since {}", moment_in_words(at))),
            },
            Availability::Withdrawn { since } => Self {
                label: "Unavailable",
                class: "badge badge-danger",
                detail: Some(format!(
                    "since {}, because the app was uninstalled from its site",
                    moment_in_words(since)
                )),
            },
        }
    }
}

/// The word for a state.
pub fn label(state: ShareState) -> &'static str {
    match state {
        ShareState::Active => "Active",
        ShareState::Disabled => "Disabled",
        ShareState::Scheduled => "Scheduled",
        ShareState::Ended => "Ended",
    }
}

/// The words for a scope.
pub fn scope_label(kind: ScopeKind) -> &'static str {
    match kind {
        ScopeKind::Page => "One page",
        ScopeKind::Tree => "Page tree",
        ScopeKind::Space => "Whole space",
        ScopeKind::BlogPost => "Blog post",
    }
}

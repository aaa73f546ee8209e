//! How a share fares in the frames of other sites: what is counted for each site, and what the numbers mean.

use time::{Duration, OffsetDateTime};

use super::embed_origins::{EmbedOrigins, Origin};
use super::event::BrowserFamily;

/// How far back is looked.
pub const PERIOD: Duration = Duration::days(30);
/// Sites that are told of. Anybody can pretend to be one, so there may be any number.
pub const MOST_SITES: usize = 50;

/// Expired tokens that differ no more than this from each other ...
const STEADY_WITHIN_SECONDS: i64 = 30;
/// ... and are at least so many, were late by the same clock rather than by chance.
const STEADY_FROM: i64 = 3;

/// The last [`PERIOD`] of a share in frames.
#[derive(Debug)]
pub struct EmbedHealth {
    /// The ones that work first, then those that were there last.
    pub sites: Vec<SiteHealth>,
    /// There are more than [`MOST_SITES`].
    pub has_more: bool,
}

/// What happened in frames of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteHealth {
    /// `None` for all the sites that browsers do not name.
    pub site: Option<Origin>,
    /// Whether the share's list has the site now; browsers decide about a site without a name by themselves.
    pub is_allowed: bool,
    /// By the password or by a token.
    pub unlocks: i64,
    pub cookies_kept: i64,
    /// By family of browsers, in the order of [`BrowserFamily::ALL`]; those without any are left out.
    pub cookies_refused: Vec<(BrowserFamily, i64)>,
    pub cookieless_passes: i64,
    /// Frames that were not shown because the site is not in the list. None for a site that is there by now.
    pub blocked: i64,
    /// Frames that were not shown though the site was listed: its page stood in a frame of a site that is not.
    pub blocked_by_outer_frame: i64,
    /// Tokens that came after their time, for reasons other than a wrong clock.
    pub expired: i64,
    /// Tokens whose times suggest a wrong clock.
    pub skewed: i64,
    /// How far ahead of ours that clock seems to be.
    pub clock_difference_seconds: Option<i64>,
    pub bad_signatures: i64,
    /// Other tokens, and passwords.
    pub other_refusals: i64,
    pub policy_reports: i64,
    pub last_good_load: Option<OffsetDateTime>,
    pub last_event: OffsetDateTime,
}

/// Tokens of a site that came too late, and their clock differences: the tenth, the fifth and the ninth tenth.
#[derive(Debug, Clone, Copy, Default)]
pub struct Late {
    pub count: i64,
    pub low: i64,
    pub middle: i64,
    pub high: i64,
}

impl Late {
    /// Whether a clock explains them better than pages that are kept too long: they are all late by the same time, and
    /// more than were in time.
    pub fn by_the_clock(&self, accepted: i64) -> bool {
        let spread = self.high.saturating_sub(self.low);
        self.count >= STEADY_FROM && spread <= STEADY_WITHIN_SECONDS && self.count > accepted
    }
}

/// Whether a share with this list may be shown in a frame of `site`.
pub fn may_embed(listed: &EmbedOrigins, site: &Origin) -> bool {
    let fits = |entry: &str| match entry.split_once("*.") {
        None => entry == site.as_str(),
        Some((scheme, rest)) => site
            .as_str()
            .strip_prefix(scheme)
            .and_then(|host| host.strip_suffix(rest))
            .is_some_and(|below| below.len() > 1 && below.ends_with('.')),
    };
    match listed {
        EmbedOrigins::None => false,
        EmbedOrigins::Any => true,
        EmbedOrigins::Listed(_) => listed.entries().into_iter().any(fits),
    }
}

#[cfg(test)]
mod tests {
    use super::{Late, may_embed};
    use crate::config::EmbedWildcards;
    use crate::shares::embed_origins::{EmbedOrigins, Origin};

    #[test]
    fn a_site_may_embed_what_lists_it() {
        let site = |text: &str| Origin::parse(text).unwrap();
        let listed = EmbedOrigins::parse(["https://a.example", "http://localhost:3000"]).unwrap();
        assert!(may_embed(&listed, &site("https://a.example")));
        assert!(may_embed(&listed, &site("http://localhost:3000")));
        for other in [
            "https://a.example:8443",
            "https://www.a.example",
            "http://localhost:3001",
        ] {
            assert!(!may_embed(&listed, &site(other)), "{other}");
        }
        assert!(may_embed(&EmbedOrigins::Any, &site("https://b.example")));
        assert!(!may_embed(&EmbedOrigins::None, &site("https://a.example")));
    }

    #[test]
    fn a_wildcard_stands_for_every_host_below_and_not_for_the_rest_itself() {
        let entries = ["https://*.a.example:8443"];
        let listed = EmbedOrigins::parse_with(entries, EmbedWildcards::Allow).unwrap();
        let may = |text: &str| may_embed(&listed, &Origin::parse(text).unwrap());
        assert!(may("https://www.a.example:8443"));
        assert!(may("https://x.y.a.example:8443"));
        for other in [
            "https://a.example:8443",
            "https://www.a.example",
            "https://evila.example:8443",
            "https://www.a.example.evil.example:8443",
        ] {
            assert!(!may(other), "{other}");
        }
    }

    #[test]
    fn tokens_that_are_all_late_by_the_same_time_have_a_wrong_clock() {
        let late = |count, low, high| Late {
            count,
            low,
            middle: low,
            high,
        };
        assert!(late(3, -95, -90).by_the_clock(0));
        assert!(late(30, -3635, -3605).by_the_clock(29));
        // Two are chance; kept pages come at any time; and where most are in time the clock is right.
        assert!(!late(2, -95, -90).by_the_clock(0));
        assert!(!late(9, -4000, -90).by_the_clock(0));
        assert!(!late(9, -95, -90).by_the_clock(9));
    }
}

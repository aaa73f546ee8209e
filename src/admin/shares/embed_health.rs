//! How a share fares in other sites' pages, for its admin.

use time::Duration;

use crate::admin::times::{Moment, duration_in_words};
use crate::shares::embed_health::{EmbedHealth, SiteHealth};
use crate::shares::event::BrowserFamily;

/// The panel.
pub struct EmbedHealthView {
    pub sites: Vec<SiteView>,
    pub has_more: bool,
}

/// What happened in frames of one site, in words.
pub struct SiteView {
    /// `None` for those that browsers do not name.
    pub site: Option<String>,
    /// Whether a click may add it to the list.
    pub can_be_added: bool,
    pub last_good_load: Option<Moment>,
    /// What is all right: number and words.
    pub good: Vec<(i64, String)>,
    /// What is not.
    pub bad: Vec<(i64, String)>,
    /// What to do about it.
    pub advice: Vec<String>,
}

impl EmbedHealthView {
    pub fn of(health: EmbedHealth) -> Self {
        Self {
            sites: health.sites.iter().map(SiteView::of).collect(),
            has_more: health.has_more,
        }
    }
}

impl SiteView {
    fn of(health: &SiteHealth) -> Self {
        Self {
            site: health.site.as_ref().map(|site| site.as_str().to_owned()),
            can_be_added: health.site.is_some() && !health.is_allowed && health.blocked > 0,
            last_good_load: health.last_good_load.map(Moment::from),
            good: good(health),
            bad: bad(health),
            advice: advice(health),
        }
    }
}

fn some(count: i64, one: &str, many: &str) -> Option<(i64, String)> {
    (count > 0).then(|| (count, if count == 1 { one } else { many }.to_owned()))
}

fn good(health: &SiteHealth) -> Vec<(i64, String)> {
    let counts = [
        some(health.unlocks, "unlock that worked", "unlocks that worked"),
        some(health.cookies_kept, "cookie kept", "cookies kept"),
        some(
            health.cookieless_passes,
            "cookieless pass",
            "cookieless passes",
        ),
        cookies_refused(health).filter(|_| goes_without_cookies(health)),
    ];
    counts.into_iter().flatten().collect()
}

/// Whoever refuses the cookie reads on all the same.
fn goes_without_cookies(health: &SiteHealth) -> bool {
    health.cookieless_passes > 0
}

fn cookies_refused(health: &SiteHealth) -> Option<(i64, String)> {
    let families = health.cookies_refused.iter();
    let by: Vec<String> = families
        .map(|(family, count)| format!("{} {count}", browser_name(*family)))
        .collect();
    let all = health.cookies_refused.iter().map(|(_, count)| count).sum();
    let (count, words) = some(all, "cookie refused", "cookies refused")?;
    Some((count, format!("{words} ({})", by.join(", "))))
}

fn bad(health: &SiteHealth) -> Vec<(i64, String)> {
    let counts = [
        cookies_refused(health).filter(|_| !goes_without_cookies(health)),
        some(health.blocked, "frame blocked", "frames blocked"),
        some(
            health.blocked_by_outer_frame,
            "frame blocked for an outer frame",
            "frames blocked for an outer frame",
        ),
        some(health.expired, "expired token", "expired tokens"),
        some(
            health.skewed,
            "token from a wrong clock",
            "tokens from a wrong clock",
        ),
        some(health.bad_signatures, "bad signature", "bad signatures"),
        some(health.other_refusals, "other refusal", "other refusals"),
        some(
            health.policy_reports,
            "other report of a browser",
            "other reports of browsers",
        ),
    ];
    counts.into_iter().flatten().collect()
}

fn advice(health: &SiteHealth) -> Vec<String> {
    let mut advice = Vec::new();
    if health.blocked > 0 {
        advice.push(match health.site {
            Some(_) => "Browsers do not show the share there, because the site is not in the list above.".to_owned(),
            None => "Browsers do not show the share on a site that they do not name. Either it hides its name, or it \
                     is not served over https and cannot be listed."
                .to_owned(),
        });
    }
    if health.blocked_by_outer_frame > 0 {
        advice.push(
            "The site is in the list, but its page stands in a frame itself, of a site that is not. Ask where it is \
             embedded and list that site as well; some browsers name it here."
                .to_owned(),
        );
    }
    if health.expired > 0 {
        advice.push(
            "Expired tokens come from pages that are kept too long: the page must be made anew for each view and sent \
             with Cache-Control: no-store."
                .to_owned(),
        );
    }
    if health.skewed > 0 {
        advice.push(clock_advice(health.clock_difference_seconds));
    }
    if health.bad_signatures > 0 {
        advice.push(
            "Bad signatures: the site does not sign with this share's unlock secret, or still with an old one."
                .to_owned(),
        );
    }
    if !health.cookies_refused.is_empty() && !goes_without_cookies(health) {
        advice.push(
            "These browsers keep no cookies in frames, and no cookieless pass was given out: their readers see the \
             password page again."
                .to_owned(),
        );
    }
    advice
}

fn clock_advice(difference: Option<i64>) -> String {
    let Some(seconds) = difference.filter(|seconds| *seconds != 0) else {
        return "The clock of the server that signs seems to be wrong: synchronise it.".to_owned();
    };
    let size = duration_in_words(Duration::seconds(seconds.saturating_abs()));
    let direction = if seconds > 0 { "ahead of" } else { "behind" };
    format!(
        "The clock of the server that signs seems to be about {size} {direction} ours: synchronise it."
    )
}

/// A browser's name as people write it.
pub fn browser_name(family: BrowserFamily) -> &'static str {
    match family {
        BrowserFamily::Chrome => "Chrome",
        BrowserFamily::Edge => "Edge",
        BrowserFamily::Firefox => "Firefox",
        BrowserFamily::Safari => "Safari",
        BrowserFamily::Other => "other browsers",
    }
}

#[cfg(test)]
mod tests {
    use super::clock_advice;

    #[test]
    fn advice_on_clocks_says_how_far_and_which_way() {
        assert!(clock_advice(Some(3_600)).contains("about 1 hour ahead of ours"));
        assert!(clock_advice(Some(-95)).contains("about 1 minute 35 seconds behind ours"));
        assert!(clock_advice(None).contains("seems to be wrong"));
        assert!(clock_advice(Some(i64::MIN)).contains("behind ours"));
    }
}

//! What a site's headers say about its limits, in the forms of Cloud (points, bursts, the draft standard under its
//! `Beta-` name and without it) and of Data Center (a bucket that fills up).

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use time::{
    OffsetDateTime,
    format_description::well_known::{Rfc2822, Rfc3339},
};

/// No header makes us wait longer; a site that means it will say so again.
const LONGEST: Duration = Duration::from_secs(3600);

/// A 429 that names no time.
const UNNAMED: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::confluence) struct Told {
    pub limit: Option<u64>,
    pub remaining: Option<u64>,
    pub near_limit: bool,
    pub reset_at: Option<OffsetDateTime>,
    pub reason: Option<String>,
    /// From `Retry-After`, or else from when the limit is said to end.
    pub retry_after: Option<Duration>,
}

impl Told {
    pub(in crate::confluence) fn read(headers: &HeaderMap) -> Self {
        let number = |name| text(headers, name).and_then(|value| value.parse::<u64>().ok());
        let standard = text(headers, "beta-ratelimit").or_else(|| text(headers, "ratelimit"));
        let part = |key| standard.and_then(|value| parameter(value, key));
        let reset_at = text(headers, "x-ratelimit-reset").and_then(moment);
        let remaining = number("x-ratelimit-remaining").or_else(|| part("r"));
        let is_used_up = remaining == Some(0);
        let sites_now = date(headers);
        let until_reset = || {
            let left = reset_at? - sites_now?;
            Duration::try_from(left).ok()
        };
        let retry_after = retry_after(headers, sites_now)
            .or_else(|| is_used_up.then(until_reset).flatten())
            .or_else(|| {
                let seconds = part("t").or_else(|| number("x-ratelimit-interval-seconds"));
                is_used_up
                    .then_some(seconds)
                    .flatten()
                    .map(Duration::from_secs)
            });
        Self {
            limit: number("x-ratelimit-limit"),
            remaining,
            near_limit: text(headers, "x-ratelimit-nearlimit")
                .is_some_and(|value| value.eq_ignore_ascii_case("true")),
            reset_at,
            reason: text(headers, "ratelimit-reason").map(reason),
            retry_after: retry_after.map(|wait| wait.min(LONGEST)),
        }
    }

    /// How long a 429 with these headers means.
    pub(in crate::confluence) fn pause(&self) -> Duration {
        self.retry_after.unwrap_or(UNNAMED)
    }

    /// Answers that say nothing about limits leave what is known.
    pub(super) fn take_over(&mut self, newer: Self) {
        if newer.limit.or(newer.remaining).is_some() || newer.near_limit {
            *self = newer;
        }
    }
}

/// The `Date` of an answer: what the site's clock says.
pub(in crate::confluence) fn date(headers: &HeaderMap) -> Option<OffsetDateTime> {
    let date = headers.get(DATE)?.to_str().ok()?;
    OffsetDateTime::parse(date, &Rfc2822).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Seconds, or a date, which is measured by the site's own clock.
fn retry_after(headers: &HeaderMap, sites_now: Option<OffsetDateTime>) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = OffsetDateTime::parse(value, &Rfc2822).ok()?;
    Some(Duration::try_from(date - sites_now?).unwrap_or_default())
}

/// RFC 3339, the same without seconds, or Unix seconds.
fn moment(value: &str) -> Option<OffsetDateTime> {
    if let Ok(seconds) = value.parse() {
        return OffsetDateTime::from_unix_timestamp(seconds).ok();
    }
    let with_seconds = || value.strip_suffix('Z').map(|start| format!("{start}:00Z"));
    OffsetDateTime::parse(value, &Rfc3339)
        .ok()
        .or_else(|| OffsetDateTime::parse(&with_seconds()?, &Rfc3339).ok())
}

/// `r=0` of `"global-app-quota";r=0;t=847`.
fn parameter(value: &str, key: &str) -> Option<u64> {
    value
        .split(';')
        .filter_map(|part| part.trim().split_once('='))
        .find(|(name, _)| *name == key)
        .and_then(|(_, number)| number.parse().ok())
}

/// One of our own words, whatever exact form the site chose.
fn reason(value: &str) -> String {
    let value = value.to_ascii_lowercase();
    let words = match () {
        () if value.contains("burst") => "too many requests at once",
        () if value.contains("tenant") => "the site's hourly quota is used up",
        () if value.contains("global") => "the app's hourly quota is used up",
        () => "too many requests",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
    use time::macros::datetime;

    use super::Told;

    fn told(headers: &[(&str, &str)]) -> Told {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::try_from(*name).unwrap();
                (name, HeaderValue::try_from(*value).unwrap())
            })
            .collect();
        Told::read(&headers)
    }

    #[test]
    fn clouds_quota_is_read_in_all_its_headers() {
        let told = told(&[
            ("Retry-After", "847"),
            ("X-RateLimit-Limit", "65000"),
            ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-Reset", "2026-11-22T15:00:00Z"),
            ("RateLimit-Reason", "confluence-quota-global-based"),
        ]);
        assert_eq!(
            told,
            Told {
                limit: Some(65_000),
                remaining: Some(0),
                near_limit: false,
                reset_at: Some(datetime!(2026-11-22 15:00 UTC)),
                reason: Some("the app's hourly quota is used up".to_owned()),
                retry_after: Some(Duration::from_secs(847)),
            }
        );
    }

    #[test]
    fn reasons_are_matched_loosely() {
        let reason = |value| told(&[("RateLimit-Reason", value)]).reason.unwrap();
        assert_eq!(
            reason("confluence-burst-based"),
            "too many requests at once"
        );
        assert_eq!(
            reason("conf-global-based"),
            "the app's hourly quota is used up"
        );
        assert_eq!(
            reason("confluence-quota-tenant-based"),
            "the site's hourly quota is used up"
        );
        assert_eq!(reason("<script>"), "too many requests");
    }

    #[test]
    fn a_reset_without_seconds_is_measured_by_the_sites_clock() {
        let told = told(&[
            ("X-RateLimit-Reset", "2026-11-22T14:45Z"),
            ("X-RateLimit-Remaining", "0"),
            ("Date", "Sun, 22 Nov 2026 14:44:20 GMT"),
        ]);
        assert_eq!(told.reset_at, Some(datetime!(2026-11-22 14:45 UTC)));
        assert_eq!(told.retry_after, Some(Duration::from_secs(40)));
    }

    #[test]
    fn the_draft_standard_is_read_with_and_without_its_prefix() {
        for name in ["Beta-RateLimit", "RateLimit"] {
            let told = told(&[(name, "\"global-app-quota\";r=0;t=84")]);
            assert_eq!(told.remaining, Some(0));
            assert_eq!(told.pause(), Duration::from_secs(84));
        }
    }

    #[test]
    fn data_centers_bucket_is_read() {
        let told = told(&[
            ("X-RateLimit-Limit", "60"),
            ("X-RateLimit-Remaining", "0"),
            ("X-RateLimit-Interval-Seconds", "60"),
            ("X-RateLimit-FillRate", "10"),
        ]);
        assert_eq!(
            (told.limit, told.pause()),
            (Some(60), Duration::from_secs(60))
        );
    }

    #[test]
    fn odd_values_neither_fail_nor_make_us_wait_for_ever() {
        assert_eq!(
            told(&[("Retry-After", "99999999999")]).pause(),
            Duration::from_secs(3600)
        );
        assert_eq!(
            told(&[("Retry-After", "-5")]).pause(),
            Duration::from_secs(30)
        );
        assert_eq!(told(&[]).pause(), Duration::from_secs(30));
        let dated = told(&[
            ("Retry-After", "Sun, 22 Nov 2026 14:44:30 GMT"),
            ("Date", "Sun, 22 Nov 2026 14:44:20 GMT"),
        ]);
        assert_eq!(dated.pause(), Duration::from_secs(10));
    }

    #[test]
    fn nearness_of_the_limit_is_kept_until_the_site_speaks_of_it_again() {
        let mut known = told(&[
            ("X-RateLimit-Remaining", "9000"),
            ("X-RateLimit-NearLimit", "true"),
        ]);
        known.take_over(told(&[]));
        assert!(known.near_limit);
        known.take_over(told(&[("X-RateLimit-Remaining", "60000")]));
        assert!(!known.near_limit);
    }
}

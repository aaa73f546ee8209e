//! The forms of 429, each with its headers. When one is answered is in `fault`.

use serde_json::json;
use time::format_description::FormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use super::exchange::Reply;

const RESET_MINUTE: &[FormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]Z");

/// The forms in which Confluence says how long to wait.
#[derive(Clone, Copy, Debug)]
pub enum RateLimit {
    /// Cloud's hourly points: all headers.
    CloudQuota,
    /// Cloud's limit per second: `Retry-After`, `RateLimit-Reason`, a reset to the minute.
    CloudBurst,
    /// `Retry-After` and the older reason.
    CloudPlain,
    /// Only `X-RateLimit-Reset`, to the second.
    ResetSecond,
    /// Only `X-RateLimit-Reset`, to the minute.
    ResetMinute,
    /// Only `Beta-RateLimit`.
    Beta,
    /// Data Center's token bucket.
    Bucket,
    /// No header at all.
    Bare,
}

impl RateLimit {
    /// To be over after so many seconds.
    pub fn reply(self, seconds: i64, now: OffsetDateTime) -> Reply {
        let end = now.truncate_to_second() + Duration::seconds(seconds);
        let second = end.format(&Rfc3339).unwrap();
        // The next full minute, so that nobody who believes it comes too early.
        let minute = (end + Duration::minutes(1)).format(RESET_MINUTE).unwrap();
        let retry_after = seconds.to_string();
        let beta = format!("\"global-app-quota\";r=0;t={seconds}");
        let headers: &[(&str, &str)] = match self {
            Self::CloudQuota => &[
                ("Retry-After", &retry_after),
                ("X-RateLimit-Limit", "65000"),
                ("X-RateLimit-Remaining", "0"),
                ("X-RateLimit-Reset", &second),
                ("RateLimit-Reason", "confluence-quota-global-based"),
                (
                    "Beta-RateLimit-Policy",
                    "\"global-app-quota\";q=65000;w=3600",
                ),
                ("Beta-RateLimit", &beta),
            ],
            Self::CloudBurst => &[
                ("Retry-After", &retry_after),
                ("RateLimit-Reason", "confluence-burst-based"),
                ("X-RateLimit-Reset", &minute),
            ],
            Self::CloudPlain => &[
                ("Retry-After", &retry_after),
                ("RateLimit-Reason", "conf-global-based"),
            ],
            Self::ResetSecond => &[("X-RateLimit-Reset", &second)],
            Self::ResetMinute => &[("X-RateLimit-Reset", &minute)],
            Self::Beta => &[("Beta-RateLimit", &beta)],
            Self::Bucket => &[
                ("X-RateLimit-Limit", "60"),
                ("X-RateLimit-Remaining", "0"),
                ("X-RateLimit-Interval-Seconds", "60"),
                ("X-RateLimit-FillRate", "10"),
                ("retry-after", &retry_after),
            ],
            Self::Bare => &[],
        };
        let reply = Reply::json(429, &json!({"code": 429, "message": "Rate limit exceeded"}));
        headers
            .iter()
            .fold(reply, |reply, (name, value)| reply.with(name, value))
    }
}

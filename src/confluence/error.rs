//! What can go wrong with a site: one variant per thing that somebody does something different about. How answers are
//! told apart is `error/answer.rs`; how failures become pages is not known here.

pub(super) mod answer;
mod sentence;

use std::{fmt, time::Duration};

/// A request that did not bring what was asked for. Neither holds nor prints credentials, bodies or whole URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfluenceError {
    pub problem: Problem,
    /// The site's name for the request, which its operator or vendor can look up.
    pub trace_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No connection, or it broke off.
    Unreachable {
        detail: String,
    },
    /// The certificate was not accepted, or there is no common version of TLS.
    Tls {
        detail: String,
    },
    TimedOut,
    /// The address is one that the portal does not connect to.
    Blocked {
        host: String,
    },
    /// The site points to another host or out of its interfaces. Nothing was sent there.
    WrongHost {
        to: String,
    },
    /// The credentials are not accepted. Nothing more is sent until somebody does something.
    Unauthorized,
    /// Data Center wants a human to solve a riddle first. Nothing more is sent until somebody does something.
    Captcha,
    /// The token is good, but may not do this.
    ScopeMissing {
        need: Need,
    },
    Forbidden {
        detail: String,
    },
    /// Absent, or not visible to us: the site does not say which.
    NotFound,
    /// The call itself is no longer offered.
    Gone,
    /// The site did not accept the question, as with a search it cannot parse.
    Rejected {
        detail: String,
    },
    RateLimited {
        retry_after: Duration,
        reason: String,
    },
    /// Our own hourly budget for this connection.
    BudgetSpent {
        retry_after: Duration,
    },
    /// The site failed repeatedly and is left alone for a while.
    Paused {
        retry_after: Duration,
    },
    Server {
        status: u16,
        retry_after: Option<Duration>,
        detail: String,
    },
    /// The answer is not what the interface promises, such as a web page instead of data.
    NotUnderstood {
        what: String,
    },
    TooLarge {
        limit_bytes: u64,
    },
    /// The authorization was withdrawn or has run out: somebody must consent again.
    GrantInvalid,
}

/// What a call is for; names the scopes it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    Account,
    Attachments,
    Comments,
    Content,
    Hierarchy,
    People,
    Restrictions,
    Rights,
    Search,
    Spaces,
}

impl Need {
    /// Scopes of a classic and of a granular token on Cloud. A token has scopes of one kind.
    pub fn scopes(self) -> (&'static str, &'static str) {
        match self {
            Self::Account => ("read:confluence-user", "read:content-details:confluence"),
            Self::People => ("read:confluence-user", "read:user:confluence"),
            Self::Attachments => (
                "readonly:content.attachment:confluence",
                "read:attachment:confluence",
            ),
            Self::Comments => ("read:confluence-content.all", "read:comment:confluence"),
            Self::Content => ("read:confluence-content.all", "read:page:confluence"),
            Self::Hierarchy => (
                "read:confluence-content.summary",
                "read:hierarchical-content:confluence",
            ),
            Self::Restrictions => (
                "read:confluence-content.all",
                "read:content-details:confluence",
            ),
            Self::Rights => (
                "read:confluence-content.permission",
                "read:content.permission:confluence",
            ),
            Self::Search => ("search:confluence", "read:content-details:confluence"),
            Self::Spaces => ("read:confluence-space.summary", "read:space:confluence"),
        }
    }
}

impl Problem {
    /// The site as a whole is in trouble, not the one thing that was asked for. A 500 that explains itself in JSON is
    /// about its page: Confluence fails so when one macro cannot be rendered.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Tls { .. } | Self::TimedOut => true,
            Self::Server { status, detail, .. } => *status != 500 || detail.is_empty(),
            _ => false,
        }
    }

    /// The site is well, but will not answer this as it was asked: asked for less, it may.
    pub(super) fn is_about_the_question(&self) -> bool {
        match self {
            Self::Server { status, .. } => [500, 501].contains(status),
            Self::Rejected { .. }
            | Self::NotFound
            | Self::Gone
            | Self::Forbidden { .. }
            | Self::ScopeMissing { .. }
            | Self::TooLarge { .. } => true,
            _ => false,
        }
    }

    /// Confluence could not render this page, or not in time; its source may still be had. Whatever will pass by itself is
    /// not meant: then the page is fetched again later, and whole.
    pub(super) fn is_about_rendering(&self) -> bool {
        match self {
            Self::Server { status, .. } => *status == 500,
            Self::Rejected { .. }
            | Self::Forbidden { .. }
            | Self::TimedOut
            | Self::TooLarge { .. } => true,
            _ => false,
        }
    }

    /// Whether it says something of the rendering of the one page that was asked for, and nothing of the site.
    pub fn is_about_the_page(&self) -> bool {
        match self {
            Self::Server { status, .. } => *status == 500,
            Self::TimedOut
            | Self::Forbidden { .. }
            | Self::Gone
            | Self::Rejected { .. }
            | Self::TooLarge { .. }
            | Self::NotUnderstood { .. } => true,
            _ => false,
        }
    }
}

impl ConfluenceError {
    /// Later the same question may be answered, although nobody does anything.
    pub fn is_transient(&self) -> bool {
        match &self.problem {
            Problem::Unreachable { .. }
            | Problem::TimedOut
            | Problem::RateLimited { .. }
            | Problem::BudgetSpent { .. }
            | Problem::Paused { .. }
            | Problem::Server { .. }
            | Problem::NotUnderstood { .. } => true,
            Problem::Tls { .. }
            | Problem::Blocked { .. }
            | Problem::WrongHost { .. }
            | Problem::Unauthorized
            | Problem::Captcha
            | Problem::ScopeMissing { .. }
            | Problem::Forbidden { .. }
            | Problem::NotFound
            | Problem::Gone
            | Problem::Rejected { .. }
            | Problem::TooLarge { .. }
            | Problem::GrantInvalid => false,
        }
    }

    /// Takes out the site's own words, which may repeat what we sent.
    pub(super) fn without_words(mut self) -> Self {
        self.trace_id = None;
        if let Problem::Forbidden { detail }
        | Problem::Rejected { detail }
        | Problem::Server { detail, .. } = &mut self.problem
        {
            "not shown".clone_into(detail);
        }
        self
    }

    /// When to ask again, if the site or our own pace named a time.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.problem {
            Problem::RateLimited { retry_after, .. }
            | Problem::BudgetSpent { retry_after }
            | Problem::Paused { retry_after } => Some(*retry_after),
            Problem::Server { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl From<Problem> for ConfluenceError {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            trace_id: None,
        }
    }
}

/// For the log; admins read [`ConfluenceError::sentence`].
impl fmt::Display for ConfluenceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.problem)?;
        match &self.trace_id {
            Some(trace_id) => write!(formatter, " (trace {trace_id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConfluenceError {}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { detail } => write!(formatter, "unreachable: {detail}"),
            Self::Tls { detail } => write!(formatter, "TLS failed: {detail}"),
            Self::TimedOut => formatter.write_str("timed out"),
            Self::Blocked { host } => write!(formatter, "{host} has a blocked address"),
            Self::WrongHost { to } => write!(formatter, "pointed to {to}"),
            Self::Unauthorized => formatter.write_str("credentials not accepted"),
            Self::Captcha => formatter.write_str("credentials locked by a CAPTCHA"),
            Self::ScopeMissing { need } => write!(formatter, "scope missing for {need:?}"),
            Self::Forbidden { detail } => write!(formatter, "forbidden: {detail}"),
            Self::NotFound => formatter.write_str("not found"),
            Self::Gone => formatter.write_str("call no longer offered"),
            Self::Rejected { detail } => write!(formatter, "question rejected: {detail}"),
            Self::RateLimited {
                retry_after,
                reason,
            } => write!(
                formatter,
                "rate limited for {} s: {reason}",
                retry_after.as_secs()
            ),
            Self::BudgetSpent { retry_after } => {
                write!(formatter, "budget spent for {} s", retry_after.as_secs())
            }
            Self::Paused { retry_after } => {
                write!(formatter, "left alone for {} s", retry_after.as_secs())
            }
            Self::Server { status, detail, .. } => write!(formatter, "answered {status}: {detail}"),
            Self::NotUnderstood { what } => write!(formatter, "answer not understood: {what}"),
            Self::TooLarge { limit_bytes } => {
                write!(formatter, "answer larger than {limit_bytes} bytes")
            }
            Self::GrantInvalid => formatter.write_str("authorization no longer valid"),
        }
    }
}

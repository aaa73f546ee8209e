//! What a sign-in session says and how long it lives. How it travels in a cookie is `admin`'s subject.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::account::Account;

/// Without a request for this long the session is over.
const IDLE: Duration = Duration::minutes(60);
/// However busy, the session is over after this long.
const ABSOLUTE: Duration = Duration::hours(12);
/// The same of a session inside Confluence, which begins anew with every look at a page there.
const ABSOLUTE_IN_FRAMES: Duration = Duration::hours(8);
/// How old the record of the last request may get; writing it with every request would send a cookie each time.
const TOUCH_AFTER: Duration = Duration::minutes(1);

/// A signed-in admin, as the encrypted cookie says. Times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInSession {
    pub account_id: Uuid,
    /// The account's `session_epoch` at sign-in.
    pub epoch: i32,
    pub signed_in_at: i64,
    pub seen_at: i64,
    /// Sessions of earlier releases began with a password.
    #[serde(default)]
    pub way: Way,
}

/// How somebody signed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    #[default]
    Password,
    /// At the OpenID provider.
    OpenId,
    /// By the single sign-on of this connection's Data Center site, which is asked again every few minutes.
    SingleSignOn { connection_id: Uuid },
    /// Inside Confluence, in a frame of this connection's app. Such a session is good in frames only.
    App { connection_id: Uuid },
}

impl Way {
    /// Whether the session belongs into frames of a site, and nowhere else.
    pub fn is_framed(self) -> bool {
        matches!(self, Self::App { .. })
    }

    /// The connection whose site vouches for the person.
    pub fn site(self) -> Option<Uuid> {
        match self {
            Self::Password | Self::OpenId => None,
            Self::SingleSignOn { connection_id } | Self::App { connection_id } => {
                Some(connection_id)
            }
        }
    }

    /// The word in the audit record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::OpenId => "openId",
            Self::SingleSignOn { .. } => "singleSignOn",
            Self::App { .. } => "app",
        }
    }

    fn absolute(self) -> Duration {
        if self.is_framed() {
            ABSOLUTE_IN_FRAMES
        } else {
            ABSOLUTE
        }
    }
}

impl SignInSession {
    /// However it began, a session is over after this long.
    pub const LONGEST: Duration = ABSOLUTE;

    pub fn begin(account: &Account, way: Way, now: OffsetDateTime) -> Self {
        Self {
            account_id: account.id,
            epoch: account.session_epoch,
            signed_in_at: now.unix_timestamp(),
            seen_at: now.unix_timestamp(),
            way,
        }
    }

    /// Whether its time is not over. Whether its account still stands behind it is [`Self::belongs_to`].
    pub fn is_live(&self, now: OffsetDateTime) -> bool {
        let now = now.unix_timestamp();
        now < self.seen_at.saturating_add(IDLE.whole_seconds())
            && now
                < self
                    .signed_in_at
                    .saturating_add(self.way.absolute().whole_seconds())
    }

    pub fn belongs_to(&self, account: &Account) -> bool {
        self.account_id == account.id && self.epoch == account.session_epoch
    }

    /// The session with this request recorded, when the last record is old enough to be worth a new cookie.
    pub fn touched(&self, now: OffsetDateTime) -> Option<Self> {
        let now = now.unix_timestamp();
        (now >= self.seen_at.saturating_add(TOUCH_AFTER.whole_seconds())).then(|| Self {
            seen_at: now,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, OffsetDateTime};
    use uuid::Uuid;

    use super::{SignInSession, Way};

    const START: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn session() -> SignInSession {
        SignInSession {
            account_id: Uuid::nil(),
            epoch: 1,
            signed_in_at: 0,
            seen_at: 0,
            way: Way::Password,
        }
    }

    #[test]
    fn an_idle_session_ends_after_an_hour() {
        assert!(session().is_live(START + Duration::seconds(3599)));
        assert!(!session().is_live(START + Duration::seconds(3600)));
    }

    #[test]
    fn a_busy_session_ends_after_twelve_hours() {
        let late = START + Duration::hours(12);
        let busy = SignInSession {
            seen_at: late.unix_timestamp() - 1,
            ..session()
        };
        assert!(busy.is_live(late - Duration::SECOND));
        assert!(!busy.is_live(late));
    }

    #[test]
    fn a_session_inside_confluence_ends_after_eight_hours() {
        let late = START + Duration::hours(8);
        let connection_id = Uuid::nil();
        let busy = SignInSession {
            seen_at: late.unix_timestamp() - 1,
            way: Way::App { connection_id },
            ..session()
        };
        assert!(busy.is_live(late - Duration::SECOND));
        assert!(!busy.is_live(late));
    }

    #[test]
    fn a_request_is_noted_once_a_minute() {
        assert_eq!(session().touched(START + Duration::seconds(59)), None);
        let touched = session().touched(START + Duration::seconds(60)).unwrap();
        assert_eq!((touched.seen_at, touched.signed_in_at), (60, 0));
    }
}

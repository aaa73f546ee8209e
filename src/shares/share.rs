//! The share itself, its identifier and its scope. Who gets in is `access`'s subject.

use time::OffsetDateTime;
use uuid::Uuid;

use super::embed_origins::EmbedOrigins;
use super::labels::Labels;
use super::unlock_secret::UnlockSecret;
use super::unlock_token::{self, SecretsInForce, TokenRule};
use crate::password::PasswordHash;

/// Names a share in its URL. Canonical is the hyphenated lower-case form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShareId(Uuid);

/// A share identifier as somebody wrote it in a URL.
pub enum WrittenShareId {
    Canonical(ShareId),
    /// The same identifier in another case or form: the answer is a redirect to the canonical one.
    OtherSpelling(ShareId),
}

impl ShareId {
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Reads any spelling of a UUID that people and tools produce; `None` when it is none.
    pub fn parse(written: &str) -> Option<WrittenShareId> {
        let id = Self(Uuid::try_parse(written).ok()?);
        Some(if written == id.to_string() {
            WrittenShareId::Canonical(id)
        } else {
            WrittenShareId::OtherSpelling(id)
        })
    }

    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for ShareId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl std::fmt::Display for ShareId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// What of the wiki a share shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One page alone.
    Page { root: String },
    /// A page and everything below it.
    Tree { root: String },
    /// Every page and blog post of a space; `home` is its home page, when it has one.
    Space { home: Option<String> },
    /// One blog post.
    BlogPost { root: String },
}

impl Scope {
    /// The Confluence id of the page that a share opens with.
    pub fn root(&self) -> Option<&str> {
        match self {
            Self::Page { root } | Self::Tree { root } | Self::BlogPost { root } => Some(root),
            Self::Space { home } => home.as_deref(),
        }
    }

    pub fn kind(&self) -> ScopeKind {
        match self {
            Self::Page { .. } => ScopeKind::Page,
            Self::Tree { .. } => ScopeKind::Tree,
            Self::Space { .. } => ScopeKind::Space,
            Self::BlogPost { .. } => ScopeKind::BlogPost,
        }
    }
}

/// A scope without its page: what a form or an API call names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    Page,
    Tree,
    Space,
    BlogPost,
}

impl ScopeKind {
    pub const ALL: [Self; 4] = [Self::Page, Self::Tree, Self::Space, Self::BlogPost];

    /// The word in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Tree => "tree",
            Self::Space => "space",
            Self::BlogPost => "blog_post",
        }
    }

    /// `blogpost` and `blogPost` are what Confluence's and our own API say.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "page" => Some(Self::Page),
            "tree" => Some(Self::Tree),
            "space" => Some(Self::Space),
            "blog_post" | "blogpost" | "blogPost" => Some(Self::BlogPost),
            _ => None,
        }
    }
}

/// One share, whole.
#[derive(Debug)]
pub struct Share {
    pub id: ShareId,
    pub connection_id: Uuid,
    pub name: String,
    pub description: String,
    pub space_key: String,
    pub scope: Scope,
    pub password_hash: Option<PasswordHash>,
    /// Part of every pass; raising it ends all of them.
    pub epoch: i32,
    pub enabled: bool,
    pub starts_at: Option<OffsetDateTime>,
    pub expires_at: Option<OffsetDateTime>,
    pub pass_lifetime: PassLifetime,
    pub embed_origins: EmbedOrigins,
    /// Opens only by a token, and only inside a frame of those sites.
    pub embed_only: bool,
    pub external_links: ExternalLinks,
    pub restricted_pages: RestrictedPages,
    /// Only pages with one of them are shown, and the root; empty means every page.
    pub include_labels: Labels,
    /// Pages with one of them are not shown, nor what is below them; the root is.
    pub exclude_labels: Labels,
    /// Whether footer comments are shown under a page.
    pub show_comments: bool,
    pub unlock_secret: UnlockSecret,
    pub previous_unlock_secret: Option<PreviousSecret>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub created_by: String,
    pub creator: Creator,
    /// Of its connection: from then on the share shows nothing, because our app was uninstalled from the site.
    pub withdrawn_from: Option<OffsetDateTime>,
}

/// In whose name a share shows its pages.
///
/// People are named by their ids at the connection's site. Only connections of an app use them: there Confluence renders
/// pages for the creator, and where that is refused for `stand_in`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Creator {
    /// Whose share it is here; `None` for shares of the API and the command line, and of accounts that are gone.
    pub account: Option<Uuid>,
    pub person: Option<String>,
    pub stand_in: Option<String>,
}

/// What becomes of links to the outside web; links to the wiki itself never stay links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExternalLinks {
    PlainText,
    Keep,
}

/// Which pages with a view restriction in the wiki a share shows. With such a page goes everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestrictedPages {
    None,
    /// The root alone: the admin chose that very page. A space has no such root.
    Root,
    All,
}

impl RestrictedPages {
    pub const ALL: [Self; 3] = [Self::None, Self::Root, Self::All];

    /// The word in the database, in forms and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Root => "root",
            Self::All => "all",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pages| pages.as_str() == word)
    }
}

/// The secret before the last rotation, while it is still accepted.
#[derive(Debug)]
pub struct PreviousSecret {
    pub secret: UnlockSecret,
    pub expires_at: OffsetDateTime,
    pub used_at: Option<OffsetDateTime>,
}

/// How long a pass lives after its last use: one minute to 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassLifetime(i32);

impl PassLifetime {
    pub const DEFAULT: Self = Self(12 * 60 * 60);
    pub const MIN_SECONDS: i64 = 60;
    pub const MAX_SECONDS: i64 = 30 * 24 * 60 * 60;

    pub fn from_seconds(seconds: i64) -> Option<Self> {
        let in_range = (Self::MIN_SECONDS..=Self::MAX_SECONDS).contains(&seconds);
        i32::try_from(seconds).ok().filter(|_| in_range).map(Self)
    }

    pub fn seconds(self) -> i32 {
        self.0
    }

    pub fn duration(self) -> time::Duration {
        time::Duration::seconds(self.0.into())
    }
}

/// Whether a share answers now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    Open,
    Disabled,
    NotStarted {
        starts_at: OffsetDateTime,
    },
    Ended,
    /// The site has uninstalled the app that its pages come by.
    Withdrawn {
        since: OffsetDateTime,
    },
}

impl Share {
    pub fn availability(&self, now: OffsetDateTime) -> Availability {
        if !self.enabled {
            return Availability::Disabled;
        }
        if let Some(starts_at) = self.starts_at.filter(|starts_at| now < *starts_at) {
            return Availability::NotStarted { starts_at };
        }
        if self.expires_at.is_some_and(|expires_at| expires_at <= now) {
            return Availability::Ended;
        }
        if let Some(since) = self.withdrawn_from.filter(|since| *since <= now) {
            return Availability::Withdrawn { since };
        }
        Availability::Open
    }

    /// The previous secret counts only until its overlap ends.
    fn secrets_in_force(&self, now: OffsetDateTime) -> SecretsInForce<'_> {
        let previous = self
            .previous_unlock_secret
            .as_ref()
            .filter(|previous| now < previous.expires_at);
        SecretsInForce {
            current: &self.unlock_secret,
            previous: previous.map(|previous| &previous.secret),
        }
    }

    /// The unlock token rule as it stands for this share now.
    pub fn token_rule(&self, now: OffsetDateTime) -> TokenRule<'_> {
        TokenRule {
            share_id: self.id.uuid(),
            secrets: self.secrets_in_force(now),
            share: match self.availability(now) {
                Availability::Open => unlock_token::Availability::Open,
                _ => unlock_token::Availability::Closed,
            },
            now: now.unix_timestamp(),
        }
    }
}

//! What happened, to what, and which fields have other values now.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::word_table::word_table;

word_table! {
    /// What happened. Of the kinds that begin with `unlock_`, `embed_health` or `leaks` the subject is the share.
    EventKind {
        ShareCreated = "share.created",
        ShareChanged = "share.changed",
        SharePasswordSet = "share.password_set",
        SharePasswordRemoved = "share.password_removed",
        ShareEnabled = "share.enabled",
        ShareDisabled = "share.disabled",
        ShareDeleted = "share.deleted",
        SharePublished = "share.published",
        ShareChecked = "share.checked",
        ShareRefreshed = "share.refreshed",
        ShareMoved = "share.moved",
        ShareMovedBack = "share.moved_back",
        ShareStandInNamed = "share.stand_in_named",
        SharePassesEnded = "share.passes_ended",
        ShareGuessesCleared = "share.guesses_cleared",
        UnlockSecretRotated = "unlock_secret.rotated",
        /// The previous secret stopped before its overlap was over.
        UnlockSecretRetired = "unlock_secret.retired",
        /// Once per actor, share and hour.
        UnlockSecretShown = "unlock_secret.shown",
        UnlockLinkMinted = "unlock_link.minted",
        EmbedHealthCleared = "embed_health.cleared",
        LeaksAcknowledged = "leaks.acknowledged",
        ConnectionCreated = "connection.created",
        ConnectionChanged = "connection.changed",
        ConnectionCredentialsChanged = "connection.credentials_changed",
        ConnectionTested = "connection.tested",
        ConnectionRefreshed = "connection.refreshed",
        ConnectionImported = "connection.imported",
        ConnectionDeleted = "connection.deleted",
        WebhookRenewed = "webhook.renewed",
        InstallationInstalled = "installation.installed",
        InstallationEnabled = "installation.enabled",
        InstallationDisabled = "installation.disabled",
        InstallationUninstalled = "installation.uninstalled",
        /// Its shares went to a newer installation of the same site.
        InstallationMoved = "installation.moved",
        InstallationMovedBack = "installation.moved_back",
        AccountAdded = "account.added",
        AccountChanged = "account.changed",
        AccountPasswordChanged = "account.password_changed",
        AccountRoleChanged = "account.role_changed",
        AccountSessionsEnded = "account.sessions_ended",
        SignedIn = "sign_in.accepted",
        /// Wrong passwords and unknown accounts of one client in one hour.
        SignInRefused = "sign_in.refused",
        /// Sign-ins that were not looked at, because there were too many; likewise.
        SignInThrottled = "sign_in.throttled",
        SignedOut = "sign_in.ended",
        ApiTokenMade = "api_token.made",
        ApiTokenRevoked = "api_token.revoked",
        SettingsChanged = "settings.changed",
        AuditPruned = "audit.pruned",
        PersonErased = "audit.person_erased",
    }
}

word_table! {
    /// What something was done to.
    SubjectKind {
        Share = "share",
        Connection = "connection",
        Installation = "installation",
        /// Its name is personal.
        Account = "account",
        ApiToken = "api_token",
        Settings = "settings",
        Audit = "audit",
    }
}

impl SubjectKind {
    /// Whether the name is that of a person.
    pub fn is_person(self) -> bool {
        matches!(self, Self::Account)
    }
}

/// What something was done to, as it was called then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub kind: SubjectKind,
    pub id: Option<Uuid>,
    /// Empty where there is none, or where nobody knows which.
    pub name: String,
}

/// One field's old and new value, `null` for one that was not there.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    /// The field's name in the API, or one of [`PERSONAL_FIELDS`].
    pub field: &'static str,
    pub from: Value,
    pub to: Value,
}

/// Fields whose values say something of a person, wherever they occur. Each holds one text, so that one person is found
/// in it and erased.
pub const PERSONAL_FIELDS: &[&str] = &[
    "createdBy",
    "creator",
    "displayName",
    "email",
    "person",
    "standIn",
];

/// What happened to what.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub kind: EventKind,
    pub subject: Subject,
    /// Never with a secret, a hash or a token in it; see [`fingerprint`].
    pub changes: Vec<FieldChange>,
}

/// By which a secret of many random bytes can be told from another one; of no use for finding it. Not for passwords, which
/// can be guessed.
pub fn fingerprint(secret: &[u8]) -> Value {
    let digest = Sha256::digest([b"vestibule audit fingerprint v1\0", secret].concat());
    let shown: String = hex::encode(digest).chars().take(16).collect();
    Value::String(shown)
}

//! What callers send to change a share.

use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{self, OptionsBody};
use super::given::Given;
use super::problems::{Problems, Unknown};
use crate::password::Password;
use crate::shares::store::ShareChange;

/// What to change of a share. Fields that are left out stay as they are; `null` removes a password or a date.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ShareChange)]
pub(super) struct ShareChangeBody {
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Given<String>,
    #[serde(default)]
    #[schema(value_type = String, required = false, max_length = 2000)]
    description: Given<String>,
    /// A new password ends every pass, and so does removing it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    password: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<OffsetDateTime>)]
    starts_at: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<OffsetDateTime>)]
    expires_at: Given<String>,
    #[serde(default)]
    #[schema(value_type = i32, required = false, minimum = 60, maximum = 2_592_000)]
    pass_lifetime_seconds: Given<i64>,
    /// Takes the place of the whole list.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false, max_items = 50)]
    embed_origins: Given<Vec<String>>,
    #[serde(default)]
    #[schema(value_type = OptionsBody, required = false)]
    options: Given<OptionsBody>,
    /// Disabling ends every pass.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    enabled: Given<bool>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

/// Fields of a share, or of its creation, that stay as they are for good or change in another way.
const FIXED: [(&str, &str); 13] = [
    ("connectionId", ANOTHER_SHARE),
    ("scope", ANOTHER_SHARE),
    ("root", ANOTHER_SHARE),
    ("pageId", ANOTHER_SHARE),
    ("spaceKey", ANOTHER_SHARE),
    ("url", ANOTHER_SHARE),
    ("unlockSecret", "Change it by POST …/unlock-secret."),
    ("previousUnlockSecretExpiresAt", READ_ONLY),
    ("passwordProtected", "Set or remove `password` instead."),
    ("id", READ_ONLY),
    ("createdAt", READ_ONLY),
    ("updatedAt", READ_ONLY),
    ("createdBy", READ_ONLY),
];
const ANOTHER_SHARE: &str = "What a share points at cannot be changed. Create another share.";
const READ_ONLY: &str = "This cannot be changed.";

impl ShareChangeBody {
    /// The password comes apart from the rest: it has yet to be hashed.
    pub(super) fn read(
        mut self,
        problems: &mut Problems,
    ) -> (ShareChange, Option<Option<Password>>) {
        for (field, why) in FIXED {
            if self.unknown.remove(field).is_some() {
                problems.add(field, why);
            }
        }
        problems.refuse_unknown("", &self.unknown);
        let password = problems.removable("password", self.password, fields::password);
        let change = ShareChange {
            name: problems.changed("name", self.name, fields::name),
            description: problems.changed("description", self.description, fields::description),
            password_hash: None,
            enabled: problems.changed("enabled", self.enabled, fields::any),
            starts_at: problems.removable("startsAt", self.starts_at, fields::moment),
            expires_at: problems.removable("expiresAt", self.expires_at, fields::moment),
            pass_lifetime: problems.changed(
                "passLifetimeSeconds",
                self.pass_lifetime_seconds,
                fields::lifetime,
            ),
            embed_origins: problems.changed("embedOrigins", self.embed_origins, fields::origins),
            external_links: problems
                .changed("options", self.options, fields::any)
                .and_then(|options| options.read(problems)),
        };
        fields::check_order(
            problems,
            change.starts_at.flatten(),
            change.expires_at.flatten(),
        );
        (change, password)
    }
}

//! What callers send to change a share.

use serde::Deserialize;
use utoipa::ToSchema;

use super::fields;
use super::given::Given;
use super::options::OptionsBody;
use super::problems::{Problems, Unknown};
use crate::config::EmbedWildcards;
use crate::password::Password;
use crate::shares::store::ShareChange;

/// What to change of a share. Fields that are left out stay as they are; `null` removes a password or a date.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(
    as = ShareChange,
    example = json!({"name": "Manual for dealers", "password": null, "expiresAt": "2030-12-31T23:59:59Z"})
)]
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
    /// True: the share opens only by an unlock token, and only inside a frame of `embedOrigins`, which must list a site;
    /// the password is not used. Changing it ends every pass.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    embed_only: Given<bool>,
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

/// A change, and the password that is to be hashed for it; `Some(None)` removes it.
type CheckedChange = (ShareChange, Option<Option<Password>>);

impl ShareChangeBody {
    pub(super) fn read(
        mut self,
        problems: &mut Problems,
        wildcards: EmbedWildcards,
    ) -> CheckedChange {
        for (field, why) in FIXED {
            if self.unknown.remove(field).is_some() {
                problems.add(field, why);
            }
        }
        problems.refuse_unknown("", &self.unknown);
        let password = problems.removable("password", self.password, fields::password);
        let options = problems
            .changed("options", self.options, fields::any)
            .map(|options| options.read(problems))
            .unwrap_or_default();
        let change = ShareChange {
            stand_in: None,
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
            embed_origins: problems.changed("embedOrigins", self.embed_origins, |entries| {
                fields::origins(entries, wildcards)
            }),
            embed_only: problems.changed("embedOnly", self.embed_only, fields::any),
            external_links: options.external_links,
            restricted_pages: options.restricted_pages,
            include_labels: options.include_labels,
            exclude_labels: options.exclude_labels,
            show_comments: options.show_comments,
        };
        fields::check_order(
            problems,
            change.starts_at.flatten(),
            change.expires_at.flatten(),
        );
        fields::check_sites(
            problems,
            change.embed_only == Some(true),
            change.embed_origins.as_ref(),
        );
        (change, password)
    }
}

#[cfg(test)]
mod tests {
    use super::{CheckedChange, ShareChangeBody};
    use crate::api::problems::Problems;
    use crate::config::EmbedWildcards;
    use crate::web::error::Failure;

    fn read(body: &str) -> Result<CheckedChange, Vec<String>> {
        let body: ShareChangeBody = serde_json::from_str(body).unwrap();
        let mut problems = Problems::default();
        let change = body.read(&mut problems, EmbedWildcards::Refuse);
        problems
            .allow(Some(change))
            .map_err(|failure| match failure {
                Failure::Invalid(problems) => {
                    problems.into_iter().map(|problem| problem.field).collect()
                }
                other => panic!("{other:?}"),
            })
    }

    #[test]
    fn what_is_left_out_stays() {
        let (change, password) = read("{}").unwrap();
        assert!(change.name.is_none() && change.expires_at.is_none() && password.is_none());
    }

    #[test]
    fn null_removes_a_password_and_dates_and_nothing_else() {
        let (change, password) =
            read(r#"{"password": null, "startsAt": null, "expiresAt": null}"#).unwrap();
        assert!(matches!(password, Some(None)));
        assert_eq!(
            (change.starts_at, change.expires_at),
            (Some(None), Some(None))
        );
        let refused =
            read(r#"{"name": null, "enabled": null, "options": null, "embedOrigins": null}"#);
        assert_eq!(
            refused.unwrap_err(),
            ["options", "name", "enabled", "embedOrigins"]
        );
    }

    #[test]
    fn what_a_share_points_at_and_what_it_is_told_by_stay_for_good() {
        let refused =
            read(r#"{"scope": "page", "connectionId": null, "unlockSecret": "00", "nmae": 1}"#);
        assert_eq!(
            refused.unwrap_err(),
            ["connectionId", "scope", "unlockSecret", "nmae"]
        );
    }

    #[test]
    fn an_end_before_the_start_is_a_problem_of_the_end() {
        let refused =
            read(r#"{"startsAt": "2026-01-02T00:00:00Z", "expiresAt": "2026-01-01T00:00:00Z"}"#);
        assert_eq!(refused.unwrap_err(), ["expiresAt"]);
    }
}

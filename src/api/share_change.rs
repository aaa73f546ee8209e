//! What callers send to change a share.

use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::fields;
use super::given::Given;
use super::options::OptionsBody;
use super::problems::{Problems, Unknown};
use crate::config::EmbedWildcards;
use crate::shares::embed_origins::EmbedOrigins;
use crate::sharing::fields::{Purpose, ShareFields};
use crate::sharing::values::{parse_lifetime, parse_origins};

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

impl ShareChangeBody {
    pub(super) fn read(
        mut self,
        problems: &mut Problems,
        wildcards: EmbedWildcards,
        now: OffsetDateTime,
    ) -> ShareFields {
        for (field, why) in FIXED {
            if self.unknown.remove(field).is_some() {
                problems.add(field, why);
            }
        }
        problems.refuse_unknown("", &self.unknown);
        let mut fields = ShareFields {
            password: problems.removable("password", self.password, fields::password),
            name: problems.changed("name", self.name, fields::share_name),
            note: problems.changed("description", self.description, fields::note),
            enabled: problems.changed("enabled", self.enabled, fields::any),
            starts_at: problems.removable("startsAt", self.starts_at, fields::moment),
            expires_at: problems.removable("expiresAt", self.expires_at, fields::moment),
            pass_lifetime: problems.changed(
                "passLifetimeSeconds",
                self.pass_lifetime_seconds,
                parse_lifetime,
            ),
            embed_origins: read_origins(self.embed_origins, wildcards, problems),
            embed_only: problems.changed("embedOnly", self.embed_only, fields::any),
            ..ShareFields::default()
        };
        if let Some(options) = problems.changed("options", self.options, fields::any) {
            options.read(&mut fields, problems);
        }
        problems.extend(fields.contradictions(Purpose::Change, now));
        fields
    }
}

/// Every wrong origin is a problem of its own.
pub(super) fn read_origins(
    given: Given<Vec<String>>,
    wildcards: EmbedWildcards,
    problems: &mut Problems,
) -> Option<EmbedOrigins> {
    let entries = problems.changed("embedOrigins", given, fields::any)?;
    match parse_origins(entries.iter().map(String::as_str), wildcards) {
        Ok(origins) => Some(origins),
        Err(errors) => {
            problems.extend(errors);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::ShareChangeBody;
    use crate::api::problems::Problems;
    use crate::config::EmbedWildcards;
    use crate::sharing::fields::ShareFields;
    use crate::web::error::Failure;

    fn read(body: &str) -> Result<ShareFields, Vec<String>> {
        let body: ShareChangeBody = serde_json::from_str(body).unwrap();
        let mut problems = Problems::default();
        let now = OffsetDateTime::UNIX_EPOCH;
        let change = body.read(&mut problems, EmbedWildcards::Refuse, now);
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
        let change = read("{}").unwrap();
        assert!(change.name.is_none() && change.expires_at.is_none() && change.password.is_none());
    }

    #[test]
    fn null_removes_a_password_and_dates_and_nothing_else() {
        let change = read(r#"{"password": null, "startsAt": null, "expiresAt": null}"#).unwrap();
        assert!(matches!(change.password, Some(None)));
        assert_eq!(
            (change.starts_at, change.expires_at),
            (Some(None), Some(None))
        );
        let refused =
            read(r#"{"name": null, "enabled": null, "options": null, "embedOrigins": null}"#);
        assert_eq!(
            refused.unwrap_err(),
            ["name", "enabled", "embedOrigins", "options"]
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

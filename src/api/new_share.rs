//! What callers send to create a share. Where its root is, is `sharing::root`.

use serde::Deserialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::fields;
use super::given::Given;
use super::options::OptionsBody;
use super::problems::{Problems, Unknown};
use super::share_change::read_origins;
use super::words::{ScopeWord, read_word};
use crate::config::EmbedWildcards;
use crate::shares::embed_origins::EmbedOrigins;
use crate::sharing::fields::{Purpose, ShareFields};
use crate::sharing::root::{NamedBy, NamedRoot};
use crate::sharing::values::parse_lifetime;

/// A share to be created. The root is named by one of `pageId`, `spaceKey` and `url`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(
    as = NewShare,
    example = json!({
        "connectionId": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "scope": "tree",
        "url": "https://example.atlassian.net/wiki/spaces/DOC/pages/65611/Manual",
        "name": "Manual for dealers",
        "password": "a long pass phrase",
        "expiresAt": "2030-12-31T23:59:59Z",
        "embedOrigins": ["https://www.example.com"],
        "options": {"externalLinks": "keep", "excludeLabels": ["internal"]}
    })
)]
pub(super) struct NewShareBody {
    /// If left out, the root page's title, or the name of the space.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    name: Given<String>,
    /// A note for admins; visitors never see it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    description: Given<String>,
    #[serde(default)]
    #[schema(value_type = Uuid, required = true)]
    connection_id: Given<String>,
    #[serde(default)]
    #[schema(value_type = ScopeWord, required = true)]
    scope: Given<String>,
    /// The Confluence id of a page or blog post; for the scopes `page`, `tree` and `blogPost`.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    page_id: Given<String>,
    /// For the scope `space`.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    space_key: Given<String>,
    /// The address of the page in Confluence, in any of its forms; for the scope `space`, the address of the space or
    /// of a page in it.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 2000)]
    url: Given<String>,
    /// If left out, whoever has the link may read.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    password: Given<String>,
    #[serde(default)]
    #[schema(value_type = Option<OffsetDateTime>)]
    starts_at: Given<String>,
    /// After `startsAt`.
    #[serde(default)]
    #[schema(value_type = Option<OffsetDateTime>)]
    expires_at: Given<String>,
    /// How long a pass lives after its last use; 12 hours if left out.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 60, maximum = 2_592_000)]
    pass_lifetime_seconds: Given<i64>,
    /// Sites that may embed the share, as `https://www.example.com`; a single `*` lets every site. None if left out.
    /// `https://*.example.com` stands for every host below `example.com`, where the operator allows wildcards.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 50)]
    embed_origins: Given<Vec<String>>,
    /// True: the share opens only by an unlock token, and only inside a frame of `embedOrigins`, which must then list a
    /// site; a password is not used. False if left out.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    embed_only: Given<bool>,
    #[serde(default)]
    #[schema(value_type = Option<OptionsBody>)]
    options: Given<OptionsBody>,
    /// True if left out.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    enabled: Given<bool>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl NewShareBody {
    /// The root is missing when it is among the problems; so is every field.
    pub(super) fn read(
        self,
        problems: &mut Problems,
        wildcards: EmbedWildcards,
        now: OffsetDateTime,
    ) -> (Option<NamedRoot>, ShareFields) {
        problems.refuse_unknown("", &self.unknown);
        let connection_id = problems.required("connectionId", self.connection_id, fields::uuid);
        let scope = problems.required("scope", self.scope, read_word::<ScopeWord>);
        let named = read_root(problems, self.page_id, self.space_key, self.url);
        let root = match (connection_id, scope, named) {
            (Some(connection_id), Some(scope), Some(by)) => Some(NamedRoot {
                connection_id,
                scope: scope.into(),
                by,
            }),
            _ => None,
        };
        let mut fields = ShareFields {
            name: problems.optional("name", self.name, fields::share_name),
            note: problems.optional("description", self.description, fields::note),
            password: problems
                .optional("password", self.password, fields::password)
                .map(Some),
            starts_at: problems
                .optional("startsAt", self.starts_at, fields::moment)
                .map(Some),
            expires_at: problems
                .optional("expiresAt", self.expires_at, fields::moment)
                .map(Some),
            pass_lifetime: problems.optional(
                "passLifetimeSeconds",
                self.pass_lifetime_seconds,
                parse_lifetime,
            ),
            embed_origins: match self.embed_origins {
                Given::Absent | Given::Null => Some(EmbedOrigins::None),
                given => read_origins(given, wildcards, problems),
            },
            embed_only: problems.optional("embedOnly", self.embed_only, fields::any),
            enabled: problems.optional("enabled", self.enabled, fields::any),
            ..ShareFields::default()
        };
        if let Some(options) = problems.optional("options", self.options, fields::any) {
            options.read(&mut fields, problems);
        }
        problems.extend(fields.contradictions(Purpose::Create, now));
        (root, fields)
    }
}

/// Exactly one of the three names the root.
fn read_root(
    problems: &mut Problems,
    page_id: Given<String>,
    space_key: Given<String>,
    url: Given<String>,
) -> Option<NamedBy> {
    let mut sent = [
        (
            "pageId",
            page_id,
            64,
            NamedBy::PageId as fn(String) -> NamedBy,
        ),
        ("spaceKey", space_key, 255, NamedBy::SpaceKey),
        ("url", url, 2000, NamedBy::Pasted),
    ]
    .into_iter()
    .filter(|(_, given, ..)| !matches!(given, Given::Absent | Given::Null));
    match (sent.next(), sent.next()) {
        (Some((field, given, most, named)), None) => problems
            .changed(field, given, |text| fields::line(text, most))
            .map(named),
        (Some(_), Some((field, ..))) => {
            problems.add(field, "Name the root by one of pageId, spaceKey and url.");
            None
        }
        (None, _) => {
            problems.add("pageId", "One of pageId, spaceKey and url is required.");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::NewShareBody;
    use crate::api::problems::Problems;
    use crate::config::EmbedWildcards;
    use crate::sharing::root::{NamedBy, NamedRoot};
    use crate::web::error::Failure;

    fn read(body: &str) -> Result<NamedRoot, Vec<String>> {
        let body: NewShareBody = serde_json::from_str(body).unwrap();
        let mut problems = Problems::default();
        let now = OffsetDateTime::UNIX_EPOCH;
        let (root, _fields) = body.read(&mut problems, EmbedWildcards::Refuse, now);
        problems.allow(root).map_err(|failure| match failure {
            Failure::Invalid(problems) => {
                problems.into_iter().map(|problem| problem.field).collect()
            }
            other => panic!("{other:?}"),
        })
    }

    const CONNECTION: &str = "11111111-1111-4111-8111-111111111111";

    #[test]
    fn null_is_the_same_as_left_out() {
        let place = read(&format!(
            r#"{{"connectionId": "{CONNECTION}", "scope": "tree", "pageId": "7", "url": null, "spaceKey": null,
                "password": null, "name": null, "options": null, "enabled": null, "startsAt": null}}"#
        ));
        assert!(matches!(place.unwrap().by, NamedBy::PageId(id) if id == "7"));
    }

    #[test]
    fn the_root_is_named_once() {
        let refused = |root: &str| {
            read(&format!(
                r#"{{"connectionId": "{CONNECTION}", "scope": "tree"{root}}}"#
            ))
            .unwrap_err()
        };
        assert_eq!(refused(""), ["pageId"]);
        assert_eq!(
            refused(r#", "pageId": "7", "url": "https://wiki.example/x/7""#),
            ["url"]
        );
        assert_eq!(refused(r#", "pageId": """#), ["pageId"]);
    }

    #[test]
    fn everything_that_is_wrong_is_reported_at_once() {
        let refused = read(
            r#"{"name": "", "scope": "site", "pageId": 7, "passLifetimeSeconds": 59, "embedOrigins": ["a"],
                "password": "", "startsAt": "today", "options": {"externalLinks": 1, "links": 1}, "public": true}"#,
        );
        let mut fields = refused.unwrap_err();
        fields.sort();
        assert_eq!(
            fields,
            [
                "connectionId",
                "embedOrigins",
                "name",
                "options.externalLinks",
                "options.links",
                "pageId",
                "passLifetimeSeconds",
                "password",
                "public",
                "scope",
                "startsAt",
            ]
        );
    }
}

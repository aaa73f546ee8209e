//! What callers send to make or change a live connection, and the checks that need neither the database nor the site.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::credentials::CredentialsBody;
use super::fields;
use super::given::{Given, JsonType};
use super::problems::{Problems, Unknown};
use super::words::read_word;
use crate::confluence::Product;
use crate::connections::create::NewConnection;
use crate::connections::credentials::Credentials;
use crate::connections::store::live::{LiveConnection, LiveSettings};
use crate::sharing::connection::ConnectionFields;
use crate::sharing::values::{FILE_LIMIT_BYTES, REFRESH_AFTER_SECONDS, REQUESTS_PER_HOUR};

/// Which Confluence a site is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SiteKind)]
pub(super) enum SiteKindWord {
    Cloud,
    DataCenter,
}

impl From<SiteKindWord> for Product {
    fn from(word: SiteKindWord) -> Self {
        match word {
            SiteKindWord::Cloud => Self::Cloud,
            SiteKindWord::DataCenter => Self::DataCenter,
        }
    }
}

/// A live connection to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(
    as = NewConnection,
    example = json!({
        "name": "Our wiki",
        "kind": "cloud",
        "url": "https://example.atlassian.net/wiki",
        "credentials": {"type": "apiToken", "email": "portal@example.com", "token": "ATATT3x…"}
    })
)]
pub(super) struct NewConnectionBody {
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200)]
    name: Given<String>,
    #[serde(default)]
    #[schema(value_type = SiteKindWord, required = true)]
    kind: Given<String>,
    /// The address of the wiki, or of any page of it.
    #[serde(default)]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 2000)]
    url: Given<String>,
    /// Kept sealed; no call shows them again.
    #[serde(default)]
    #[schema(value_type = CredentialsBody, required = true)]
    credentials: Given<CredentialsBody>,
    #[serde(default)]
    #[schema(value_type = Option<SettingsBody>)]
    settings: Given<SettingsBody>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl NewConnectionBody {
    pub(super) fn read(self, problems: &mut Problems) -> Option<NewConnection> {
        problems.refuse_unknown("", &self.unknown);
        let name = problems.required("name", self.name, fields::name);
        let kind = problems.required("kind", self.kind, read_word::<SiteKindWord>);
        let address = problems.required("url", self.url, address);
        let credentials = problems
            .required("credentials", self.credentials, fields::any)
            .and_then(|body| body.read(problems));
        let settings = problems
            .optional("settings", self.settings, fields::any)
            .map_or_else(LiveSettings::default, |body| {
                body.read(LiveSettings::default(), problems)
            });
        let (product, credentials) = (kind?.into(), credentials?);
        check_fit(&credentials, product, problems);
        Some(NewConnection {
            name: name?,
            product,
            address: address?,
            credentials,
            settings,
        })
    }
}

/// What to change of a connection. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectionChange, example = json!({"settings": {"refreshAfterSeconds": 600}}))]
pub(super) struct ConnectionChangeBody {
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    name: Given<String>,
    /// Needs `credentials` beside it: the old ones are never sent to another address.
    #[serde(default)]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 2000)]
    url: Given<String>,
    #[serde(default)]
    #[schema(value_type = CredentialsBody, required = false)]
    credentials: Given<CredentialsBody>,
    #[serde(default)]
    #[schema(value_type = SettingsBody, required = false)]
    settings: Given<SettingsBody>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl ConnectionChangeBody {
    /// `live` is the connection as it is, or `None` for an import, which has a name only.
    pub(super) fn read(
        self,
        live: Option<&LiveConnection>,
        problems: &mut Problems,
    ) -> ConnectionFields {
        problems.refuse_unknown("", &self.unknown);
        let name = problems.changed("name", self.name, fields::name);
        let url_alone =
            !matches!(self.url, Given::Absent) && matches!(self.credentials, Given::Absent);
        let url = problems.changed("url", self.url, address);
        let credentials = problems
            .changed("credentials", self.credentials, fields::any)
            .map(|body| body.read(problems));
        let settings = problems.changed("settings", self.settings, fields::any);
        let Some(live) = live else {
            let sent = [
                ("url", url.is_some()),
                ("credentials", credentials.is_some()),
                ("settings", settings.is_some()),
            ];
            for (field, _) in sent.into_iter().filter(|(_, was_sent)| *was_sent) {
                problems.add(field, "An imported space export has no site.");
            }
            return ConnectionFields {
                name,
                ..ConnectionFields::default()
            };
        };
        if url_alone {
            problems.add(
                "credentials",
                "A new address needs the credentials for it, too.",
            );
        }
        let access = credentials.flatten().map(|credentials| {
            check_fit(&credentials, live.product, problems);
            (url.unwrap_or_else(|| live.wiki_url.clone()), credentials)
        });
        ConnectionFields {
            name,
            access,
            settings: settings.map(|body| body.read(live.settings, problems)),
        }
    }
}

/// How the site is asked. What is left out stays, or has its default.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConnectionSettingsInput)]
pub(super) struct SettingsBody {
    /// How old a page may be before it is compared with the site; 300 by default.
    #[serde(default)]
    #[schema(value_type = i32, required = false, minimum = 60, maximum = 86_400)]
    refresh_after_seconds: Given<i64>,
    /// The most requests to the site, over all processes; 20,000 by default.
    #[serde(default)]
    #[schema(value_type = i32, required = false, minimum = 100, maximum = 1_000_000)]
    requests_per_hour: Given<i64>,
    /// Larger files are not fetched; 256 MiB by default.
    #[serde(default)]
    #[schema(value_type = i64, required = false, minimum = 0, maximum = 109_951_162_777_600_i64)]
    file_limit_bytes: Given<i64>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl JsonType for SettingsBody {
    const WORDS: &'static str = "an object";

    fn from_json(value: serde_json::Value) -> Option<Self> {
        serde_json::from_value(value).ok()
    }
}

impl SettingsBody {
    /// The settings as they are with the change; a wrong value has its problem, and stays as it was.
    fn read(self, current: LiveSettings, problems: &mut Problems) -> LiveSettings {
        problems.refuse_unknown("settings.", &self.unknown);
        LiveSettings {
            refresh_after_seconds: problems
                .changed(
                    "settings.refreshAfterSeconds",
                    self.refresh_after_seconds,
                    |number| within(number, REFRESH_AFTER_SECONDS),
                )
                .unwrap_or(current.refresh_after_seconds),
            requests_per_hour: problems
                .changed(
                    "settings.requestsPerHour",
                    self.requests_per_hour,
                    |number| within(number, REQUESTS_PER_HOUR),
                )
                .unwrap_or(current.requests_per_hour),
            file_limit_bytes: problems
                .changed("settings.fileLimitBytes", self.file_limit_bytes, |number| {
                    within(number, FILE_LIMIT_BYTES)
                })
                .unwrap_or(current.file_limit_bytes),
        }
    }
}

fn within<T: TryFrom<i64>>(number: i64, range: RangeInclusive<i64>) -> Result<T, String> {
    let (least, most) = (range.start(), range.end());
    let number = Some(number).filter(|number| range.contains(number));
    number
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| format!("This must be between {least} and {most}."))
}

fn address(text: String) -> Result<String, String> {
    fields::line(text, 2000)
}

fn check_fit(credentials: &Credentials, product: Product, problems: &mut Problems) {
    if !credentials.kind().fits(product) {
        problems.add(
            "credentials.type",
            "Only the other product has credentials of this type.",
        );
    }
}

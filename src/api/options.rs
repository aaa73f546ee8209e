//! The options of a share: how it is rendered, and what of its pages is left out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::any;
use super::given::{Given, JsonType};
use super::problems::{Problems, Unknown};
use super::words::{ExternalLinksWord, RestrictedPagesWord, read_word};
use crate::shares::labels::Labels;
use crate::shares::share::{ExternalLinks, RestrictedPages, Share};
use crate::sharing::error::Field;
use crate::sharing::fields::ShareFields;
use crate::sharing::values::parse_labels;

/// How the share is rendered, and what is left out. What is not sent stays as it is, and in a new share has its default.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ShareOptionsInput)]
pub(super) struct OptionsBody {
    /// `plainText` in a new share.
    #[serde(default)]
    #[schema(value_type = ExternalLinksWord, required = false)]
    external_links: Given<String>,
    /// In a new share `root` if the root page has a view restriction at that moment, otherwise `none`: a page that is
    /// restricted later leaves the share.
    #[serde(default)]
    #[schema(value_type = RestrictedPagesWord, required = false)]
    restricted_pages: Given<String>,
    /// Takes the place of the whole list. Only pages with one of these labels are shown, and the root page; an empty
    /// list shows every page. Each has 1 to 255 characters without spaces and commas; upper case becomes lower case.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false, max_items = 50)]
    include_labels: Given<Vec<String>>,
    /// Takes the place of the whole list. Pages with one of these labels are not shown, nor the pages below them; the
    /// root page is.
    #[serde(default)]
    #[schema(value_type = Vec<String>, required = false, max_items = 50)]
    exclude_labels: Given<Vec<String>>,
    /// Whether footer comments are shown under a page, to be read only; false in a new share.
    #[serde(default)]
    #[schema(value_type = bool, required = false)]
    show_comments: Given<bool>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: Unknown,
}

impl JsonType for OptionsBody {
    const WORDS: &'static str = "an object";

    fn from_json(value: serde_json::Value) -> Option<Self> {
        serde_json::from_value(value).ok()
    }
}

impl OptionsBody {
    pub(super) fn read(self, fields: &mut ShareFields, problems: &mut Problems) {
        problems.refuse_unknown("options.", &self.unknown);
        fields.external_links = problems
            .changed(
                "options.externalLinks",
                self.external_links,
                read_word::<ExternalLinksWord>,
            )
            .map(ExternalLinks::from);
        fields.restricted_pages = problems
            .changed(
                "options.restrictedPages",
                self.restricted_pages,
                read_word::<RestrictedPagesWord>,
            )
            .map(RestrictedPages::from);
        fields.include_labels = labels(Field::IncludeLabels, self.include_labels, problems);
        fields.exclude_labels = labels(Field::ExcludeLabels, self.exclude_labels, problems);
        fields.show_comments = problems.changed("options.showComments", self.show_comments, any);
    }
}

fn labels(field: Field, given: Given<Vec<String>>, problems: &mut Problems) -> Option<Labels> {
    let entries = problems.changed(field.in_api(), given, any)?;
    match parse_labels(field, entries.iter().map(String::as_str)) {
        Ok(labels) => Some(labels),
        Err(errors) => {
            problems.extend(errors);
            None
        }
    }
}

/// How the share is rendered, and what is left out.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ShareOptions)]
pub(super) struct OptionsAnswer {
    external_links: ExternalLinksWord,
    restricted_pages: RestrictedPagesWord,
    /// Only pages with one of these labels are shown, and the root page; if there are none, every page.
    include_labels: Vec<String>,
    /// Pages with one of these labels are not shown, nor the pages below them; the root page is.
    exclude_labels: Vec<String>,
    /// Whether footer comments are shown under a page.
    show_comments: bool,
}

impl From<&Share> for OptionsAnswer {
    fn from(share: &Share) -> Self {
        Self {
            external_links: share.external_links.into(),
            restricted_pages: share.restricted_pages.into(),
            include_labels: share.include_labels.entries().to_vec(),
            exclude_labels: share.exclude_labels.entries().to_vec(),
            show_comments: share.show_comments,
        }
    }
}

//! What the smaller forms on a share's page send, and what the page shows of it again when it is refused.

use serde::Deserialize;

use super::details::DetailsInput;
use super::token_check::CheckView;
use crate::admin::problems::Problems;
use crate::config::EmbedWildcards;
use crate::shares::share::Share;
use crate::sharing::fields::ShareFields;
use crate::sharing::values::parse_origins;

/// What a form on the page sent that is shown again.
#[derive(Default)]
pub struct Sent {
    pub problems: Problems,
    pub details: Option<DetailsInput>,
    pub embedding: Option<EmbeddingInput>,
    pub checked: Option<CheckView>,
    pub stand_in: Option<StandInInput>,
}

impl From<Problems> for Sent {
    fn from(problems: Problems) -> Self {
        Self {
            problems,
            ..Self::default()
        }
    }
}

/// Which sites may embed a share, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EmbeddingInput {
    pub embed_origins: String,
    /// `on`, or nothing.
    pub embed_only: String,
}

/// Who stands in for a share's creator, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct StandInInput {
    /// Of those who are known; empty for nobody.
    pub stand_in: String,
    /// Another account id, which goes before.
    pub stand_in_id: String,
}

impl EmbeddingInput {
    pub fn of(share: &Share) -> Self {
        Self {
            embed_origins: share.embed_origins.entries().join("\n"),
            embed_only: if share.embed_only { "on" } else { "" }.to_owned(),
        }
    }

    pub fn is_only(&self) -> bool {
        self.embed_only == "on"
    }

    /// Reads origins, one per line or separated by commas; every wrong one is a problem.
    pub fn read(
        &self,
        wildcards: EmbedWildcards,
        fields: &mut ShareFields,
        problems: &mut Problems,
    ) {
        let entries = self.embed_origins.split(['\n', ',']);
        match parse_origins(entries, wildcards) {
            Ok(origins) => fields.embed_origins = Some(origins),
            Err(errors) => problems.extend(errors),
        }
        fields.embed_only = Some(self.is_only());
    }
}

#[cfg(test)]
mod tests {
    use super::EmbeddingInput;
    use crate::admin::problems::Problems;
    use crate::config::EmbedWildcards;
    use crate::sharing::fields::ShareFields;

    #[test]
    fn each_wrong_origin_is_a_problem_of_its_own() {
        let read = |origins: &str| {
            let (mut fields, mut problems) = (ShareFields::default(), Problems::default());
            let typed = EmbeddingInput {
                embed_origins: origins.to_owned(),
                embed_only: String::new(),
            };
            typed.read(EmbedWildcards::Refuse, &mut fields, &mut problems);
            (
                fields.embed_origins.is_some(),
                problems.of("embed_origins").len(),
            )
        };
        assert_eq!(
            read("https://a.example\nnope, http://b.example"),
            (false, 2)
        );
        assert_eq!(read("https://a.example,\n\n"), (true, 0));
    }
}

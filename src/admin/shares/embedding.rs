//! Which sites may embed a share, and whether it opens nowhere else: as typed, as understood, and the form on the
//! share's page.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::change::apply;
use super::show::{self, Sent};
use super::{share_id, share_path};
use crate::admin::form::AdminForm;
use crate::admin::problems::Problems;
use crate::config::EmbedWildcards;
use crate::shares::embed_origins::EmbedOrigins;
use crate::shares::share::Share;
use crate::shares::store::ShareChange;
use crate::web::error::PageError;
use crate::web::page;
use crate::web::state::AppState;

/// As typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EmbeddingInput {
    pub embed_origins: String,
    /// `on`, or nothing.
    pub embed_only: String,
}

/// As understood.
#[derive(Debug)]
pub struct Embedding {
    pub origins: EmbedOrigins,
    pub only: bool,
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
    pub fn parse(&self, wildcards: EmbedWildcards, problems: &mut Problems) -> Option<Embedding> {
        let entries = self.embed_origins.split(['\n', ',']);
        let only = self.is_only();
        match EmbedOrigins::parse_with(entries, wildcards) {
            Ok(EmbedOrigins::None) if only => {
                problems.add(
                    "embed_origins",
                    "List at least one site, or do not tick “Open only inside these sites”.",
                );
                None
            }
            Ok(origins) => Some(Embedding { origins, only }),
            Err(errors) => {
                for error in errors {
                    problems.add("embed_origins", format!("{error}."));
                }
                None
            }
        }
    }
}

/// `POST /admin/shares/{id}/embedding`.
pub async fn change(
    state: web::Data<AppState>,
    path: web::Path<String>,
    form: AdminForm<EmbeddingInput>,
) -> Result<HttpResponse, PageError> {
    let id = share_id(&path)?;
    let mut problems = Problems::default();
    let input = form.input;
    let wildcards = state.settings.embedding.wildcards;
    let Some(embedding) = input.parse(wildcards, &mut problems) else {
        let sent = Sent {
            problems,
            embedding: Some(input),
            ..Sent::default()
        };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return show::answer(&state, &form.admin, id, status, sent).await;
    };
    let change = ShareChange {
        embed_origins: Some(embedding.origins),
        embed_only: Some(embedding.only),
        ..ShareChange::default()
    };
    apply(&state, id, change).await?;
    form.admin.say_done("The list of sites is saved.")?;
    Ok(page::see_other(&share_path(id, "embedding")))
}

#[cfg(test)]
mod tests {
    use super::{Embedding, EmbeddingInput};
    use crate::admin::problems::Problems;
    use crate::config::EmbedWildcards;

    fn read(origins: &str, only: &str) -> Result<Embedding, usize> {
        let mut problems = Problems::default();
        let typed = EmbeddingInput {
            embed_origins: origins.to_owned(),
            embed_only: only.to_owned(),
        };
        let embedding = typed.parse(EmbedWildcards::Refuse, &mut problems);
        embedding.ok_or(problems.of("embed_origins").len())
    }

    #[test]
    fn each_wrong_origin_is_a_problem_of_its_own() {
        let wrong = read("https://a.example\nnope, http://b.example", "");
        assert_eq!(wrong.unwrap_err(), 2);
        assert!(read("https://a.example,\n\n", "").is_ok());
    }

    #[test]
    fn only_inside_no_site_would_be_nowhere() {
        assert_eq!(read(" \n", "on").unwrap_err(), 1);
        assert!(!read(" \n", "").unwrap().only);
        assert!(read("https://a.example", "on").unwrap().only);
        assert!(read("*", "on").unwrap().only);
    }
}

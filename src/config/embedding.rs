//! What the operator lets shares do inside other sites.

use super::ConfigError;

/// Limits of embedding.
#[derive(Debug, Clone, clap::Args)]
pub struct EmbeddingArgs {
    /// Whether shares may name the sites that embed them by a wildcard such as `https://*.example.com`: `refuse` or
    /// `allow`.
    #[arg(
        long,
        env = "VESTIBULE_EMBED_WILDCARDS",
        default_value = "refuse",
        value_name = "WORD"
    )]
    pub embed_wildcards: String,
}

/// Whether a share's list of sites may hold wildcards. It counts when a list is saved; what is stored stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbedWildcards {
    Refuse,
    Allow,
}

impl Default for EmbeddingArgs {
    fn default() -> Self {
        Self {
            embed_wildcards: "refuse".to_owned(),
        }
    }
}

impl EmbeddingArgs {
    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<EmbedWildcards> {
        let parsed = match self.embed_wildcards.trim() {
            "refuse" => Ok(EmbedWildcards::Refuse),
            "allow" => Ok(EmbedWildcards::Allow),
            other => Err(format!("“{other}” must be refuse or allow")),
        };
        errors.check("VESTIBULE_EMBED_WILDCARDS", parsed)
    }
}

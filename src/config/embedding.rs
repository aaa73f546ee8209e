//! What the operator lets shares do inside other sites.

use super::error::ConfigError;

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
    /// Whether visitors inside frames whose browser keeps no cookie there go on by a key in the path of their pages: `auto`
    /// or `off`.
    #[arg(
        long,
        env = "VESTIBULE_COOKIELESS",
        default_value = "auto",
        value_name = "WORD"
    )]
    pub cookieless: String,
}

/// The checked limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embedding {
    pub wildcards: EmbedWildcards,
    pub cookieless: Cookieless,
}

/// Whether a share's list of sites may hold wildcards. It counts when a list is saved; what is stored stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbedWildcards {
    Refuse,
    Allow,
}

/// What happens to visitors inside frames whose browser keeps no cookie there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookieless {
    /// They go on by a key in the path of their pages.
    Auto,
    /// They are told to open the share in a tab.
    Off,
}

impl Default for EmbeddingArgs {
    fn default() -> Self {
        Self {
            embed_wildcards: "refuse".to_owned(),
            cookieless: "auto".to_owned(),
        }
    }
}

impl EmbeddingArgs {
    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<Embedding> {
        let wildcards = match self.embed_wildcards.trim() {
            "refuse" => Ok(EmbedWildcards::Refuse),
            "allow" => Ok(EmbedWildcards::Allow),
            other => Err(format!("“{other}” must be refuse or allow")),
        };
        let cookieless = match self.cookieless.trim() {
            "auto" => Ok(Cookieless::Auto),
            "off" => Ok(Cookieless::Off),
            other => Err(format!("“{other}” must be auto or off")),
        };
        let wildcards = errors.check("VESTIBULE_EMBED_WILDCARDS", wildcards);
        let cookieless = errors.check("VESTIBULE_COOKIELESS", cookieless);
        Some(Embedding {
            wildcards: wildcards?,
            cookieless: cookieless?,
        })
    }
}

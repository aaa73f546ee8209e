//! How the portal behaves inside the frames of client sites.

use super::ConfigError;

/// Everything about frames: for `serve`.
#[derive(Debug, Clone, clap::Args)]
pub struct FramingArgs {
    /// Whether visitors inside frames whose browser keeps no cookie there go on by a key in the path of their pages.
    #[arg(
        long,
        env = "VESTIBULE_COOKIELESS",
        default_value = "auto",
        value_name = "auto|off"
    )]
    pub cookieless: String,
}

/// The checked configuration of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framing {
    pub cookieless: Cookieless,
}

/// What happens to visitors inside frames whose browser keeps no cookie there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookieless {
    /// They go on by a key in the path of their pages.
    Auto,
    /// They are told to open the share in a tab.
    Off,
}

impl Default for FramingArgs {
    fn default() -> Self {
        Self {
            cookieless: "auto".to_owned(),
        }
    }
}

impl FramingArgs {
    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<Framing> {
        let cookieless = match self.cookieless.trim() {
            "auto" => Ok(Cookieless::Auto),
            "off" => Ok(Cookieless::Off),
            other => Err(format!("“{other}” must be auto or off")),
        };
        let cookieless = errors.check("VESTIBULE_COOKIELESS", cookieless);
        Some(Framing {
            cookieless: cookieless?,
        })
    }
}

//! The keys of the audit record's checkpoints, for the commands that need no other.

use super::ConfigError;
use super::live::{parse_previous_secret_key, parse_secret_key};

/// The secret key alone.
#[derive(Clone, clap::Args)]
pub struct CheckpointKeyArgs {
    /// 128 or more hexadecimal digits, as the portal has them.
    #[arg(
        long,
        env = "VESTIBULE_SECRET_KEY",
        hide_env_values = true,
        value_name = "HEX"
    )]
    pub secret_key: Option<String>,
    /// The secret key before the last change, if rows were pruned before it.
    #[arg(
        long,
        env = "VESTIBULE_PREVIOUS_SECRET_KEY",
        hide_env_values = true,
        value_name = "HEX"
    )]
    pub previous_secret_key: Option<String>,
}

impl CheckpointKeyArgs {
    /// The key, and the one before.
    pub fn read(&self) -> Result<([u8; 64], Option<[u8; 64]>), ConfigError> {
        let mut errors = ConfigError::default();
        let current = parse_secret_key(self.secret_key.as_deref());
        let current = errors.check("VESTIBULE_SECRET_KEY", current);
        let previous = parse_previous_secret_key(self.previous_secret_key.as_deref());
        let previous = errors.check("VESTIBULE_PREVIOUS_SECRET_KEY", previous);
        match (current, previous) {
            (Some(current), Some(previous)) => Ok((
                current.audit_key(),
                previous.map(|previous| previous.audit_key()),
            )),
            _ => Err(errors),
        }
    }
}

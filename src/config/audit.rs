//! What the audit record may hold, and the key of its checkpoints.

use std::net::IpAddr;

use super::ConfigError;

/// What the record may hold.
#[derive(Debug, Clone, clap::Args)]
pub struct AuditArgs {
    /// Whether the audit record keeps the addresses of clients: `on` or `off`.
    #[arg(
        long,
        env = "VESTIBULE_AUDIT_ADDRESSES",
        default_value = "on",
        value_name = "WORD"
    )]
    pub audit_addresses: String,
}

/// The same, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audit {
    pub addresses: AuditAddresses,
}

/// Whether the record keeps the addresses of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAddresses {
    On,
    Off,
}

impl AuditAddresses {
    /// What may be kept of an address.
    pub fn kept(self, address: IpAddr) -> Option<IpAddr> {
        match self {
            Self::On => Some(address),
            Self::Off => None,
        }
    }
}

impl Default for AuditArgs {
    fn default() -> Self {
        Self {
            audit_addresses: "on".to_owned(),
        }
    }
}

impl AuditArgs {
    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<Audit> {
        let addresses = match self.audit_addresses.trim() {
            "on" => Ok(AuditAddresses::On),
            "off" => Ok(AuditAddresses::Off),
            other => Err(format!("“{other}” must be on or off")),
        };
        let addresses = errors.check("VESTIBULE_AUDIT_ADDRESSES", addresses)?;
        Some(Audit { addresses })
    }
}

//! What the operator lets the audit record keep.

use std::net::IpAddr;

use super::ConfigError;

/// Settings of the audit record.
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

/// Whether the audit record keeps the addresses of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAddresses {
    On,
    Off,
}

impl AuditAddresses {
    /// As much of an address as may be kept.
    pub fn of(self, address: Option<IpAddr>) -> Option<IpAddr> {
        address.filter(|_| self == Self::On)
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
    pub(super) fn check(&self, errors: &mut ConfigError) -> Option<AuditAddresses> {
        let addresses = match self.audit_addresses.trim() {
            "on" => Ok(AuditAddresses::On),
            "off" => Ok(AuditAddresses::Off),
            other => Err(format!("“{other}” must be on or off")),
        };
        errors.check("VESTIBULE_AUDIT_ADDRESSES", addresses)
    }
}

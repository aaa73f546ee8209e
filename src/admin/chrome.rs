//! What stands around every admin page: the bar with its sections, who is signed in, the message of the page before.

use super::gate::Admin;
use super::session::{Flash, FlashKind};
use crate::web::csrf::CsrfToken;

/// Given to every admin template as `chrome`.
pub struct Chrome {
    pub name: String,
    pub section: Section,
    pub flash: Option<Flash>,
    csrf: CsrfToken,
}

/// The parts of the admin pages, as the bar lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Shares,
    Connections,
    Tokens,
    Account,
}

impl Chrome {
    /// Takes the message of the page before; one page shows it.
    pub fn of(admin: &Admin, section: Section) -> Self {
        Self {
            name: admin.name().to_owned(),
            section,
            flash: admin.take_flash(),
            csrf: admin.csrf().clone(),
        }
    }

    /// The value of the hidden field `csrf`.
    pub fn csrf(&self) -> &str {
        self.csrf.field_value()
    }

    /// The sections of the bar: path, name, whether it is this one.
    pub fn sections(&self) -> [(&'static str, &'static str, bool); 3] {
        [
            ("/admin", "Shares", self.section == Section::Shares),
            (
                "/admin/connections",
                "Connections",
                self.section == Section::Connections,
            ),
            (
                "/admin/tokens",
                "API tokens",
                self.section == Section::Tokens,
            ),
        ]
    }

    pub fn is_account(&self) -> bool {
        self.section == Section::Account
    }
}

impl Flash {
    /// The classes of the message.
    pub fn class(&self) -> &'static str {
        match self.kind {
            FlashKind::Done => "notice flash",
            FlashKind::Problem => "notice notice-error flash",
        }
    }

    /// How insistently a screen reader says it.
    pub fn role(&self) -> &'static str {
        match self.kind {
            FlashKind::Done => "status",
            FlashKind::Problem => "alert",
        }
    }
}

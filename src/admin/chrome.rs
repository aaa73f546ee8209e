//! What stands around every admin page: the bar with its sections, who is signed in, the message of the page before.

use super::gate::SignedIn;
use super::session::{Flash, FlashKind};
use crate::web::csrf::CsrfToken;

/// Given to every admin template as `chrome`.
pub struct Chrome {
    pub name: String,
    pub section: Section,
    pub flash: Option<Flash>,
    /// May do everything; others see no way to what they may not do.
    pub is_admin: bool,
    /// The page is inside Confluence, which says who is signed in.
    pub is_inside: bool,
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
    pub fn of(signed_in: &SignedIn, section: Section) -> Self {
        Self {
            name: signed_in.name().to_owned(),
            section,
            flash: signed_in.take_flash(),
            is_admin: signed_in.is_admin(),
            is_inside: signed_in.app().is_some(),
            csrf: signed_in.csrf().clone(),
        }
    }

    /// The value of the hidden field `csrf`.
    pub fn csrf(&self) -> &str {
        self.csrf.field_value()
    }

    /// The sections of the bar that the person may use: path, name, whether it is this one.
    pub fn sections(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        let sections = [
            ("/admin", "Shares", Section::Shares),
            ("/admin/connections", "Connections", Section::Connections),
            ("/admin/tokens", "API tokens", Section::Tokens),
        ];
        sections
            .into_iter()
            .filter(|(_, _, section)| self.is_admin || *section == Section::Shares)
            .map(|(path, name, section)| (path, name, section == self.section))
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

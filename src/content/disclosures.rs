//! What a page tells outsiders about people: names and mail addresses, for the admin's report.

use super::finding::{FindingKind, Findings, short};

/// Longer ones are no addresses (RFC 5321).
const MAX_ADDRESS_BYTES: usize = 254;

/// Notes the mail addresses in a text.
pub(super) fn note_addresses(findings: &mut Findings, text: &str) {
    if !text.contains('@') {
        return;
    }
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '@');
    for word in text.split(|c| !is_part(c)) {
        let word = word.trim_matches(['.', '-']);
        if is_address(word) {
            note_address(findings, word);
        }
    }
}

pub(super) fn note_address(findings: &mut Findings, address: &str) {
    findings.note(FindingKind::MailAddress {
        address: short(address).to_lowercase(),
    });
}

pub(super) fn note_person(findings: &mut Findings, name: &str) {
    findings.note(FindingKind::PersonNamed { name: short(name) });
}

fn is_address(word: &str) -> bool {
    let Some((who, domain)) = word.split_once('@') else {
        return false;
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    word.len() <= MAX_ADDRESS_BYTES
        && !who.is_empty()
        && !domain.contains('@')
        && domain.len() > last.len() + 1
        && last.len() >= 2
        && last.chars().all(char::is_alphabetic)
}

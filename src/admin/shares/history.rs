//! What was done to a share and by whom, from the audit record, in words for its admin.

use serde_json::Value;

use crate::admin::times::Moment;
use crate::audit::actor::ActorKind;
use crate::audit::event::EventKind;
use crate::audit::stored_row::StoredRow;

/// An event of the record as the list shows it.
pub struct HistoryView {
    pub at: Moment,
    pub what: &'static str,
    pub who: String,
    /// Fields with their old and new values.
    pub changes: Vec<String>,
}

impl From<&StoredRow> for HistoryView {
    fn from(row: &StoredRow) -> Self {
        let kind = EventKind::parse(&row.entry.kind);
        // Of a new share, and of one that is gone, every field would be named.
        let is_about_fields = !matches!(kind, Some(EventKind::ShareCreated));
        let changes = row.changes();
        let changes = changes.iter().filter(|_| is_about_fields).map(|change| {
            if change.is_erased {
                return format!("{}: erased", change.field);
            }
            format!("{}: {} → {}", change.field, shown(&change.from), shown(&change.to))
        });
        Self {
            at: row.entry.at.into(),
            what: kind.map_or("Something else was done", in_words),
            who: who(row),
            changes: changes.collect(),
        }
    }
}

fn who(row: &StoredRow) -> String {
    let name = row.actor_name().unwrap_or("somebody");
    match ActorKind::parse(&row.entry.actor_kind) {
        Some(ActorKind::ApiToken) => format!("the API token {name}"),
        Some(ActorKind::CommandLine) => "the command line".to_owned(),
        Some(ActorKind::Portal) => "the portal".to_owned(),
        Some(ActorKind::InsidePerson) => format!("{name}, inside Confluence"),
        _ => name.to_owned(),
    }
}

/// A value as short as it can be said.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(text) => format!("“{text}”"),
        Value::Array(entries) if entries.is_empty() => "nothing".to_owned(),
        Value::Array(entries) => {
            let entries: Vec<String> = entries.iter().map(shown).collect();
            entries.join(", ")
        }
        other => other.to_string(),
    }
}

fn in_words(kind: EventKind) -> &'static str {
    match kind {
        EventKind::ShareCreated => "Made",
        EventKind::ShareChanged => "Changed",
        EventKind::SharePasswordSet => "Password set",
        EventKind::SharePasswordRemoved => "Password removed",
        EventKind::ShareEnabled => "Enabled",
        EventKind::ShareDisabled => "Disabled",
        EventKind::SharePublished => "Published",
        EventKind::ShareChecked => "Checked for what it lets out",
        EventKind::ShareRefreshed => "Compared with the wiki",
        EventKind::ShareMoved => "Moved to another installation",
        EventKind::ShareMovedBack => "Moved back",
        EventKind::ShareStandInNamed => "Who stands in was changed",
        EventKind::SharePassesEnded => "Everybody signed out",
        EventKind::ShareGuessesCleared => "Locks lifted",
        EventKind::UnlockSecretRotated => "Unlock secret changed",
        EventKind::UnlockSecretRetired => "Previous unlock secret refused",
        EventKind::UnlockSecretShown => "Unlock secret shown",
        EventKind::UnlockLinkMinted => "Unlock link made",
        EventKind::LeaksAcknowledged => "What it lets out was marked as seen",
        _ => "Something else was done",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::shown;

    #[test]
    fn values_are_short() {
        assert_eq!(shown(&json!(null)), "nothing");
        assert_eq!(shown(&json!("")), "nothing");
        assert_eq!(shown(&json!(["a", "b"])), "“a”, “b”");
        assert_eq!(shown(&json!([])), "nothing");
        assert_eq!(shown(&json!(true)), "yes");
        assert_eq!(shown(&json!(60)), "60");
    }
}

//! What a provider says of a person: a name, and groups in a claim that each provider calls differently.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Every claim that is not of the standard, as it came.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct OtherClaims {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for OtherClaims {}

impl OtherClaims {
    /// The groups in a claim; `None` when there is no such claim. Its whole name is tried first, because some providers
    /// name claims by URLs; then dots lead into objects.
    pub(super) fn groups(&self, claim: &str) -> Option<Vec<String>> {
        let found = self.all.get(claim).or_else(|| {
            let mut names = claim.split('.');
            let first = self.all.get(names.next()?)?;
            names.try_fold(first, |value, name| value.get(name))
        });
        Some(texts(found?))
    }

    /// Entra ID leaves long lists out, and says only that there is one.
    pub(super) fn says_groups_are_elsewhere(&self, claim: &str) -> bool {
        let names = self.all.get("_claim_names");
        names.is_some_and(|names| names.get(claim).is_some())
    }
}

/// One text, or a list of texts.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::OtherClaims;

    fn claims() -> OtherClaims {
        let claims = json!({
            "groups": ["staff", 7, "it"],
            "role": "admin",
            "realm_access": { "roles": ["editor"] },
            "https://acme.example/groups": ["by url"],
            "_claim_names": { "roles": "src1" },
        });
        serde_json::from_value(claims).unwrap()
    }

    #[test]
    fn groups_are_found_by_name_by_path_and_by_url() {
        let groups = |claim| claims().groups(claim);
        assert_eq!(groups("groups").unwrap(), ["staff", "it"]);
        assert_eq!(groups("role").unwrap(), ["admin"]);
        assert_eq!(groups("realm_access.roles").unwrap(), ["editor"]);
        assert_eq!(groups("https://acme.example/groups").unwrap(), ["by url"]);
        assert_eq!(groups("realm_access.groups"), None);
        assert_eq!(groups("nothing"), None);
    }

    #[test]
    fn a_list_that_was_left_out_is_noticed() {
        assert!(claims().says_groups_are_elsewhere("roles"));
        assert!(!claims().says_groups_are_elsewhere("groups"));
    }
}

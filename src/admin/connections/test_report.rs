//! The stored test of a live connection in words. It is read leniently: one that an older release made, or a newer one
//! on another node, is shown as far as it is understood.

use serde_json::Value;

use crate::confluence::Product;

/// A test as the page shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct TestView {
    /// `Data Center 9.2.1`.
    pub product: Option<String>,
    /// Who the site takes us for.
    pub account: Option<String>,
    pub checks: Vec<CheckView>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct CheckView {
    pub name: String,
    pub class: &'static str,
    pub word: &'static str,
    /// A sentence.
    pub detail: String,
}

impl TestView {
    pub fn read(report: &Value) -> Self {
        let checks = report.get("checks").and_then(Value::as_array);
        Self {
            product: product(report),
            account: report
                .get("account")
                .and_then(|account| text(account, "display_name")),
            checks: checks.into_iter().flatten().map(CheckView::read).collect(),
        }
    }
}

impl CheckView {
    fn read(check: &Value) -> Self {
        let (class, word) = match text(check, "outcome").as_deref() {
            Some("ok") => ("mark-ok", "Good"),
            Some("warning") => ("mark-warn", "Incomplete"),
            _ => ("mark-no", "Failed"),
        };
        Self {
            name: name(&text(check, "name").unwrap_or_default()),
            class,
            word,
            detail: text(check, "detail").unwrap_or_default(),
        }
    }
}

fn product(report: &Value) -> Option<String> {
    let product = Product::parse(&text(report, "product")?)?.title();
    Some(match text(report, "version") {
        Some(version) => format!("{product} {version}"),
        None => product.to_owned(),
    })
}

fn name(word: &str) -> String {
    match word {
        "reachable" => "Reachable",
        "tls" => "Encryption",
        "product" => "Product",
        "account" => "Account",
        "spaces" => "Spaces",
        "pages" => "Pages",
        "attachments" => "Files",
        "search" => "Search",
        "restrictions" => "View restrictions",
        "clock" => "Clock",
        other => other,
    }
    .to_owned()
}

fn text(value: &Value, field: &str) -> Option<String> {
    value.get(field)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::TestView;

    #[test]
    fn a_report_is_told_in_words() {
        let report = json!({
            "product": "data_center", "version": "9.2.1",
            "account": { "id": "1", "display_name": "Portal" },
            "checks": [{ "name": "restrictions", "outcome": "warning", "detail": "Not asked." }],
        });
        let view = TestView::read(&report);
        assert_eq!(view.product.as_deref(), Some("Data Center 9.2.1"));
        assert_eq!(view.account.as_deref(), Some("Portal"));
        let check = &view.checks[0];
        assert_eq!(
            (check.name.as_str(), check.word),
            ("View restrictions", "Incomplete")
        );
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        let view = TestView::read(&json!({ "checks": [{ "name": 7 }], "account": null }));
        assert_eq!((view.product, view.account), (None, None));
        assert_eq!(view.checks[0].word, "Failed");
    }
}

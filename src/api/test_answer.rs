//! The report of a connection's test as the API shows it.

use serde::Serialize;
use utoipa::ToSchema;

use super::connection_body::SiteKindWord;
use crate::confluence::Product;
use crate::confluence::check::{Check, CheckName, Outcome, TestReport};

/// What the test of a connection found out.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TestReport)]
pub struct TestAnswer {
    /// Nothing that the portal cannot do without is missing.
    usable: bool,
    product: SiteKindWord,
    /// Data Center tells it.
    #[schema(required = true)]
    version: Option<String>,
    /// Who the site takes the portal for; null for nobody.
    #[schema(required = true)]
    account: Option<SiteAccount>,
    /// In the order in which they were tried. What makes no sense after a failure is left out.
    checks: Vec<CheckAnswer>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SiteAccount {
    id: String,
    display_name: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TestCheck)]
struct CheckAnswer {
    /// `reachable`, `tls`, `product`, `account`, `spaces`, `pages`, `attachments`, `search`, `restrictions` or `clock`.
    #[schema(value_type = String)]
    name: CheckName,
    /// `ok`, `warning` (the portal works, but something is missing) or `failed`.
    #[schema(value_type = String)]
    outcome: Outcome,
    /// What was found and what to do.
    detail: String,
}

impl From<Check> for CheckAnswer {
    fn from(check: Check) -> Self {
        Self {
            name: check.name,
            outcome: check.outcome,
            detail: check.detail,
        }
    }
}

impl From<TestReport> for TestAnswer {
    fn from(report: TestReport) -> Self {
        Self {
            usable: report.is_good(),
            product: match report.product {
                Product::Cloud => SiteKindWord::Cloud,
                Product::DataCenter => SiteKindWord::DataCenter,
            },
            version: report.version,
            account: report.account.map(|account| SiteAccount {
                id: account.id,
                display_name: account.display_name,
            }),
            checks: report.checks.into_iter().map(CheckAnswer::from).collect(),
        }
    }
}

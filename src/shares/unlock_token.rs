//! The unlock token rule: whether a token signed by a client site opens a share now.
//!
//! No HTTP, no clock, no database: handlers bring the share, its secrets and the time. The library's own validation
//! of claims is not used, because its defaults differ from the rule (leeway, optional `nbf`, `iss` lists, rounded
//! dates). The rows of the rule, in their order, are the files `shape`, `header`, `signature`, `claims`.

mod check;
mod check_report;
mod claims;
mod clock_advice;
mod findings;
mod header;
mod key_mistakes;
mod mint;
mod rule;
mod shape;
mod signature;

pub use self::check::check;
pub use self::check_report::{CheckLine, CheckOutcome, Explanation, explain};
pub use self::mint::{MintedToken, NotSigned, UnlockToken, mint};
pub use self::rule::{
    Accepted, Availability, RefusalCode, Refused, SecretsInForce, SigningKey, TokenRule,
};

//! Reads what browsers report of a broken Content-Security-Policy.
//!
//! That is one report of the old form (`report-uri`), or a list of the Reporting API. Anybody can send anything; only the directive's name and the referring page are read.

use serde::Deserialize;

/// A report may be this long; real ones stay below a tenth of it.
pub const MAX_BYTES: usize = 16 << 10;
/// Of one request; browsers collect a few.
const MAX_REPORTS: usize = 10;

#[derive(Debug, PartialEq, Eq)]
pub struct CspReport {
    /// A directive's name as the standard has it, or `other`.
    pub directive: &'static str,
    /// The address of the page that led to ours; empty where the browser hides it.
    pub referrer: String,
}

/// The directives of CSP level 3, and two that browsers have kept.
const DIRECTIVES: [&str; 22] = [
    "base-uri",
    "child-src",
    "connect-src",
    "default-src",
    "font-src",
    "form-action",
    "frame-ancestors",
    "frame-src",
    "img-src",
    "manifest-src",
    "media-src",
    "object-src",
    "prefetch-src",
    "sandbox",
    "script-src",
    "script-src-attr",
    "script-src-elem",
    "style-src",
    "style-src-attr",
    "style-src-elem",
    "upgrade-insecure-requests",
    "worker-src",
];

#[derive(Deserialize)]
struct Single {
    #[serde(rename = "csp-report")]
    report: SingleBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct SingleBody {
    effective_directive: Option<String>,
    /// Older browsers send only this, with the sources behind the name.
    violated_directive: Option<String>,
    #[serde(default)]
    referrer: String,
}

#[derive(Deserialize)]
struct Listed {
    r#type: String,
    #[serde(default)]
    body: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedBody {
    effective_directive: String,
    #[serde(default)]
    referrer: String,
}

/// The reports in a body of this media type. What is none is left out.
pub fn read(media_type: &str, body: &[u8]) -> Vec<CspReport> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        "application/csp-report" | "application/json" => read_single(body).into_iter().collect(),
        "application/reports+json" => read_list(body),
        // Above all the types that a page of another site may send in its visitor's name.
        _ => Vec::new(),
    }
}

fn read_single(body: &[u8]) -> Option<CspReport> {
    let Single { report } = serde_json::from_slice(body).ok()?;
    let named = report.effective_directive.or(report.violated_directive)?;
    Some(CspReport {
        directive: directive(&named),
        referrer: report.referrer,
    })
}

fn read_list(body: &[u8]) -> Vec<CspReport> {
    let listed: Vec<Listed> = serde_json::from_slice(body).unwrap_or_default();
    let violations = listed
        .into_iter()
        .filter(|report| report.r#type == "csp-violation");
    let bodies = violations.filter_map(|report| serde_json::from_value(report.body).ok());
    let reports = bodies.map(|body: ListedBody| CspReport {
        directive: directive(&body.effective_directive),
        referrer: body.referrer,
    });
    reports.take(MAX_REPORTS).collect()
}

fn directive(named: &str) -> &'static str {
    let name = named.split_ascii_whitespace().next().unwrap_or_default();
    let known = DIRECTIVES.into_iter().find(|known| *known == name);
    known.unwrap_or("other")
}

#[cfg(test)]
mod tests;

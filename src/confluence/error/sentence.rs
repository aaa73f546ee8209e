//! Failures in sentences that tell an admin what to do.

use super::{ConfluenceError, Problem};

impl ConfluenceError {
    /// What happened and what to do, for the admin pages.
    pub fn sentence(&self) -> String {
        of(&self.problem)
    }
}

fn of(problem: &Problem) -> String {
    match problem {
        Problem::Unreachable { detail } => format!(
            "Confluence cannot be reached ({detail}). Check the address, and that this server may connect to it."
        ),
        Problem::Tls { detail } => format!(
            "The certificate of the site is not accepted ({detail}). If a company's own authority signed it, add that \
             authority to the system's certificates."
        ),
        Problem::TimedOut => "Confluence took too long to answer. It is asked again later.".to_owned(),
        Problem::Blocked { host } => format!(
            "{host} has an address that the portal does not connect to. If this is meant, list its network in \
             VESTIBULE_CONFLUENCE_NETWORKS."
        ),
        Problem::WrongHost { to } => format!(
            "The site points to {to}. Credentials are never sent there: if the site has moved, enter its new address."
        ),
        Problem::Unauthorized => {
            "The credentials are not accepted. Enter new ones, then test the connection.".to_owned()
        }
        Problem::Captcha => "Too many failed sign-ins: Confluence asks this account for a CAPTCHA. Sign in once with a \
                             browser as this account, then test the connection."
            .to_owned(),
        Problem::ScopeMissing { need } => {
            let (classic, granular) = need.scopes();
            format!(
                "The token lacks a scope. Make one with {classic} (classic) or {granular} (granular)."
            )
        }
        _ => of_answer(problem),
    }
}

/// What a site answered that was reached and knows us.
fn of_answer(problem: &Problem) -> String {
    match problem {
        Problem::Forbidden { detail } if detail.is_empty() => {
            "The account may not do this. Ask an admin of the site for read rights.".to_owned()
        }
        Problem::Forbidden { detail } => format!(
            "The account may not do this ({detail}). Ask an admin of the site for read rights."
        ),
        Problem::NotFound => {
            "It does not exist, or the connection's account may not see it.".to_owned()
        }
        Problem::Gone => "The site no longer offers this call.".to_owned(),
        Problem::Rejected { detail } => format!("The site did not accept the question ({detail})."),
        Problem::RateLimited { retry_after, .. } => format!(
            "The site limits how often it is asked. It is asked again in {}.",
            span(retry_after.as_secs())
        ),
        Problem::BudgetSpent { retry_after } => format!(
            "The connection's hourly budget of requests is spent. It goes on in {}.",
            span(retry_after.as_secs())
        ),
        Problem::Paused { retry_after } => format!(
            "The site failed several times in a row. It is asked again in {}.",
            span(retry_after.as_secs())
        ),
        Problem::Server { status, .. } => format!(
            "Confluence answered with an error of its own ({status}). It is asked again later."
        ),
        Problem::NotUnderstood { what } => format!(
            "The answer is not what Confluence should send ({what}). Check the address, and whether a proxy or a login \
             page stands in between."
        ),
        Problem::TooLarge { limit_bytes } => format!(
            "The answer is larger than {} MiB.",
            limit_bytes / (1024 * 1024)
        ),
        Problem::GrantInvalid => {
            "The authorization has run out or was withdrawn. Connect the site again.".to_owned()
        }
        // Said by `of`.
        other => other.to_string(),
    }
}

fn span(seconds: u64) -> String {
    match seconds {
        0 | 1 => "a second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

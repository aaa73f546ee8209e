//! Tells failures apart by status, headers and whichever body form came along: the JSON of the first interface, of the
//! second, of the gateway and of the token service, web pages, plain text, nothing. Does no I/O.

use reqwest::{
    StatusCode,
    header::{HeaderMap, LOCATION},
};
use serde_json::Value;

use super::{Need, Problem};
use crate::confluence::pace::Told;

const LONGEST_DETAIL: usize = 160;

/// Confluence's words, in small letters, for a person in whose name nobody may ask. The whole detail of a refusal that
/// has them.
pub const NO_ACTIVE_PERSON: &str = "no valid active user exists";

/// What an answer without success means. `need` names the scopes if it turns out that one is missing.
pub(in crate::confluence) fn problem(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    need: Need,
) -> Problem {
    if is_captcha(headers) {
        return Problem::Captcha;
    }
    let message = message(body);
    let told = message.as_deref().unwrap_or_default();
    let detail = clean(told);
    match status.as_u16() {
        300..=399 => redirect(headers),
        401 | 403 if told.to_ascii_lowercase().contains("scope") => Problem::ScopeMissing { need },
        401 => Problem::Unauthorized,
        403 if says_nobody(body) => Problem::Forbidden {
            detail: NO_ACTIVE_PERSON.to_owned(),
        },
        403 => Problem::Forbidden { detail },
        404 if told.contains("GoneException") => Problem::Gone,
        404 => Problem::NotFound,
        410 => Problem::Gone,
        408 => Problem::TimedOut,
        429 => {
            let told = Told::read(headers);
            Problem::RateLimited {
                retry_after: told.pause(),
                reason: told
                    .reason
                    .unwrap_or_else(|| "too many requests".to_owned()),
            }
        }
        400..=499 => Problem::Rejected { detail },
        status => Problem::Server {
            status,
            retry_after: Told::read(headers).retry_after,
            detail,
        },
    }
}

/// In JSON or not.
fn says_nobody(body: &[u8]) -> bool {
    String::from_utf8_lossy(body)
        .to_lowercase()
        .contains(NO_ACTIVE_PERSON)
}

/// The name under which the site's operator or vendor finds the request in the logs.
pub(in crate::confluence) fn trace_id(headers: &HeaderMap) -> Option<String> {
    let value = headers
        .get("atl-traceid")
        .or_else(|| headers.get("x-arequestid"))?
        .to_str()
        .ok()?;
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "-_.:".contains(*letter);
    Some(value.chars().filter(is_plain).take(80).collect())
}

fn is_captcha(headers: &HeaderMap) -> bool {
    headers
        .get("x-authentication-denied-reason")
        .is_some_and(|value| value.as_bytes().starts_with(b"CAPTCHA"))
}

/// A site answers calls without valid credentials with its login page; every other redirect means another address.
fn redirect(headers: &HeaderMap) -> Problem {
    let location = headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let path = location.split(['?', '#']).next().unwrap_or_default();
    if path.contains("/login") || path.contains("/authenticate") {
        return Problem::Unauthorized;
    }
    let to = match url::Url::parse(location) {
        Ok(url) => url.origin().ascii_serialization(),
        Err(_) => "another path of its own".to_owned(),
    };
    Problem::WrongHost { to }
}

/// The sentence for people in a JSON body; `None` for everything else.
fn message(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let places = [
        "/data/errors/0/message/translation",
        "/message",
        "/errors/0/title",
        "/errors/0/detail",
        "/errors/0/code",
        "/error_description",
        "/error",
    ];
    let found: Vec<&str> = places
        .iter()
        .filter_map(|place| json.pointer(place)?.as_str())
        .collect();
    // All of them, because which one tells about scopes or removal differs.
    match found.is_empty() {
        true => Some("an error without words".to_owned()),
        false => Some(found.join(" ")),
    }
}

/// Without Java's class names, markup and control characters, and short.
fn clean(message: &str) -> String {
    let is_class = |word: &str| word.matches('.').count() >= 2 && word.ends_with(':');
    let words = message.split_whitespace().filter(|word| !is_class(word));
    let text: String = words
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .filter(|letter| !letter.is_control() && !"<>&\"".contains(*letter))
        .take(LONGEST_DETAIL)
        .collect();
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::{
        StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue},
    };

    use super::{NO_ACTIVE_PERSON, Need, Problem, problem, trace_id};

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::try_from(*name).unwrap();
                (name, HeaderValue::try_from(*value).unwrap())
            })
            .collect()
    }

    #[track_caller]
    fn check(status: u16, body: &str, expected: Problem) {
        check_with(status, &[], body, expected);
    }

    #[track_caller]
    fn check_with(status: u16, pairs: &[(&str, &str)], body: &str, expected: Problem) {
        let status = StatusCode::from_u16(status).unwrap();
        let found = problem(status, &headers(pairs), body.as_bytes(), Need::Search);
        assert_eq!(found, expected, "{status} {body}");
    }

    #[test]
    fn absent_and_hidden_content_is_not_found_in_every_form() {
        check(
            404,
            r#"{"statusCode":404,"data":{"authorized":false,"valid":false,"errors":[{"message":{"translation":"No content with id <ContentId{id=12345}> can be found","args":[]}}],"successful":false},"message":"com.atlassian.confluence.api.service.exceptions.api.NotFoundException: No content with id <ContentId{id=12345}> can be found"}"#,
            Problem::NotFound,
        );
        check(
            404,
            r#"{"statusCode":404,"data":{"authorized":false,"valid":true,"errors":[],"successful":false},"message":"Cannot find content. Outdated version/old_draft/trashed? Please provide valid ContentId."}"#,
            Problem::NotFound,
        );
        check(
            404,
            r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Page not found","detail":null}]}"#,
            Problem::NotFound,
        );
        check(404, "<html><title>404</title></html>", Problem::NotFound);
        check(404, "", Problem::NotFound);
    }

    #[test]
    fn removed_calls_are_gone_by_status_or_by_words() {
        let body = r#"{"statusCode":410,"message":"com.atlassian.confluence.api.service.exceptions.GoneException: This deprecated endpoint has been removed."}"#;
        check(410, body, Problem::Gone);
        check(404, body, Problem::Gone);
    }

    #[test]
    fn whom_nobody_may_act_as_is_told_in_every_form() {
        for body in [
            r#"{"message":"Add-on disallowed to impersonate the user because 'No valid active user exists'"}"#,
            "<html><body>No Valid Active User Exists</body></html>",
        ] {
            let detail = NO_ACTIVE_PERSON.to_owned();
            check(403, body, Problem::Forbidden { detail });
        }
    }

    #[test]
    fn a_missing_scope_is_no_refusal_of_the_credentials() {
        check(
            401,
            r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
            Problem::ScopeMissing { need: Need::Search },
        );
        check(
            401,
            r#"{"code":401,"message":"Unauthorized"}"#,
            Problem::Unauthorized,
        );
        check_with(
            401,
            &[(
                "www-authenticate",
                "OAuth realm=\"https%3A%2F%2Facme.atlassian.net%2Fwiki\"",
            )],
            "<html></html>",
            Problem::Unauthorized,
        );
        check(401, "", Problem::Unauthorized);
    }

    #[test]
    fn refusals_keep_a_short_clean_detail() {
        check(
            403,
            r#"{"statusCode":403,"data":{"authorized":false,"valid":true,"errors":[],"successful":false},"message":"com.atlassian.confluence.api.service.exceptions.PermissionException: User not permitted to use Confluence","reason":"Forbidden"}"#,
            Problem::Forbidden {
                detail: "User not permitted to use Confluence".to_owned(),
            },
        );
        check(
            403,
            "XSRF check failed",
            Problem::Forbidden {
                detail: String::new(),
            },
        );
        check(
            403,
            "",
            Problem::Forbidden {
                detail: String::new(),
            },
        );
        check(
            400,
            r#"{"statusCode":400,"message":"com.atlassian.confluence.api.service.exceptions.BadRequestException: Could not parse <b>cql</b>"}"#,
            Problem::Rejected {
                detail: "Could not parse bcql/b".to_owned(),
            },
        );
    }

    #[test]
    fn a_captcha_is_seen_under_any_status() {
        let captcha = [(
            "X-Authentication-Denied-Reason",
            "CAPTCHA_CHALLENGE; login-url=https://x",
        )];
        check_with(401, &captcha, "", Problem::Captcha);
        check_with(403, &captcha, "<html></html>", Problem::Captcha);
    }

    #[test]
    fn limits_carry_their_time_and_reason() {
        check_with(
            429,
            &[
                ("Retry-After", "5"),
                ("RateLimit-Reason", "confluence-burst-based"),
            ],
            "",
            Problem::RateLimited {
                retry_after: Duration::from_secs(5),
                reason: "too many requests at once".to_owned(),
            },
        );
        check_with(
            503,
            &[("Retry-After", "3")],
            "<html>down</html>",
            Problem::Server {
                status: 503,
                retry_after: Some(Duration::from_secs(3)),
                detail: String::new(),
            },
        );
    }

    #[test]
    fn redirects_are_a_login_or_another_address_without_its_query() {
        check_with(
            302,
            &[("Location", "/confluence/login.action?os_destination=x")],
            "",
            Problem::Unauthorized,
        );
        check_with(
            301,
            &[("Location", "https://evil.example/x?token=1")],
            "",
            Problem::WrongHost {
                to: "https://evil.example".to_owned(),
            },
        );
    }

    #[test]
    fn trace_ids_of_both_products_are_kept_without_odd_letters() {
        let cloud = headers(&[("atl-traceid", "0123abcd")]);
        assert_eq!(trace_id(&cloud).unwrap(), "0123abcd");
        let server = headers(&[("X-AREQUESTID", "1x2x3 <b>")]);
        assert_eq!(trace_id(&server).unwrap(), "1x2x3b");
        assert_eq!(trace_id(&HeaderMap::new()), None);
    }
}

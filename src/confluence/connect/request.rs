//! The token of a request that Confluence, or a script inside it, sends to us: where it stands, and whether it is for this
//! request. Whose secret counts is the caller's.

use percent_encoding::percent_decode;
use time::OffsetDateTime;

use super::jwt::{self, Claims, JwtError};
use super::qsh;
use crate::confluence::Secret;

/// What tokens of scripts say instead of the hash of a request.
const CONTEXT: &str = "context-qsh";

/// Which hash a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QshRule {
    /// That of the request itself: call-backs and pages in frames.
    Exact,
    /// Also the fixed text in tokens that Confluence gives to scripts: what pages of ours ask for in the background.
    OrContext,
}

/// A request as it came in, before any router or proxy of ours changed it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Path and query as they stood in the request line.
    pub target: &'a str,
}

/// There is a token in the query and one in the header, or two in the query: which of them counts would be a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is more than one token")]
pub struct TooManyTokens;

/// The token of a request, from `jwt` in the query or `Authorization: JWT …`. Other schemes are none of ours.
pub fn one_token(
    query: &str,
    authorization: Option<&str>,
) -> Result<Option<String>, TooManyTokens> {
    let from_header = authorization.and_then(|header| {
        let (scheme, token) = header.trim().split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("JWT")
            .then(|| token.trim().to_owned())
    });
    let mut tokens = query
        .split('&')
        .filter_map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let decode = |text: &str| {
                percent_decode(text.as_bytes())
                    .decode_utf8_lossy()
                    .into_owned()
            };
            (decode(name) == "jwt").then(|| decode(value))
        })
        .chain(from_header);
    let token = tokens.next();
    match tokens.next() {
        Some(_) => Err(TooManyTokens),
        None => Ok(token),
    }
}

/// Checks a token with a shared secret, and that it is for this request.
pub fn verify_request(
    token: &str,
    secret: &Secret,
    request: Request<'_>,
    rule: QshRule,
    now: OffsetDateTime,
) -> Result<Claims, JwtError> {
    let claims = jwt::verify(token, secret, now)?;
    check_qsh(&claims, request, rule)?;
    Ok(claims)
}

pub(super) fn check_qsh(
    claims: &Claims,
    request: Request<'_>,
    rule: QshRule,
) -> Result<(), JwtError> {
    let claimed = claims.qsh.as_deref().ok_or(JwtError::Claims)?;
    let is_context = rule == QshRule::OrContext && claimed == CONTEXT;
    match is_context || qsh::matches(claimed, request.method, request.target, "") {
        true => Ok(()),
        false => Err(JwtError::Request),
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::{QshRule, Request, TooManyTokens, one_token, verify_request};
    use crate::confluence::Secret;
    use crate::confluence::connect::{jwt, jwt::JwtError, qsh};

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn the_token_is_taken_from_query_or_header() {
        let check = |query, header, expected: Option<&str>| {
            assert_eq!(one_token(query, header), Ok(expected.map(str::to_owned)));
        };
        check("", None, None);
        check("a=1&jwt=x.y.z", None, Some("x.y.z"));
        check("j%77t=x%2Ey", None, Some("x.y"));
        check("a=1", Some("JWT x.y.z"), Some("x.y.z"));
        check("a=1", Some("jwt  x.y.z "), Some("x.y.z"));
        check("jwt=x", Some("Bearer y"), Some("x"));
        check("notjwt=x&jwt2=y", Some("Basic eDp5"), None);
        check("jwt", None, Some(""));
    }

    #[test]
    fn of_two_tokens_none_counts() {
        for (query, header) in [
            ("jwt=x", Some("JWT y")),
            ("jwt=x", Some("JWT x")),
            ("jwt=x&jwt=y", None),
            ("jwt=x&%6Awt=x", None),
            ("jwt=", Some("JWT y")),
        ] {
            assert_eq!(one_token(query, header), Err(TooManyTokens), "{query}");
        }
    }

    #[track_caller]
    fn check(qsh: &str, rule: QshRule, expected: Result<(), JwtError>) {
        let secret = Secret::new("s");
        let token = jwt::sign("key", "client", &secret, qsh, NOW).unwrap();
        let request = Request {
            method: "GET",
            target: "/atlassian/share?pageId=1&jwt=x",
        };
        let verified = verify_request(&token, &secret, request, rule, NOW).map(|_claims| ());
        assert_eq!(verified, expected, "{qsh}");
    }

    #[test]
    fn a_token_counts_for_its_own_request() {
        let own = qsh::hash("GET", "/atlassian/share?pageId=1", "");
        check(&own, QshRule::Exact, Ok(()));
        check(&own, QshRule::OrContext, Ok(()));
        let other = qsh::hash("GET", "/atlassian/share?pageId=2", "");
        check(&other, QshRule::Exact, Err(JwtError::Request));
        check(&other, QshRule::OrContext, Err(JwtError::Request));
        check("", QshRule::OrContext, Err(JwtError::Request));
    }

    #[test]
    fn a_script_s_token_counts_only_where_the_route_says_so() {
        check("context-qsh", QshRule::OrContext, Ok(()));
        check("context-qsh", QshRule::Exact, Err(JwtError::Request));
    }
}

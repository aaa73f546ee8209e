//! What the portal itself puts into the query of content addresses, taken out of it: unlock tokens and probes.

use percent_encoding::percent_decode_str;

use crate::shares::ticket::{Errand, Ticket};

const TOKEN: &str = "unlock";
const PROBE: &str = "h";

/// A query string taken apart: the first token and the first probe, if there are any, and everything else as it was
/// written.
pub struct Query {
    pub token: Option<String>,
    pub probe: Option<String>,
    pub rest: String,
}

impl Query {
    /// `written` is the raw query string. Names are compared after percent-decoding, values of other parameters stay
    /// byte for byte.
    pub fn take_apart(written: &str) -> Self {
        let (mut token, mut probe) = (None, None);
        let mut rest = Vec::new();
        for pair in written.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let is = |known: &str| percent_decode_str(name).eq(known.bytes());
            if is(TOKEN) {
                token.get_or_insert_with(|| decode(value));
            } else if is(PROBE) && Ticket::looks_like(Errand::Probe, value) {
                probe.get_or_insert_with(|| decode(value));
            } else {
                rest.push(pair);
            }
        }
        Self {
            token,
            probe,
            rest: rest.join("&"),
        }
    }

    /// The address without them.
    pub fn clean(&self, path: &str) -> String {
        if self.rest.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", self.rest)
        }
    }
}

/// The clean address `clean` with a probe.
pub fn with_probe(clean: &str, ticket: &str) -> String {
    let separator = if clean.contains('?') { '&' } else { '?' };
    format!("{clean}{separator}{PROBE}={ticket}")
}

/// The clean address `clean` with a token.
pub fn with_token(clean: &str, token: &str) -> String {
    let separator = if clean.contains('?') { '&' } else { '?' };
    let token: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
    format!("{clean}{separator}{TOKEN}={token}")
}

fn decode(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::{Query, with_probe, with_token};

    /// What looks like one.
    fn probe() -> String {
        format!("Ag{}", "A".repeat(150))
    }

    #[test]
    fn the_token_is_taken_out_and_the_rest_is_kept_byte_for_byte() {
        let probe = probe();
        let query = format!("a=1&unlock=x.y.z&b=%C3%A4+c&=&h={probe}&a=2&h=1080&empty");
        let query = Query::take_apart(&query);
        assert_eq!(query.token.as_deref(), Some("x.y.z"));
        assert_eq!(query.probe, Some(probe));
        assert_eq!(
            query.clean("/content/s"),
            "/content/s?a=1&b=%C3%A4+c&=&a=2&h=1080&empty"
        );
    }

    #[test]
    fn the_first_of_two_tokens_counts_and_an_escaped_name_is_the_same_name() {
        let query = format!("unlock=first&%75nlock=second&%68={}", probe());
        let query = Query::take_apart(&query);
        assert_eq!(query.token.as_deref(), Some("first"));
        assert_eq!(query.probe, Some(probe()));
        assert_eq!(query.clean("/p"), "/p");
    }

    #[test]
    fn another_case_is_another_parameter_and_an_empty_token_is_a_token() {
        assert!(Query::take_apart("UNLOCK=x&H=x").token.is_none());
        assert_eq!(Query::take_apart("unlock").token.as_deref(), Some(""));
        assert_eq!(Query::take_apart("unlock=").token.as_deref(), Some(""));
    }

    #[test]
    fn what_is_put_in_comes_out_again() {
        for clean in ["/p", "/p?x=1"] {
            let query = with_token(clean, "a.b&c");
            let query = Query::take_apart(query.split_once('?').unwrap().1);
            assert_eq!(query.token.as_deref(), Some("a.b&c"));
            assert_eq!(query.clean("/p"), clean);
            let query = with_probe(clean, &probe());
            let query = Query::take_apart(query.split_once('?').unwrap().1);
            assert_eq!(query.probe, Some(probe()));
        }
    }
}

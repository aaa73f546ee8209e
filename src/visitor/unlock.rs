//! The `unlock` parameter of content addresses: taking it out of a query. The rule it meets is `shares::unlock_token`.

use percent_encoding::percent_decode_str;
const PARAMETER: &str = "unlock";

/// A query string taken apart: the first token, if there is one, and everything else as it was written.
pub struct Query {
    pub token: Option<String>,
    pub rest: String,
}

impl Query {
    /// `written` is the raw query string. Names are compared after percent-decoding, values of other parameters stay
    /// byte for byte.
    pub fn take_apart(written: &str) -> Self {
        let mut token = None;
        let mut rest = Vec::new();
        for pair in written.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if percent_decode_str(name).eq(PARAMETER.bytes()) {
                token.get_or_insert_with(|| decode(value));
            } else {
                rest.push(pair);
            }
        }
        Self {
            token,
            rest: rest.join("&"),
        }
    }

    /// The address without the token.
    pub fn clean(&self, path: &str) -> String {
        if self.rest.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{}", self.rest)
        }
    }
}

fn decode(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn the_token_is_taken_out_and_the_rest_is_kept_byte_for_byte() {
        let query = Query::take_apart("a=1&unlock=x.y.z&b=%C3%A4+c&=&a=2&empty");
        assert_eq!(query.token.as_deref(), Some("x.y.z"));
        assert_eq!(
            query.clean("/content/s"),
            "/content/s?a=1&b=%C3%A4+c&=&a=2&empty"
        );
    }

    #[test]
    fn the_first_of_two_tokens_counts_and_an_escaped_name_is_the_same_name() {
        let query = Query::take_apart("unlock=first&%75nlock=second");
        assert_eq!(query.token.as_deref(), Some("first"));
        assert_eq!(query.clean("/p"), "/p");
    }

    #[test]
    fn another_case_is_another_parameter_and_an_empty_token_is_a_token() {
        assert!(Query::take_apart("UNLOCK=x").token.is_none());
        assert_eq!(Query::take_apart("unlock").token.as_deref(), Some(""));
        assert_eq!(Query::take_apart("unlock=").token.as_deref(), Some(""));
    }
}

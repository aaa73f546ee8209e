//! Cookies of one person at one site: which a visitor may bring, and what the site sets and takes away.

use std::net::IpAddr;

use reqwest::header::{HeaderMap, SET_COOKIE};

use crate::confluence::{authorization::Authorization, secret::Secret};

pub(super) const SESSION: &str = "JSESSIONID";
pub(super) const XSRF: &str = "atlassian.xsrf.token";
const LONGEST_VALUE: usize = 4096;

/// Cookies of one person at one site. No `Debug` or `Clone`: they are as good as a password.
pub struct Jar(Vec<(String, String)>);

impl Jar {
    /// Of what a browser sent, the cookies of these names whose values are made of what values may be made of (RFC 6265).
    /// Of two of a name the first one counts.
    pub fn of_visitor<'a>(
        sent: impl Iterator<Item = (&'a str, &'a str)>,
        names: &[String],
    ) -> Self {
        let mut jar = Self::empty();
        for (name, value) in sent {
            let is_named = names.iter().any(|named| named == name);
            if is_named && is_value(value) && jar.get(name).is_none() {
                jar.0.push((name.to_owned(), value.to_owned()));
            }
        }
        jar
    }

    pub fn empty() -> Self {
        Self(Vec::new())
    }

    pub fn of_stored(cookies: Vec<(String, String)>) -> Self {
        Self(cookies)
    }

    /// For sealing; for nothing else.
    pub fn into_cookies(self) -> Vec<(String, String)> {
        self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this jar was filled for a browser that brings these today: by the token of Crowd, and where nobody has one by
    /// all that it brings.
    pub fn is_of(&self, brought: &Self, crowd_cookie: &str) -> bool {
        let token = |jar: &Self| {
            jar.get(crowd_cookie)
                .map(|it| it.trim_matches('"').to_owned())
        };
        match (token(self), token(brought)) {
            (None, None) => {
                let is_here = |(name, value): &(String, String)| self.get(name) == Some(value);
                !brought.is_empty() && brought.0.iter().all(is_here)
            }
            (kept, today) => kept == today,
        }
    }

    /// Takes what the same browser brings today. A session of our own is better than one that it has from elsewhere.
    pub fn renew(&mut self, brought: Self) {
        for (name, value) in brought.0 {
            if name != SESSION || self.get(SESSION).is_none() {
                self.set(name, value);
            }
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }

    fn set(&mut self, name: String, value: String) {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value));
    }

    /// Keeps what the site sets: its session, its token against forged requests, and cookies that are here already.
    pub(super) fn take_up(&mut self, headers: &HeaderMap) {
        for header in headers.get_all(SET_COOKIE) {
            let Ok(text) = header.to_str() else { continue };
            let pair = text.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim());
            let is_kept = [SESSION, XSRF].contains(&name) || self.get(name).is_some();
            if !is_kept {
                continue;
            }
            if is_removal(text, value) {
                self.0.retain(|(known, _)| known != name);
            } else if is_value(value) {
                self.set(name.to_owned(), value.to_owned());
            }
        }
    }

    /// A whole `Cookie` header, for asking in the person's name.
    pub fn header(&self) -> String {
        let pairs = self.0.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    pub(super) fn authorization(&self, client: IpAddr) -> Authorization {
        Authorization::Cookies {
            cookies: Secret::new(self.header()),
            client,
        }
    }
}

fn is_value(value: &str) -> bool {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let octets = inner.unwrap_or(value);
    let of_cookie =
        |byte: u8| matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e);
    !octets.is_empty() && octets.len() <= LONGEST_VALUE && octets.bytes().all(of_cookie)
}

fn is_removal(header: &str, value: &str) -> bool {
    let ends = header.split(';').skip(1).any(|attribute| {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let is_over = value.trim().starts_with('-') || value.trim() == "0";
        name.trim().eq_ignore_ascii_case("max-age") && is_over
    });
    ends || value.trim_matches('"').is_empty()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, SET_COOKIE};

    use super::{Authorization, Jar};

    fn names() -> Vec<String> {
        ["crowd.token_key", "JSESSIONID"].map(str::to_owned).into()
    }

    fn jar(sent: &[(&str, &str)]) -> Jar {
        Jar::of_visitor(sent.iter().copied(), &names())
    }

    fn shown(jar: &Jar) -> String {
        let Authorization::Cookies { cookies, client } =
            jar.authorization("203.0.113.7".parse().unwrap())
        else {
            panic!("cookies are no password");
        };
        assert_eq!(client.to_string(), "203.0.113.7");
        cookies.reveal().to_owned()
    }

    #[test]
    fn only_named_cookies_travel_and_the_first_of_a_name_counts() {
        let sent = [
            ("vst_admin", "secret"),
            ("crowd.token_key", "abc"),
            ("Crowd.Token_Key", "other"),
            ("crowd.token_key", "tossed"),
            ("JSESSIONID", "\"quoted\""),
        ];
        assert_eq!(
            shown(&jar(&sent)),
            "crowd.token_key=abc; JSESSIONID=\"quoted\""
        );
    }

    #[test]
    fn a_value_cannot_bring_another_cookie_or_header() {
        for value in [
            "",
            "\"\"",
            "a b",
            "a;JSESSIONID=x",
            "a\r\nX-Forwarded-For: 10.0.0.1",
            "a\0b",
            "a,b",
            "a\"b",
            "\u{e9}",
            &"x".repeat(5000),
        ] {
            assert!(jar(&[("crowd.token_key", value)]).is_empty(), "{value:?}");
        }
    }

    #[test]
    fn what_the_site_sets_is_kept_and_what_it_takes_away_goes() {
        let mut headers = HeaderMap::new();
        for set in [
            "JSESSIONID=session; Path=/; HttpOnly",
            "atlassian.xsrf.token=x|y; Path=/",
            "tracking=no; Path=/",
            "crowd.token_key=\"\"; Path=/; Max-Age=0",
        ] {
            headers.append(SET_COOKIE, set.parse().unwrap());
        }
        let mut jar = jar(&[("crowd.token_key", "abc")]);
        jar.take_up(&headers);
        assert_eq!(shown(&jar), "JSESSIONID=session; atlassian.xsrf.token=x|y");
    }

    #[test]
    fn a_jar_belongs_to_the_browser_that_brings_its_token() {
        let is_of = |kept: &[(&str, &str)], brought: &[(&str, &str)]| {
            jar(kept).is_of(&jar(brought), "crowd.token_key")
        };
        let kept = [("crowd.token_key", "ada"), ("JSESSIONID", "ours")];
        assert!(is_of(&kept, &[("crowd.token_key", "ada")]));
        assert!(is_of(&kept, &[("crowd.token_key", "\"ada\"")]));
        assert!(!is_of(&kept, &[("crowd.token_key", "bob")]));
        assert!(!is_of(&kept, &[("JSESSIONID", "ours")]));
        assert!(!is_of(&kept, &[]));
        let session = [("JSESSIONID", "1")];
        assert!(is_of(&session, &session));
        assert!(!is_of(&session, &[("JSESSIONID", "2")]));
        assert!(!is_of(&session, &kept));
        assert!(!is_of(&session, &[]));
        assert!(!is_of(&[], &[]));
    }

    #[test]
    fn a_session_of_our_own_is_better_than_one_from_elsewhere() {
        let mut kept = jar(&[("crowd.token_key", "ada"), ("JSESSIONID", "ours")]);
        kept.renew(jar(&[
            ("crowd.token_key", "ada"),
            ("JSESSIONID", "elsewhere"),
        ]));
        assert_eq!(shown(&kept), "JSESSIONID=ours; crowd.token_key=ada");
    }
}

//! One origin, as typed and as normalised; and which hosts need no TLS.

use url::{Host, Url};

use crate::config::EmbedWildcards;

/// `https://host[:port]`, host in lower case and punycode, default port left out. Safe to stand in a header.
///
/// Its first label may be `*`: every host below the rest, but not the rest itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// Why an entry is not an origin; the text names the entry and the fix.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OriginError {
    #[error("“{0}” is not an origin: write it as https://www.example.com")]
    NotAnOrigin(String),
    #[error(
        "“{0}” must begin with https:// (http:// only for localhost and other loopback addresses)"
    )]
    NotHttps(String),
    #[error(
        "“{0}” has a path, a query, a fragment or a user name: write only the scheme, host and port, as in https://www.example.com"
    )]
    MoreThanOrigin(String),
    #[error(
        "“{0}” has a wildcard, which this portal does not take: list each host by its own name, or ask whoever runs the portal to set VESTIBULE_EMBED_WILDCARDS to allow"
    )]
    WildcardRefused(String),
    #[error(
        "“{0}” has a wildcard where none can be: write it as https://*.example.com, with at least two names after the *"
    )]
    WildcardMisplaced(String),
    #[error("“*” lets every site embed the share; it must stand alone")]
    AnyBesideOthers,
    #[error("at most {MOST} origins can be listed")]
    TooMany,
}

/// Of one share.
pub(super) const MOST: usize = 50;

const WILDCARD: &str = "https://*.";

impl Origin {
    /// Reads one without a wildcard.
    pub fn parse(written: &str) -> Result<Self, OriginError> {
        Self::parse_with(written, EmbedWildcards::Refuse)
    }

    pub(super) fn parse_with(
        written: &str,
        wildcards: EmbedWildcards,
    ) -> Result<Self, OriginError> {
        let shown = || shown(written);
        if !written.contains('*') {
            let (_, origin) = parse_exact(written)?;
            return Ok(Self(origin));
        }
        if wildcards == EmbedWildcards::Refuse {
            return Err(OriginError::WildcardRefused(shown()));
        }
        let below = match written.split_at_checked(WILDCARD.len()) {
            Some((start, below)) if start.eq_ignore_ascii_case(WILDCARD) => below,
            _ => return Err(OriginError::WildcardMisplaced(shown())),
        };
        let (host, exact) =
            parse_exact(&format!("https://{below}")).map_err(|error| match error {
                OriginError::MoreThanOrigin(_) => OriginError::MoreThanOrigin(shown()),
                _ => OriginError::WildcardMisplaced(shown()),
            })?;
        // Below a single name, such as `com`, are sites of many owners.
        match (host, exact.strip_prefix("https://")) {
            (Host::Domain(name), Some(rest)) if name.contains('.') => {
                Ok(Self(format!("{WILDCARD}{rest}")))
            }
            _ => Err(OriginError::WildcardMisplaced(shown())),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it stands for many hosts, so that it is no origin to compare with or to send a message to.
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with(WILDCARD)
    }
}

/// A host without wildcard, and the origin in its normal form.
fn parse_exact(written: &str) -> Result<(Host<String>, String), OriginError> {
    let shown = || shown(written);
    let forbidden =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, ';' | ',' | '\'' | '"' | '\\');
    if written.len() > 300 || written.contains(forbidden) || !written.contains("://") {
        return Err(OriginError::NotAnOrigin(shown()));
    }
    let url = Url::parse(written).map_err(|_parse_error| OriginError::NotAnOrigin(shown()))?;
    let host = url
        .host()
        .filter(is_plain)
        .ok_or_else(|| OriginError::NotAnOrigin(shown()))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&host) => {}
        "http" => return Err(OriginError::NotHttps(shown())),
        _ => return Err(OriginError::NotAnOrigin(shown())),
    }
    let only_origin = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && !written.contains('@');
    if !only_origin {
        return Err(OriginError::MoreThanOrigin(shown()));
    }
    Ok((host.to_owned(), url.origin().ascii_serialization()))
}

/// What a header may hold. The URL parser decodes `%3B` in a host, and turns the wide form of `*` into the plain one; to
/// it such names are hosts.
fn is_plain(host: &Host<&str>) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    match host {
        Host::Domain(name) => {
            name.bytes().all(is_letter) && name.split('.').all(|label| !label.is_empty())
        }
        Host::Ipv4(_) | Host::Ipv6(_) => true,
    }
}

fn shown(written: &str) -> String {
    written.chars().take(100).collect()
}

/// `localhost`, its subdomains, 127.0.0.0/8 and ::1: browsers treat them as trustworthy without TLS.
pub fn is_loopback<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.as_ref().to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, OriginError};
    use crate::config::EmbedWildcards;

    fn normal(text: &str) -> Result<String, OriginError> {
        let origin = Origin::parse_with(text, EmbedWildcards::Allow)?;
        Ok(origin.as_str().to_owned())
    }

    #[test]
    fn origins_are_normalised() {
        for (written, expected) in [
            ("https://Www.Example.COM", "https://www.example.com"),
            ("https://example.com:443/", "https://example.com"),
            ("https://example.com:8443", "https://example.com:8443"),
            ("https://müller.example", "https://xn--mller-kva.example"),
            ("https://a_b.example", "https://a_b.example"),
            ("http://localhost:8090", "http://localhost:8090"),
            ("http://127.0.0.1:8090", "http://127.0.0.1:8090"),
            ("http://[::1]:8090", "http://[::1]:8090"),
            ("https://*.Example.COM", "https://*.example.com"),
            ("HTTPS://*.example.com:443/", "https://*.example.com"),
            ("https://*.a.example:8443", "https://*.a.example:8443"),
            (
                "https://*.müller.example",
                "https://*.xn--mller-kva.example",
            ),
        ] {
            assert_eq!(normal(written).as_deref(), Ok(expected), "{written}");
        }
    }

    #[test]
    fn what_is_not_an_origin_is_refused_with_the_fix() {
        for text in [
            "example.com",
            "https:",
            "https://",
            "'self'",
            "https://a.example; script-src 'self'",
            "https://a.example\r\nX-Evil: 1",
            "https://a.example https://b.example",
            "javascript://a.example",
            "https://a\\b.example",
            "https://a.example.",
            "https://a..example",
            "https://a%3Bsandbox.example",
            "https://a%2Cb.example",
            "https://%2a.example.com",
            "https://＊.example.com",
            "https://'self'.example",
            "data:text/html,x",
        ] {
            assert!(
                matches!(normal(text), Err(OriginError::NotAnOrigin(_))),
                "{text:?}: {:?}",
                normal(text)
            );
        }
        assert!(matches!(
            normal("http://example.com"),
            Err(OriginError::NotHttps(_))
        ));
        for text in [
            "https://a.example/path",
            "https://a.example/?q",
            "https://a.example/#f",
            "https://u@a.example",
            "https://u:p@a.example",
            "https://*.a.example/path",
        ] {
            assert!(
                matches!(normal(text), Err(OriginError::MoreThanOrigin(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_wildcard_is_one_whole_label_before_two_others() {
        for text in [
            "https://*",
            "https://*.com",
            "https://*.com.",
            "https://*.com:8443",
            "https://*:8443",
            "https://*.*.example.com",
            "https://a.*.example.com",
            "https://www*.example.com",
            "https://*www.example.com",
            "https://*.192.168.0.1",
            "https://*.[::1]",
            "https://*..example.com",
            "https://*.u@example.com",
            "http://*.example.com",
            "http://*.app.localhost",
            "*.example.com",
            "*://www.example.com",
            "https://www.example.com:*",
        ] {
            let refused = normal(text).unwrap_err();
            assert!(
                matches!(
                    refused,
                    OriginError::WildcardMisplaced(_) | OriginError::MoreThanOrigin(_)
                ),
                "{text}: {refused:?}"
            );
            assert!(refused.to_string().contains(text), "{refused}");
        }
    }

    #[test]
    fn only_a_wildcard_stands_for_many() {
        let is_wildcard = |text| {
            Origin::parse_with(text, EmbedWildcards::Allow).map(|origin| origin.is_wildcard())
        };
        assert_eq!(is_wildcard("https://*.example.com"), Ok(true));
        assert_eq!(is_wildcard("https://www.example.com"), Ok(false));
    }
}

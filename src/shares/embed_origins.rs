//! Which sites may frame a share: parsing and normalising origins. Headers are made from this in `web`.

use url::{Host, Url};

/// The origins that may frame a share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum EmbedOrigins {
    /// No site may.
    #[default]
    None,
    /// Every site may: the admin wrote a single `*`.
    Any,
    Listed(Vec<Origin>),
}

/// `https://host[:port]`, host in lower case and punycode, default port left out. Safe to stand in a header.
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
    #[error("“{0}” has a wildcard: list each host by its own name")]
    Wildcard(String),
    #[error("“*” lets every site embed the share; it must stand alone")]
    AnyBesideOthers,
    #[error("at most {} origins can be listed", EmbedOrigins::MAX)]
    TooMany,
}

impl EmbedOrigins {
    /// More would make the header longer than proxies accept.
    pub const MAX: usize = 50;

    /// Reads a list as typed; empty entries are skipped, doubles dropped. Every wrong entry is reported.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<OriginError>> {
        let entries: Vec<&str> = entries
            .into_iter()
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .collect();
        if entries.contains(&"*") {
            let alone = entries.iter().all(|entry| *entry == "*");
            return if alone {
                Ok(Self::Any)
            } else {
                Err(vec![OriginError::AnyBesideOthers])
            };
        }
        let mut origins = Vec::new();
        let mut errors = Vec::new();
        for entry in entries {
            match Origin::parse(entry) {
                Ok(origin) if origins.contains(&origin) => {}
                Ok(origin) => origins.push(origin),
                Err(error) => errors.push(error),
            }
        }
        if origins.len() > Self::MAX {
            errors.push(OriginError::TooMany);
        }
        match (errors.is_empty(), origins.is_empty()) {
            (false, _) => Err(errors),
            (true, true) => Ok(Self::None),
            (true, false) => Ok(Self::Listed(origins)),
        }
    }

    /// One entry each, as stored and as shown: `*` alone for any.
    pub fn entries(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::Any => vec!["*"],
            Self::Listed(origins) => origins.iter().map(Origin::as_str).collect(),
        }
    }

    /// The value of the CSP directive `frame-ancestors`.
    pub fn frame_ancestors(&self) -> String {
        match self {
            Self::None => "'none'".to_owned(),
            Self::Any => "*".to_owned(),
            Self::Listed(_) => self.entries().join(" "),
        }
    }
}

impl Origin {
    pub fn parse(written: &str) -> Result<Self, OriginError> {
        let shown = || written.chars().take(100).collect::<String>();
        if written.contains('*') {
            return Err(OriginError::Wildcard(shown()));
        }
        let forbidden = |c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, ';' | ',' | '\'' | '"' | '\\')
        };
        if written.len() > 300 || written.contains(forbidden) || !written.contains("://") {
            return Err(OriginError::NotAnOrigin(shown()));
        }
        let url = Url::parse(written).map_err(|_parse_error| OriginError::NotAnOrigin(shown()))?;
        let host = url
            .host()
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
        if host.to_string().ends_with('.') {
            return Err(OriginError::NotAnOrigin(shown()));
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
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
    use super::{EmbedOrigins, Origin, OriginError};

    #[test]
    fn origins_are_normalised() {
        let normal = |text: &str| Origin::parse(text).map(|origin| origin.as_str().to_owned());
        assert_eq!(
            normal("https://Www.Example.COM").unwrap(),
            "https://www.example.com"
        );
        assert_eq!(
            normal("https://example.com:443/").unwrap(),
            "https://example.com"
        );
        assert_eq!(
            normal("https://example.com:8443").unwrap(),
            "https://example.com:8443"
        );
        assert_eq!(
            normal("https://müller.example").unwrap(),
            "https://xn--mller-kva.example"
        );
        assert_eq!(
            normal("http://localhost:8090").unwrap(),
            "http://localhost:8090"
        );
        assert_eq!(
            normal("http://127.0.0.1:8090").unwrap(),
            "http://127.0.0.1:8090"
        );
        assert_eq!(normal("http://[::1]:8090").unwrap(), "http://[::1]:8090");
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
            "data:text/html,x",
        ] {
            assert!(
                matches!(Origin::parse(text), Err(OriginError::NotAnOrigin(_))),
                "{text:?}"
            );
        }
        assert!(matches!(
            Origin::parse("http://example.com"),
            Err(OriginError::NotHttps(_))
        ));
        assert!(matches!(
            Origin::parse("https://*.example.com"),
            Err(OriginError::Wildcard(_))
        ));
        for text in [
            "https://a.example/path",
            "https://a.example/?q",
            "https://a.example/#f",
            "https://u@a.example",
            "https://u:p@a.example",
        ] {
            assert!(
                matches!(Origin::parse(text), Err(OriginError::MoreThanOrigin(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_list_reports_every_wrong_entry_and_drops_doubles() {
        let errors = EmbedOrigins::parse(["https://ok.example", "nope", "http://plain.example"])
            .unwrap_err();
        assert_eq!(errors.len(), 2);
        let list = EmbedOrigins::parse([
            " https://a.example ",
            "",
            "https://A.example/",
            "https://b.example",
        ])
        .unwrap();
        assert_eq!(
            list.frame_ancestors(),
            "https://a.example https://b.example"
        );
    }

    #[test]
    fn none_and_any_are_their_own_cases() {
        assert_eq!(EmbedOrigins::parse([]).unwrap().frame_ancestors(), "'none'");
        assert_eq!(EmbedOrigins::parse(["*"]).unwrap().frame_ancestors(), "*");
        assert_eq!(
            EmbedOrigins::parse(["*", "https://a.example"]).unwrap_err(),
            [OriginError::AnyBesideOthers]
        );
    }
}

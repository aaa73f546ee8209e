//! Who we are at a site. Where credentials are kept, and how sealed, is not known here.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;

/// A password, API token, access token or client secret. No `Display`, `Serialize` or `Clone`: a leak needs intent.
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// For the request to the site and for sealing before it is stored; for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

/// What each request to the site's own interfaces carries, and no other request.
#[derive(Debug)]
pub enum Authorization {
    /// E-mail or user name with an API token or password.
    Basic { user: String, secret: Secret },
    /// A personal access token or an OAuth access token.
    Bearer(Secret),
}

impl Authorization {
    /// `None` if the secret holds characters that no header may carry, such as a line break that was pasted along.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let text = match self {
            Self::Basic { user, secret } => {
                let pair = format!("{user}:{}", secret.reveal());
                format!("Basic {}", STANDARD.encode(pair))
            }
            Self::Bearer(secret) => format!("Bearer {}", secret.reveal()),
        };
        let mut header = HeaderValue::try_from(text).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Whether a text from the site repeats what we sent it, as some error pages do.
    pub(super) fn is_repeated_in(&self, text: &str) -> bool {
        let (Self::Basic { secret, .. } | Self::Bearer(secret)) = self;
        let encoded = match self {
            Self::Basic { user, secret } => STANDARD.encode(format!("{user}:{}", secret.reveal())),
            Self::Bearer(_) => String::new(),
        };
        let text = text.to_lowercase();
        [secret.reveal(), &encoded]
            .iter()
            .any(|sent| !sent.is_empty() && text.contains(&sent.to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Authorization, Secret};

    #[test]
    fn the_header_is_marked_as_sensitive_and_debug_tells_nothing() {
        let basic = Authorization::Basic {
            user: "ada@acme.example".to_owned(),
            secret: Secret::new("t0p"),
        };
        let header = basic.header().unwrap();
        assert_eq!(header, "Basic YWRhQGFjbWUuZXhhbXBsZTp0MHA=");
        assert!(header.is_sensitive());
        assert_eq!(format!("{header:?}"), "Sensitive");
        assert!(!format!("{basic:?}").contains("t0p"));
    }

    #[test]
    fn a_secret_with_a_line_break_makes_no_header() {
        assert!(
            Authorization::Bearer(Secret::new("a\nb"))
                .header()
                .is_none()
        );
    }
}

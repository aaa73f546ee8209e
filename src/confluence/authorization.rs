//! Who we are at a site. Where credentials are kept, and how sealed, is not known here.

use std::{fmt, net::IpAddr};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    RequestBuilder,
    header::{AUTHORIZATION, COOKIE, HeaderValue},
};

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
    /// Data Center: the cookies of somebody's single sign-on. The site checks the address that they were given out for.
    Cookies {
        /// A whole `Cookie` header.
        cookies: Secret,
        /// The person's own address.
        client: IpAddr,
    },
}

impl Authorization {
    /// The request with our name in it. `None` if the secret holds characters that no header may carry, such as a line
    /// break that was pasted along.
    pub(super) fn sign(&self, request: RequestBuilder) -> Option<RequestBuilder> {
        Some(match self {
            Self::Basic { user, secret } => {
                let pair = format!("{user}:{}", secret.reveal());
                let basic = format!("Basic {}", STANDARD.encode(pair));
                request.header(AUTHORIZATION, sensitive(&basic)?)
            }
            Self::Bearer(secret) => {
                let bearer = format!("Bearer {}", secret.reveal());
                request.header(AUTHORIZATION, sensitive(&bearer)?)
            }
            Self::Cookies { cookies, client } => request
                .header(COOKIE, sensitive(cookies.reveal())?)
                .header("x-forwarded-for", client.to_string()),
        })
    }

    /// Whether a text from the site repeats what we sent it, as some error pages do.
    pub(super) fn is_repeated_in(&self, text: &str) -> bool {
        let (Self::Basic { secret, .. }
        | Self::Bearer(secret)
        | Self::Cookies {
            cookies: secret, ..
        }) = self;
        let encoded = match self {
            Self::Basic { user, secret } => STANDARD.encode(format!("{user}:{}", secret.reveal())),
            Self::Bearer(_) | Self::Cookies { .. } => String::new(),
        };
        let text = text.to_lowercase();
        [secret.reveal(), &encoded]
            .iter()
            .any(|sent| !sent.is_empty() && text.contains(&sent.to_lowercase()))
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::try_from(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use reqwest::{
        Client,
        header::{AUTHORIZATION, HeaderMap},
    };

    use super::{Authorization, Secret};

    fn headers(authorization: &Authorization) -> Option<HeaderMap> {
        let request = Client::new().get("https://wiki.acme.example/");
        let request = authorization.sign(request)?.build().unwrap();
        Some(request.headers().clone())
    }

    #[test]
    fn the_header_is_marked_as_sensitive_and_debug_tells_nothing() {
        let basic = Authorization::Basic {
            user: "ada@acme.example".to_owned(),
            secret: Secret::new("t0p"),
        };
        let headers = headers(&basic).unwrap();
        let header = headers.get(AUTHORIZATION).unwrap();
        assert_eq!(header, "Basic YWRhQGFjbWUuZXhhbXBsZTp0MHA=");
        assert!(header.is_sensitive());
        assert_eq!(format!("{header:?}"), "Sensitive");
        assert!(!format!("{basic:?}").contains("t0p"));
    }

    #[test]
    fn a_secret_with_a_line_break_makes_no_header() {
        assert!(headers(&Authorization::Bearer(Secret::new("a\nb"))).is_none());
    }

    #[test]
    fn cookies_travel_with_the_address_of_the_person() {
        let cookies = Authorization::Cookies {
            cookies: Secret::new("crowd.token_key=t0p; JSESSIONID=1"),
            client: "203.0.113.7".parse().unwrap(),
        };
        let headers = headers(&cookies).unwrap();
        assert_eq!(headers["cookie"], "crowd.token_key=t0p; JSESSIONID=1");
        assert_eq!(headers["x-forwarded-for"], "203.0.113.7");
        assert!(headers.get(AUTHORIZATION).is_none());
        assert!(headers["cookie"].is_sensitive());
    }
}

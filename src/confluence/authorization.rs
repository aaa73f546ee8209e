//! Who we are at a site. Where credentials are kept, and how sealed, is not known here.

use std::net::IpAddr;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Method, RequestBuilder,
    header::{AUTHORIZATION, COOKIE, HeaderValue},
};
use time::OffsetDateTime;
use url::{Position, Url};

use super::{
    connect::{jwt, qsh},
    secret::Secret,
    signed_token,
};

/// What the hash of a request to Cloud leaves out of its path.
const CLOUD_PATH: &str = "/wiki";

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
    /// Cloud: our Connect app as itself. Each request has a token of its own.
    App {
        app_key: String,
        client_key: String,
        /// Shared by the site and us.
        secret: Secret,
        /// Tokens say when they were signed, which is later than when this was made.
        clock: fn() -> OffsetDateTime,
    },
}

impl Authorization {
    /// The address that is asked: for some of us, of several that mean the same, the one that can be signed.
    pub(super) fn signable(&self, url: &Url) -> Url {
        match self {
            Self::App { .. } => qsh::sort_repeated(url),
            Self::Basic { .. } | Self::Bearer(_) | Self::Cookies { .. } => url.clone(),
        }
    }

    /// The request, which goes to `url`, with our name in it. `None` if the secret holds characters that no header may
    /// carry, such as a line break that was pasted along, or if there is none.
    pub(super) fn sign(
        &self,
        request: RequestBuilder,
        method: &Method,
        url: &Url,
    ) -> Option<RequestBuilder> {
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
            Self::App {
                app_key,
                client_key,
                secret,
                clock,
            } => {
                let target = &url[Position::BeforePath..Position::AfterQuery];
                let hash = qsh::hash(method.as_str(), target, CLOUD_PATH);
                let token = jwt::sign(app_key, client_key, secret, &hash, clock()).ok()?;
                request.header(AUTHORIZATION, sensitive(&format!("JWT {token}"))?)
            }
        })
    }

    /// Whether a text from the site repeats what we sent it, as some error pages do.
    pub(super) fn is_repeated_in(&self, text: &str) -> bool {
        let secret = self.secret().reveal();
        let sent = match self {
            Self::Basic { user, .. } => {
                let encoded = STANDARD.encode(format!("{user}:{secret}"));
                vec![secret.to_owned(), encoded]
            }
            Self::App { .. } => vec![secret.to_owned(), signed_token::OUR_HEADER.to_owned()],
            Self::Bearer(_) => vec![secret.to_owned()],
            // A site that repeats one has not to repeat all.
            Self::Cookies { .. } => values(secret).map(str::to_owned).collect(),
        };
        let text = text.to_lowercase();
        sent.iter()
            .any(|sent| !sent.is_empty() && text.contains(&sent.to_lowercase()))
    }

    /// What somebody typed in, was given, or shares with the site.
    pub(super) fn secret(&self) -> &Secret {
        match self {
            Self::Basic { secret, .. }
            | Self::Bearer(secret)
            | Self::Cookies {
                cookies: secret, ..
            }
            | Self::App { secret, .. } => secret,
        }
    }
}

/// Of a `Cookie` header.
fn values(header: &str) -> impl Iterator<Item = &str> {
    let pairs = header.split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(_name, value)| value.trim().trim_matches('"'))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::try_from(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

#[cfg(test)]
mod tests {
    use reqwest::{
        Method,
        header::{AUTHORIZATION, HeaderMap},
    };
    use time::OffsetDateTime;
    use url::Url;

    use super::{Authorization, Secret};
    use crate::confluence::connect::jwt;
    use crate::confluence::http::client_with_tls;

    const URL: &str = "https://acme.atlassian.net/wiki/api/v2/pages/98305?body-format=export_view";

    fn headers(authorization: &Authorization) -> Option<HeaderMap> {
        let (method, url) = (Method::GET, Url::parse(URL).unwrap());
        let client = client_with_tls().unwrap().build().unwrap();
        let request = client.get(url.clone());
        let request = authorization.sign(request, &method, &url)?.build().unwrap();
        Some(request.headers().clone())
    }

    fn app(secret: &str) -> Authorization {
        Authorization::App {
            app_key: "com.example.share".to_owned(),
            client_key: "site".to_owned(),
            secret: Secret::new(secret),
            clock: || OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_app_signs_each_request_with_its_own_hash() {
        let headers = headers(&app("t0p")).unwrap();
        let header = headers.get(AUTHORIZATION).unwrap();
        assert!(header.is_sensitive());
        let token = header.to_str().unwrap().strip_prefix("JWT ").unwrap();
        let secret = Secret::new("t0p");
        let claims = jwt::verify(token, &secret, OffsetDateTime::UNIX_EPOCH).unwrap();
        assert_eq!(claims.issuer, "com.example.share");
        assert_eq!(claims.audience, ["site"]);
        // Of `GET&/api/v2/pages/98305&body-format=export_view`.
        let hash = "142751254de0c227a709b6b5d4dcabf187f82fa8073d8fea4cf63290c25a2d22";
        assert_eq!(claims.qsh.as_deref(), Some(hash));
    }

    #[test]
    fn the_app_signs_nothing_without_a_secret() {
        assert!(headers(&app("")).is_none());
    }

    #[test]
    fn a_token_that_a_site_sends_back_is_noticed() {
        let header = headers(&app("t0p")).unwrap();
        let sent = header[AUTHORIZATION].to_str().unwrap();
        assert!(app("t0p").is_repeated_in(&format!("refused: {sent}")));
        assert!(!app("t0p").is_repeated_in("refused"));
        assert!(!format!("{:?}", app("t0p")).contains("t0p"));
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
            cookies: Secret::new("crowd.token_key=t0p; JSESSIONID=\"5e55\""),
            client: "203.0.113.7".parse().unwrap(),
        };
        let headers = headers(&cookies).unwrap();
        assert_eq!(
            headers["cookie"],
            "crowd.token_key=t0p; JSESSIONID=\"5e55\""
        );
        assert_eq!(headers["x-forwarded-for"], "203.0.113.7");
        assert!(headers.get(AUTHORIZATION).is_none());
        assert!(headers["cookie"].is_sensitive());
        assert!(cookies.is_repeated_in("who is T0P?"));
        assert!(!cookies.is_repeated_in("crowd.token_key"));
    }
}

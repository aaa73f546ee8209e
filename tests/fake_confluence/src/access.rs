//! Who is asking, and whether his token is good for what he asks. How tokens are issued is in `oauth`.

use super::credentials::{
    EMAIL, GRANULAR, PASSWORD, PERSONAL_ACCESS_TOKEN, SCOPED_TOKEN, SERVICE_ACCOUNT_TOKEN,
    SITE_TOKEN, basic, bearer,
};
use super::exchange::{Reply, Request};
use super::oauth::Issued;
use super::spec::Operation;
use super::wiki::PORTAL;

/// So many failed log-ins in a row, and Data Center wants a CAPTCHA.
const PATIENCE: u32 = 3;

/// A name in `Wiki::people`; nobody is an anonymous reader.
pub(crate) type Reader = Option<String>;

pub(crate) struct Access {
    /// Of scoped tokens, and the most that OAuth gives.
    pub scopes: Vec<String>,
    pub is_anonymous_allowed: bool,
    /// Bearers from `oauth`.
    pub issued: Issued,
    /// Credentials that are no longer good.
    pub revoked: Vec<String>,
    failed_log_ins: u32,
}

impl Access {
    pub(crate) fn new() -> Self {
        Self {
            scopes: GRANULAR.iter().copied().map(str::to_owned).collect(),
            is_anonymous_allowed: false,
            issued: Issued::default(),
            revoked: Vec::new(),
            failed_log_ins: 0,
        }
    }

    /// On the site's own host: an e-mail address with a token that has no scopes.
    pub(crate) fn on_site(&self, request: &Request, site: &str) -> Result<Reader, Reply> {
        match request.header("authorization") {
            None if self.is_anonymous_allowed => Ok(None),
            Some(given) if given == basic(EMAIL, SITE_TOKEN) && self.is_good(SITE_TOKEN) => {
                Ok(portal())
            }
            _ => Err(refused_by_site(site)),
        }
    }

    /// Through the gateway: a scoped token, an OAuth bearer, or one that Forge has given for somebody, with all scopes of
    /// one of the operation's sets.
    pub(crate) fn at_gateway(
        &self,
        request: &Request,
        operation: Option<&Operation>,
        by_forge: Reader,
    ) -> Result<Reader, Reply> {
        let refused =
            |message: &str| Reply::json(401, &serde_json::json!({"code": 401, "message": message}));
        let given = request.header("authorization").unwrap_or_default();
        let is_token = (given == basic(EMAIL, SCOPED_TOKEN) && self.is_good(SCOPED_TOKEN))
            || (given == bearer(SERVICE_ACCOUNT_TOKEN) && self.is_good(SERVICE_ACCOUNT_TOKEN));
        let scopes = match given
            .strip_prefix("Bearer ")
            .and_then(|token| self.issued.scopes(token))
        {
            Some(scopes) => scopes,
            None if by_forge.is_some() || is_token => &self.scopes,
            None => return Err(refused("Unauthorized")),
        };
        let sets = operation.map_or([].as_slice(), |operation| operation.scopes.as_slice());
        let has = |set: &Vec<String>| set.iter().all(|scope| scopes.contains(scope));
        if sets.is_empty() || sets.iter().any(has) {
            Ok(by_forge.or_else(portal))
        } else {
            Err(refused("Unauthorized; scope does not match"))
        }
    }

    /// A personal access token, a bearer of `oauth`, or a user name with a password.
    pub(crate) fn on_data_center(&mut self, request: &Request) -> Result<Reader, Reply> {
        let Some(given) = request.header("authorization").map(str::to_owned) else {
            return match self.is_anonymous_allowed {
                true => Ok(None),
                false => Err(refused_by_data_center()),
            };
        };
        if let Some(token) = given.strip_prefix("Bearer ") {
            let is_known = token == PERSONAL_ACCESS_TOKEN && self.is_good(token);
            return match is_known || self.issued.scopes(token).is_some() {
                true => Ok(portal()),
                false => Err(refused_by_data_center()),
            };
        }
        if self.failed_log_ins < PATIENCE
            && given == basic(PORTAL, PASSWORD)
            && self.is_good(PASSWORD)
        {
            self.failed_log_ins = 0;
            return Ok(portal());
        }
        self.failed_log_ins += 1;
        let refused = refused_by_data_center().with("X-Seraph-LoginReason", "AUTHENTICATED_FAILED");
        if self.failed_log_ins <= PATIENCE {
            return Err(refused);
        }
        Err(refused_by_data_center()
            .with("X-Seraph-LoginReason", "AUTHENTICATION_DENIED")
            .with(
                "X-Authentication-Denied-Reason",
                "CAPTCHA_CHALLENGE; login-url=/login.action",
            ))
    }

    pub(crate) fn answer_captcha(&mut self) {
        self.failed_log_ins = 0;
    }

    fn is_good(&self, credential: &str) -> bool {
        !self.revoked.iter().any(|revoked| revoked == credential)
    }
}

fn portal() -> Reader {
    Some(PORTAL.to_owned())
}

/// Also the answer of `/wiki/download/…` to any token.
pub(crate) fn refused_by_site(site: &str) -> Reply {
    let realm: String =
        percent_encoding::utf8_percent_encode(site, percent_encoding::NON_ALPHANUMERIC).collect();
    Reply::empty(401).with(
        "WWW-Authenticate",
        &format!("OAuth realm=\"{realm}%2Fwiki\""),
    )
}

fn refused_by_data_center() -> Reply {
    Reply::text(
        401,
        "text/html;charset=UTF-8",
        "<!doctype html><html lang=\"en\"><head><title>HTTP Status 401 \u{2013} Unauthorized</title></head>\
         <body><h1>HTTP Status 401 \u{2013} Unauthorized</h1></body></html>",
    )
    .with("WWW-Authenticate", "OAuth realm=\"https%3A%2F%2Fwiki.acme.example\"")
}

//! Single sign-on of Data Center: tokens of Crowd, each good only for the address at which its owner signed in, and the
//! sessions that Confluence opens for them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::exchange::{Reply, Request};
use super::fake::FakeConfluence;
use super::state::State;
use super::wiki::Wiki;

/// As all tokens of Crowd begin.
pub const CROWD_TOKEN: &str = "fake-crowd-token-";
/// As all sessions begin that were opened for one.
pub const SESSION: &str = "fake-sso-session-";

/// Where somebody signed in.
struct Token {
    username: String,
    address: IpAddr,
}

#[derive(Clone)]
struct Session {
    token: String,
    xsrf: String,
}

pub struct Crowd {
    cookie: String,
    trusted_proxies: Vec<IpAddr>,
    /// "Require consistent client IP address".
    is_address_checked: bool,
    tokens: BTreeMap<String, Token>,
    sessions: BTreeMap<String, Session>,
    last: u32,
}

/// What the cookies of a request are good for.
pub(super) enum Entry {
    /// It has none of ours.
    NoCookie,
    /// The person, and the cookies that the answer sets.
    Known(String, Vec<String>),
    /// The token is not good, or not for this address; the answer takes it away.
    Refused(Vec<String>),
}

impl Crowd {
    pub(super) fn new() -> Self {
        Self {
            cookie: "crowd.token_key".to_owned(),
            trusted_proxies: Vec::new(),
            is_address_checked: true,
            tokens: BTreeMap::new(),
            sessions: BTreeMap::new(),
            last: 0,
        }
    }

    fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    /// A session counts while its token does; a token counts again whenever it comes without its session.
    pub(super) fn entry(&mut self, request: &Request, wiki: &Wiki) -> Entry {
        let token = cookie(request, &self.cookie);
        let session = cookie(request, "JSESSIONID").and_then(|id| self.sessions.get(&id).cloned());
        let session = session.filter(|session| token.as_ref().is_none_or(|t| *t == session.token));
        let is_signed_in = session.is_some();
        let Some(token) = session.map(|session| session.token).or(token) else {
            return Entry::NoCookie;
        };
        let expired = format!("{}=\"\"; Path=/; Max-Age=0; HttpOnly", self.cookie);
        let Some(known) = self.tokens.get(&token) else {
            return Entry::Refused(vec![expired]);
        };
        let is_at_home = !self.is_address_checked || self.client(request) == known.address;
        if !wiki.is_active(&known.username) || !(is_signed_in || is_at_home) {
            return Entry::Refused(vec![expired]);
        }
        let username = known.username.clone();
        let cookies = match is_signed_in {
            true => Vec::new(),
            false => self.open_session(token),
        };
        Entry::Known(username, cookies)
    }

    /// The address that Crowd believes: the last one in `X-Forwarded-For` that no trusted proxy has, and nothing of the
    /// header unless a trusted proxy sent it.
    fn client(&self, request: &Request) -> IpAddr {
        let headers = request.headers.get_all("x-forwarded-for");
        let headers: Vec<&str> = headers.filter_map(|value| value.to_str().ok()).collect();
        let named = headers.join(",");
        let mut address = request.peer;
        for hop in named.rsplit(',') {
            match hop.trim().parse() {
                Ok(before) if self.trusted_proxies.contains(&address) => address = before,
                _ => break,
            }
        }
        address
    }

    fn open_session(&mut self, token: String) -> Vec<String> {
        let number = self.next();
        let id = format!("{SESSION}{number:06}");
        let xsrf = format!("fake-xsrf-{number:06}");
        let cookies = vec![
            format!("JSESSIONID={id}; Path=/; HttpOnly"),
            format!("atlassian.xsrf.token={xsrf}; Path=/"),
        ];
        self.sessions.insert(id, Session { token, xsrf });
        cookies
    }

    /// `/logout.action`: the session and the token end. An `atl_token` must be that of the session.
    fn log_out(&mut self, request: &Request, login_page: &str) -> Reply {
        let session = cookie(request, "JSESSIONID").and_then(|id| self.sessions.get(&id).cloned());
        let fields = request.fields();
        let given = request.query("atl_token").or(fields["atl_token"].as_str());
        let wanted = session.as_ref().map(|session| session.xsrf.as_str());
        if given.is_some() && given != wanted {
            return Reply::text(403, "text/html", "<h1>XSRF check failed</h1>");
        }
        let token = session
            .map(|session| session.token)
            .or(cookie(request, &self.cookie));
        if let Some(token) = token {
            self.tokens.remove(&token);
            self.sessions.retain(|_, session| session.token != token);
        }
        let gone = "=\"\"; Path=/; Max-Age=0; HttpOnly";
        Reply::redirect(login_page)
            .with("Set-Cookie", &format!("{}{gone}", self.cookie))
            .with("Set-Cookie", &format!("JSESSIONID{gone}"))
    }
}

impl State {
    pub(super) fn log_out_of_crowd(&mut self, request: &Request) -> Reply {
        let login_page = format!("{}/login.action?logout=true", self.urls.base());
        self.crowd.log_out(request, &login_page)
    }
}

/// Data Center with Crowd.
impl FakeConfluence {
    /// Somebody signs in with a browser at this address. The answer is the value of Crowd's cookie.
    pub fn log_in(&self, username: &str, address: &str) -> String {
        let address = address.parse().unwrap();
        self.with_crowd(|crowd| {
            let value = format!("{CROWD_TOKEN}{:06}", crowd.next());
            let username = username.to_owned();
            crowd
                .tokens
                .insert(value.clone(), Token { username, address });
            value
        })
    }

    /// `crowd.token_key` unless it is set.
    pub fn set_crowd_cookie(&self, name: &str) {
        self.with_crowd(|crowd| name.clone_into(&mut crowd.cookie));
    }

    /// Crowd believes `X-Forwarded-For` of this peer.
    pub fn trust_proxy(&self, address: &str) {
        let address = address.parse().unwrap();
        self.with_crowd(|crowd| crowd.trusted_proxies.push(address));
    }

    /// "Require consistent client IP address" is switched off.
    pub fn accept_any_address(&self) {
        self.with_crowd(|crowd| crowd.is_address_checked = false);
    }

    /// Confluence has forgotten its sessions; tokens of Crowd stay good.
    pub fn expire_sessions(&self) {
        self.with_crowd(|crowd| crowd.sessions.clear());
    }

    /// Everybody was signed out of Crowd.
    pub fn expire_crowd_tokens(&self) {
        self.with_crowd(|crowd| crowd.tokens.clear());
    }

    /// Whether this token of Crowd is still known.
    pub fn is_logged_in(&self, token: &str) -> bool {
        self.with_crowd(|crowd| crowd.tokens.contains_key(token))
    }

    fn with_crowd<T>(&self, with: impl FnOnce(&mut Crowd) -> T) -> T {
        self.with_state(|state| with(&mut state.crowd))
    }
}

fn cookie(request: &Request, name: &str) -> Option<String> {
    let cookies = request.header("cookie")?.split(';');
    let mut pairs = cookies.filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    Some(value.trim_matches('"').to_owned())
}

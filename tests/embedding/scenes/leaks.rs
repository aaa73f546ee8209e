//! After everything: what was secret stands in no log line, in no Referer, and went to nobody but the portal.

use std::collections::BTreeSet;

use crate::front::PORTAL;
use crate::record::{Exchange, parameter};
use crate::stage::Stage;

/// What the whole run must not have let out.
pub(crate) async fn nothing_leaked(stage: &Stage) {
    let exchanges = stage.record().all();
    let secrets = Secrets::of(&exchanges);
    secrets.were_used(stage);
    let log = stage.portal.log();
    assert!(log.contains("\"answered\""), "nothing is logged");
    for secret in secrets.all() {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a log line holds {secret}");
    }
    for exchange in &exchanges {
        no_referer_tells(exchange, &secrets);
        if exchange.is_of(PORTAL) {
            stays_at_home(stage, exchange);
        } else {
            nothing_is_told(exchange, &secrets);
        }
    }
}

/// Values of the addresses and forms that browsers sent.
#[derive(Default)]
struct Secrets {
    tokens: BTreeSet<String>,
    probes: BTreeSet<String>,
    keys: BTreeSet<String>,
    tickets: BTreeSet<String>,
}

impl Secrets {
    fn of(exchanges: &[Exchange]) -> Self {
        let mut secrets = Self::default();
        for exchange in exchanges.iter().filter(|exchange| exchange.is_of(PORTAL)) {
            let target = &exchange.asked.target;
            let body = String::from_utf8_lossy(&exchange.asked.body);
            let keep = |set: &mut BTreeSet<String>, value: Option<&str>| {
                set.extend(value.filter(|value| value.len() > 16).map(str::to_owned));
            };
            keep(&mut secrets.tokens, exchange.parameter("unlock"));
            keep(&mut secrets.tokens, parameter(&body, "unlock"));
            keep(&mut secrets.probes, exchange.parameter("h"));
            keep(&mut secrets.tickets, parameter(&body, "ticket"));
            let key = target
                .strip_prefix("/e/")
                .and_then(|rest| rest.split('/').next());
            keep(&mut secrets.keys, key);
        }
        secrets
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        let Self {
            tokens,
            probes,
            keys,
            tickets,
        } = self;
        tokens.iter().chain(probes).chain(keys).chain(tickets)
    }

    /// Otherwise their absence would tell nothing.
    fn were_used(&self, stage: &Stage) {
        assert!(!self.tokens.is_empty(), "no token was used");
        assert!(!self.probes.is_empty(), "no probe was used");
        assert!(!self.tickets.is_empty(), "no ticket was used");
        assert_eq!(!self.keys.is_empty(), stage.mode.is_refusing(), "keys");
    }
}

fn no_referer_tells(exchange: &Exchange, secrets: &Secrets) {
    for referer in exchange.asked.headers.all("referer") {
        let told = referer.contains("unlock=")
            || referer.contains("/e/")
            || secrets.all().any(|secret| referer.contains(secret));
        assert!(!told, "a Referer tells: {exchange:#?}");
    }
}

/// The portal sends nobody elsewhere, and gives its cookies to no other host.
fn stays_at_home(stage: &Stage, exchange: &Exchange) {
    let home = format!("{}/", stage.front.origin(PORTAL));
    let headers = &exchange.answered.headers;
    for location in headers.all("location") {
        let is_path = location.starts_with('/') && !location.starts_with("//");
        assert!(is_path || location.starts_with(&home), "{exchange:#?}");
    }
    for cookie in headers.all("set-cookie") {
        assert!(!cookie.to_lowercase().contains("domain="), "{exchange:#?}");
    }
}

fn nothing_is_told(exchange: &Exchange, secrets: &Secrets) {
    let asked = format!("{:?}", exchange.asked);
    let body = String::from_utf8_lossy(&exchange.asked.body);
    let told = secrets
        .all()
        .find(|secret| asked.contains(*secret) || body.contains(secret.as_str()));
    assert_eq!(told, None, "a client was told: {exchange:#?}");
}

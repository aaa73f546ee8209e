//! The visitor's address: the socket's, or what trusted proxies say of it.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

/// The address that guesses are counted by, and that a single sign-on is told. An IPv4 address is one also where the socket
/// is of IPv6.
pub fn client_address(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let socket = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    behind_proxies(socket, request.headers(), trusted)
}

/// By `X-Forwarded-For` or `Forwarded` (RFC 7239), whichever the proxy sets. A client can add the other one, so where
/// both are there and differ, neither is believed.
fn behind_proxies(socket: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let by_common = walk(socket, &x_forwarded_for(headers), trusted);
    let by_standard = walk(socket, &forwarded(headers), trusted);
    match (by_common, by_standard) {
        (Some(common), Some(standard)) if common != standard => socket,
        (common, standard) => common.or(standard).unwrap_or(socket),
    }
    .to_canonical()
}

/// Walks the chain from the socket outwards: the first address that is no trusted proxy is the client. Anybody could
/// have written what stands left of it. `None` for an empty chain.
fn walk(socket: IpAddr, hops: &[String], trusted: &[IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| {
        trusted
            .iter()
            .any(|network| network.contains(&address.to_canonical()))
    };
    let mut client = socket;
    for hop in hops.iter().rev() {
        if !is_trusted(client) {
            break;
        }
        match parse_hop(hop) {
            Some(address) => client = address.to_canonical(),
            None => break,
        }
    }
    (!hops.is_empty()).then_some(client)
}

/// The entries of all headers of one name, nearest last.
fn entries(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers
        .get_all(name)
        .filter_map(|value| value.to_str().ok());
    let entries = values.flat_map(|value| value.split(','));
    entries.map(|entry| entry.trim().to_owned()).collect()
}

fn x_forwarded_for(headers: &HeaderMap) -> Vec<String> {
    entries(headers, "x-forwarded-for")
}

fn forwarded(headers: &HeaderMap) -> Vec<String> {
    let address = |entry: String| {
        let parameters = entry.split(';').filter_map(|pair| pair.split_once('='));
        let mut named = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
        let address = named
            .next()
            .map(|(_, value)| value.trim().trim_matches('"').to_owned());
        address.unwrap_or_default()
    };
    entries(headers, "forwarded")
        .into_iter()
        .map(address)
        .collect()
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bracketed = hop
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(address, _)| address);
    bracketed.unwrap_or(hop).parse().ok().or_else(|| {
        hop.parse::<std::net::SocketAddr>()
            .ok()
            .map(|address| address.ip())
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::behind_proxies;

    fn client(socket: &str, headers: &[(&'static str, &'static str)], trusted: &[&str]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let trusted: Vec<_> = trusted
            .iter()
            .map(|network| network.parse().unwrap())
            .collect();
        behind_proxies(socket.parse().unwrap(), &map, &trusted).to_string()
    }

    #[test]
    fn headers_of_strangers_are_ignored() {
        assert_eq!(
            client("198.51.100.1", &[("x-forwarded-for", "1.2.3.4")], &[]),
            "198.51.100.1"
        );
        assert_eq!(
            client(
                "198.51.100.1",
                &[("x-forwarded-for", "1.2.3.4")],
                &["10.0.0.0/8"]
            ),
            "198.51.100.1"
        );
    }

    #[test]
    fn the_rightmost_untrusted_hop_is_the_client() {
        let headers = [("x-forwarded-for", "6.6.6.6, 192.0.2.7, 10.0.0.2")];
        assert_eq!(client("10.0.0.1", &headers, &["10.0.0.0/8"]), "192.0.2.7");
    }

    #[test]
    fn an_ipv4_address_is_told_as_one_however_it_came() {
        let mapped = "::ffff:198.51.100.1";
        assert_eq!(client(mapped, &[], &[]), "198.51.100.1");
        let both = [
            ("x-forwarded-for", "::ffff:192.0.2.7"),
            ("forwarded", "for=192.0.2.7"),
        ];
        assert_eq!(
            client("::ffff:10.0.0.1", &both, &["10.0.0.0/8"]),
            "192.0.2.7"
        );
    }

    #[test]
    fn forwarded_is_read_with_ports_and_quotes() {
        let headers = [(
            "forwarded",
            "for=\"[2001:db8::7]:4711\";proto=https, for=10.0.0.2:80",
        )];
        assert_eq!(client("10.0.0.1", &headers, &["10.0.0.0/8"]), "2001:db8::7");
    }

    #[test]
    fn a_header_that_the_proxy_did_not_write_gains_nothing() {
        let headers = [
            ("x-forwarded-for", "192.0.2.7"),
            ("forwarded", "for=6.6.6.6"),
        ];
        assert_eq!(client("10.0.0.1", &headers, &["10.0.0.0/8"]), "10.0.0.1");
        let agreeing = [
            ("x-forwarded-for", "192.0.2.7"),
            ("forwarded", "for=192.0.2.7"),
        ];
        assert_eq!(client("10.0.0.1", &agreeing, &["10.0.0.0/8"]), "192.0.2.7");
    }

    #[test]
    fn an_unreadable_hop_stops_at_the_proxy_that_wrote_it() {
        assert_eq!(
            client(
                "10.0.0.1",
                &[("x-forwarded-for", "unknown")],
                &["10.0.0.0/8"]
            ),
            "10.0.0.1"
        );
    }
}

//! The visitor's address: the socket's, or what trusted proxies say of it.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

/// The address that guesses are counted by.
pub fn client_address(request: &HttpRequest, trusted: &[IpNet]) -> IpAddr {
    let socket = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    behind_proxies(socket, request.headers(), trusted)
}

/// Walks the chain from the socket outwards: the first address that is no trusted proxy is the client. What stands
/// left of it anybody could have written.
fn behind_proxies(socket: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| {
        trusted
            .iter()
            .any(|network| network.contains(&address.to_canonical()))
    };
    let mut client = socket;
    if !is_trusted(client) {
        return client;
    }
    for hop in forwarded_hops(headers).into_iter().rev() {
        let Some(address) = parse_hop(&hop) else {
            return client;
        };
        client = address;
        if !is_trusted(client) {
            break;
        }
    }
    client
}

/// The chain of addresses, nearest last: of `Forwarded` (RFC 7239) if there is one, else of `X-Forwarded-For`.
fn forwarded_hops(headers: &HeaderMap) -> Vec<String> {
    let all = |name: &str| -> Vec<String> {
        let values = headers
            .get_all(name)
            .filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(','))
            .map(|hop| hop.trim().to_owned())
            .collect()
    };
    let forwarded = all("forwarded");
    if forwarded.is_empty() {
        return all("x-forwarded-for");
    }
    let of_for = |hop: String| {
        let parameters = hop.split(';').filter_map(|pair| pair.split_once('='));
        let mut named = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
        named
            .next()
            .map(|(_, value)| value.trim().trim_matches('"').to_owned())
    };
    forwarded
        .into_iter()
        .map(|hop| of_for(hop).unwrap_or_default())
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
    fn forwarded_is_read_with_ports_and_quotes() {
        let headers = [(
            "forwarded",
            "for=\"[2001:db8::7]:4711\";proto=https, for=10.0.0.2:80",
        )];
        assert_eq!(client("10.0.0.1", &headers, &["10.0.0.0/8"]), "2001:db8::7");
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

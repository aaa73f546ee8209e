//! Which addresses requests may go to. Names are resolved in `http`, which connects to no address that was not checked
//! here.
//!
//! - Public addresses may always be reached by https.
//! - A Data Center site often stands in the company's own network: its private addresses may be reached by https, because
//!   an admin typed the site's name. Loopback and link-local ones (where clouds keep the metadata of a machine) may not.
//! - Whatever else is meant is listed by the operator: those networks may be reached from every connection, and plain http
//!   goes to no others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use url::{Host, Url};

use super::product::Product;

/// What the operator allows beyond the public internet.
#[derive(Debug, Clone, Default)]
pub struct OutboundRules {
    /// Networks that requests may go to although they are not public, also without TLS.
    pub private_networks: Vec<IpNet>,
}

/// How far a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Public,
    /// Public and private addresses: the base URL of a Data Center site.
    Company,
    /// Listed networks only: plain http.
    Listed,
}

impl Reach {
    /// `None` for schemes that are no HTTP.
    pub(super) fn of(product: Product, url: &Url) -> Option<Self> {
        match (url.scheme(), product) {
            ("https", Product::Cloud) => Some(Self::Public),
            ("https", Product::DataCenter) => Some(Self::Company),
            ("http", _) => Some(Self::Listed),
            _ => None,
        }
    }

    pub(super) fn allows(self, address: IpAddr, rules: &OutboundRules) -> bool {
        let address = address.to_canonical();
        let is_listed = rules
            .private_networks
            .iter()
            .any(|network| network.contains(&address));
        is_listed
            || match self {
                Self::Public => is_public(address),
                Self::Company => is_public(address) || is_private(address),
                Self::Listed => false,
            }
    }

    /// Whether a URL with an address instead of a name may be asked; names are decided when they are resolved.
    pub(super) fn allows_host_of(self, url: &Url, rules: &OutboundRules) -> bool {
        match url.host() {
            Some(Host::Ipv4(address)) => self.allows(address.into(), rules),
            Some(Host::Ipv6(address)) => self.allows(address.into(), rules),
            Some(Host::Domain(_)) => true,
            None => false,
        }
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Everything but the special-purpose blocks of RFC 6890 and its successors.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224..=255, ..)
    )
}

/// Only 2000::/3 is routed, and in it some blocks are for documents, protocols and tunnels to IPv4 addresses. NAT64
/// (64:ff9b::/96) is outside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_routed = first & 0xe000 == 0x2000;
    let is_special = match first {
        0x2001 => second < 0x0200 || second == 0x0db8,
        0x2002 => true,
        0x3fff => second < 0x1000,
        _ => false,
    };
    is_routed && !is_special
}

/// Addresses of companies' own networks and of carriers' and clouds' shared ones.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, ..] = address.octets();
            address.is_private() || (a == 100 && (64..=127).contains(&b))
        }
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::{OutboundRules, Reach};

    #[track_caller]
    fn check(addresses: &[&str], public: bool, company: bool) {
        let rules = OutboundRules::default();
        for text in addresses {
            let address = text.parse().unwrap();
            assert_eq!(Reach::Public.allows(address, &rules), public, "{text}");
            assert_eq!(Reach::Company.allows(address, &rules), company, "{text}");
            assert!(!Reach::Listed.allows(address, &rules), "{text}");
        }
    }

    #[test]
    fn public_addresses_may_be_reached_by_all() {
        check(
            &[
                "1.1.1.1",
                "104.192.136.1",
                "100.63.255.255",
                "172.32.0.1",
                "2606:4700::1",
                "2401:1d80::1",
                "::ffff:1.1.1.1",
            ],
            true,
            true,
        );
    }

    #[test]
    fn addresses_of_a_company_may_be_reached_for_data_center_only() {
        check(
            &[
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "fd00::1",
                "fc00::1",
                "::ffff:10.0.0.1",
            ],
            false,
            true,
        );
    }

    #[test]
    fn special_addresses_may_be_reached_by_none() {
        check(
            &[
                "0.0.0.0",
                "0.1.2.3",
                "127.0.0.1",
                "127.8.8.8",
                "169.254.169.254",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "198.18.0.1",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "::7f00:1",
                "64:ff9b::a00:1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:a00:1::1",
                "3fff::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
            ],
            false,
            false,
        );
    }

    #[test]
    fn listed_networks_may_be_reached_by_all() {
        let rules = OutboundRules {
            private_networks: vec!["127.0.0.0/8".parse().unwrap()],
        };
        for reach in [Reach::Public, Reach::Company, Reach::Listed] {
            assert!(reach.allows("127.0.0.1".parse().unwrap(), &rules));
            assert!(reach.allows("::ffff:127.0.0.1".parse().unwrap(), &rules));
            assert!(!reach.allows("169.254.169.254".parse().unwrap(), &rules));
        }
    }
}

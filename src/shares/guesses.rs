//! How many passwords may be tried at a share, by one address and by everybody together. Counting is `guess_limit`'s work.

use std::net::IpAddr;

use time::Duration;

use super::share::ShareId;
use crate::guess_limit::GuessLimit;

/// One address: five guesses, then one in six minutes.
const ADDRESS_BURST: i32 = 5;
const ADDRESS_REFILL: Duration = Duration::minutes(6);
/// Everybody together: sixty guesses, then one a minute, so that many addresses gain an attacker little.
const SHARE_BURST: i32 = 60;
const SHARE_REFILL: Duration = Duration::minutes(1);

/// The buckets that one guess is charged to.
pub fn limits(share: ShareId, client: IpAddr) -> [GuessLimit; 2] {
    [
        GuessLimit {
            bucket: format!("{}{}", address_prefix(share), network(client)),
            burst: ADDRESS_BURST,
            refill: ADDRESS_REFILL,
        },
        GuessLimit {
            bucket: share_bucket(share),
            burst: SHARE_BURST,
            refill: SHARE_REFILL,
        },
    ]
}

/// Below this stand the buckets of a share's addresses; all have the same limit.
pub fn address_prefix(share: ShareId) -> String {
    format!("share:{share}:address:")
}

/// The bucket of everybody together.
pub fn share_bucket(share: ShareId) -> String {
    format!("share:{share}:all")
}

/// Below this stand all buckets of a share.
pub fn share_prefix(share: ShareId) -> String {
    format!("share:{share}:")
}

/// Burst and refill of the address buckets, for listing which are empty.
pub fn address_limit() -> (i32, Duration) {
    (ADDRESS_BURST, ADDRESS_REFILL)
}

/// Burst and refill of the share's own bucket.
pub fn share_limit() -> (i32, Duration) {
    (SHARE_BURST, SHARE_REFILL)
}

/// What counts as one client: an IPv4 address, or the /64 that one IPv6 customer gets.
pub fn network(client: IpAddr) -> String {
    match client.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            format!("{}/64", std::net::Ipv6Addr::from(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_ipv6_customer_is_one_client_and_mapped_ipv4_is_ipv4() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    }
}

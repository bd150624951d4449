//! Who is charged: a person wherever they are, or whoever is at one address.

use std::net::{IpAddr, Ipv6Addr};

use uuid::Uuid;

use crate::kernel::Actor;

/// Bits of an IPv6 address that name a household or a machine; it has the rest to itself (RFC 6177).
const NETWORK: u128 = !0 << 64;

/// Whose budget it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// Somebody who is signed in.
    Person(Uuid),
    /// Whoever asks from there without a token: an address, or an IPv6 network of 64 bits.
    Network(IpAddr),
}

impl Payer {
    /// Who pays for what `actor` asks from `address`.
    pub fn of(actor: &Actor, address: IpAddr) -> Self {
        match actor {
            Actor::Known(viewer) => Self::Person(viewer.user_id.0),
            Actor::Anonymous => Self::Network(network(address)),
        }
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & NETWORK)),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_whole_network_is_one_payer() {
        let at = |text: &str| text.parse().map(network).ok();
        assert_eq!(at("2001:db8:1:2::3"), at("2001:db8:1:2:ffff::4"));
        assert_ne!(at("2001:db8:1:2::3"), at("2001:db8:1:3::3"));
        assert_eq!(at("::ffff:192.0.2.7"), at("192.0.2.7"));
        assert_ne!(at("192.0.2.7"), at("192.0.2.8"));
    }
}

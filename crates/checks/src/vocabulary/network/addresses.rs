//! Addresses as security rules write them, and which of them are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use super::intervals::{Intervals, Number};

/// A set of IPv4 and of IPv6 addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Addresses {
    pub(super) v4: Intervals<u32>,
    pub(super) v6: Intervals<u128>,
}

impl Addresses {
    /// Every address of both families.
    pub(super) fn everything() -> Self {
        Self {
            v4: Intervals::everything(),
            v6: Intervals::everything(),
        }
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.union(&other.v4),
            v6: self.v6.union(&other.v6),
        }
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.intersection(&other.v4),
            v6: self.v6.intersection(&other.v6),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }
}

/// One source or destination of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Prefix {
    /// `*` or `Any`.
    Everything,
    /// The tag `Internet`: every public address.
    Internet,
    /// The tag `VirtualNetwork`: the network, its peers and what is behind its gateways.
    VirtualNetwork,
    /// Another tag: the addresses of an Azure service, which Microsoft keeps and changes.
    Tag(String),
    /// Addresses spelled out.
    Literal(Addresses),
    /// `0.0.0.0`, `::` or `/0`, written by people who mean everyone of those families. Azure
    /// reads the first two as one address that no packet has.
    Unspecified(Addresses),
}

/// IPv4 blocks that do not come from the internet: this network, private (RFC 1918), shared
/// (RFC 6598), loopback, link-local, Azure's own platform address, multicast, reserved.
const NOT_PUBLIC_V4: [(Ipv4Addr, u8); 11] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 5),
    (Ipv4Addr::new(248, 0, 0, 0), 5),
];

/// The global unicast block of IPv6 (RFC 4291, IANA): what is outside it is unique local,
/// link-local, multicast or not assigned.
const PUBLIC_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

static PUBLIC: LazyLock<Addresses> = LazyLock::new(|| {
    let private =
        Intervals::of(NOT_PUBLIC_V4.map(|(address, length)| block(address.to_bits(), length, 32)));
    Addresses {
        v4: Intervals::everything().difference(&private),
        v6: Intervals::of([block(PUBLIC_V6.0.to_bits(), PUBLIC_V6.1, 128)]),
    }
});

/// The addresses that the public internet has. Blocks reserved for documentation count as
/// public: where they stand in a rule, they stand for a public address.
pub(super) fn public() -> &'static Addresses {
    &PUBLIC
}

/// The prefixes that `text` names; commas separate several.
///
/// # Errors
///
/// The part that is no address, block, range or service tag. The other parts are lost with it.
pub(super) fn parse(text: &str) -> Result<Vec<Prefix>, String> {
    text.split(',').map(str::trim).map(part).collect()
}

fn part(text: &str) -> Result<Prefix, String> {
    let known = match text.to_ascii_lowercase().as_str() {
        "*" | "any" => Some(Prefix::Everything),
        "internet" => Some(Prefix::Internet),
        "virtualnetwork" | "virtual_network" => Some(Prefix::VirtualNetwork),
        "/0" => Some(Prefix::Unspecified(Addresses::everything())),
        "0.0.0.0" => Some(Prefix::Unspecified(every_v4())),
        "::" => Some(Prefix::Unspecified(every_v6())),
        _ => None,
    };
    known
        .or_else(|| literal(text).map(Prefix::Literal))
        .or_else(|| is_tag(text).then(|| Prefix::Tag(text.to_owned())))
        .ok_or_else(|| text.to_owned())
}

/// An address, a block (host bits are ignored, as Azure does) or a range `first-last`.
fn literal(text: &str) -> Option<Addresses> {
    if let Some((address, length)) = text.split_once('/') {
        return cidr(address.trim().parse().ok()?, length.trim());
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.trim().parse().ok()?, last.trim().parse().ok()?) {
        (IpAddr::V4(first), IpAddr::V4(last)) => only_v4((first.to_bits(), last.to_bits())),
        (IpAddr::V6(first), IpAddr::V6(last)) => only_v6((first.to_bits(), last.to_bits())),
        _ => None,
    }
}

fn cidr(address: IpAddr, length: &str) -> Option<Addresses> {
    if !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let length: u8 = length.parse().ok()?;
    match address {
        IpAddr::V4(address) if length <= 32 => only_v4(block(address.to_bits(), length, 32)),
        IpAddr::V6(address) if length <= 128 => only_v6(block(address.to_bits(), length, 128)),
        _ => None,
    }
}

/// A block as first and last address, in `width` bits.
fn block<T>(address: T, length: u8, width: u8) -> (T, T)
where
    T: Number
        + std::ops::Not<Output = T>
        + std::ops::BitAnd<Output = T>
        + std::ops::BitOr<Output = T>
        + std::ops::Shr<u32, Output = T>,
{
    if length == 0 {
        return (T::MIN, T::MAX);
    }
    if length >= width {
        return (address, address);
    }
    let host = T::MAX >> u32::from(length);
    (address & !host, address | host)
}

fn only_v4(range: (u32, u32)) -> Option<Addresses> {
    let v4 = Intervals::of([range]);
    (!v4.is_empty()).then(|| Addresses {
        v4,
        ..Addresses::default()
    })
}

fn only_v6(range: (u128, u128)) -> Option<Addresses> {
    let v6 = Intervals::of([range]);
    (!v6.is_empty()).then(|| Addresses {
        v6,
        ..Addresses::default()
    })
}

fn every_v4() -> Addresses {
    Addresses {
        v4: Intervals::everything(),
        ..Addresses::default()
    }
}

fn every_v6() -> Addresses {
    Addresses {
        v6: Intervals::everything(),
        ..Addresses::default()
    }
}

/// Service tags are words, with a region behind a dot: `Storage.WestEurope`.
fn is_tag(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal_of(text: &str) -> Addresses {
        match parse(text).as_deref() {
            Ok([Prefix::Literal(addresses)]) => addresses.clone(),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn v4(text: &str) -> u32 {
        text.parse::<Ipv4Addr>().unwrap().to_bits()
    }

    fn v6(text: &str) -> u128 {
        text.parse::<Ipv6Addr>().unwrap().to_bits()
    }

    #[test]
    fn words_mean_the_same_in_any_case() {
        assert_eq!(parse("*"), Ok(vec![Prefix::Everything]));
        assert_eq!(parse("ANY"), Ok(vec![Prefix::Everything]));
        assert_eq!(parse("INTERNET"), Ok(vec![Prefix::Internet]));
        assert_eq!(parse("virtual_network"), Ok(vec![Prefix::VirtualNetwork]));
        let tag = Prefix::Tag("Storage.WestEurope".into());
        assert_eq!(parse(" Storage.WestEurope "), Ok(vec![tag]));
    }

    #[test]
    fn addresses_blocks_and_ranges_are_literal() {
        let one = v4("203.0.113.7");
        assert_eq!(literal_of("203.0.113.7").v4.ranges(), [(one, one)]);
        let block = [(v4("10.1.0.0"), v4("10.1.255.255"))];
        assert_eq!(literal_of("10.1.2.3/16").v4.ranges(), block);
        let range = [(v4("1.2.3.4"), v4("1.2.3.9"))];
        assert_eq!(literal_of("1.2.3.4 - 1.2.3.9").v4.ranges(), range);
        assert_eq!(literal_of("0.0.0.0/0"), every_v4());
        assert_eq!(literal_of("::/0"), every_v6());
        let site = [(v6("2001:db8::"), v6("2001:db8:0:ffff:ffff:ffff:ffff:ffff"))];
        assert_eq!(literal_of("2001:DB8::1/48").v6.ranges(), site);
        assert_eq!(
            literal_of("1.2.3.4/32").v4.ranges(),
            [(v4("1.2.3.4"), v4("1.2.3.4"))]
        );
        assert_eq!(
            literal_of("2001:db8::1/128").v6.ranges(),
            [(v6("2001:db8::1"), v6("2001:db8::1"))]
        );
    }

    #[test]
    fn unspecified_addresses_are_told_apart() {
        assert_eq!(parse("0.0.0.0"), Ok(vec![Prefix::Unspecified(every_v4())]));
        assert_eq!(parse("::"), Ok(vec![Prefix::Unspecified(every_v6())]));
        let both = Prefix::Unspecified(Addresses::everything());
        assert_eq!(parse("/0"), Ok(vec![both]));
    }

    #[test]
    fn what_is_no_address_is_a_defect() {
        for text in [
            "789",
            "1.2.3",
            "1.2.3.4/33",
            "1.2.3.4/+8",
            "::1/129",
            "1.2.3.9-1.2.3.4",
            "1.2.3.4-::1",
            "1.2.3.4/",
            "/8",
            "",
            "a b",
            "10.0.0.0/255.0.0.0",
            "256.1.1.1",
            "1.1.1.1,",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn private_and_platform_addresses_are_not_public() {
        for text in [
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.1.1",
            "168.63.129.16",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!public().v4.contains(v4(text)), "{text}");
        }
        for text in ["::1", "fe80::1", "fd00::1", "ff02::1", "::ffff:8.8.8.8"] {
            assert!(!public().v6.contains(v6(text)), "{text}");
        }
    }

    #[test]
    fn neighbours_of_private_blocks_and_documentation_are_public() {
        for text in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "192.0.2.1",
            "203.0.113.9",
            "223.255.255.255",
        ] {
            assert!(public().v4.contains(v4(text)), "{text}");
        }
        for text in ["2000::", "2001:db8::1", "3fff:ffff::1"] {
            assert!(public().v6.contains(v6(text)), "{text}");
        }
    }
}

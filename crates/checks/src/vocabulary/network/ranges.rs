//! Allow lists of addresses, as firewalls of services hold them: no ports, no priorities, no denies.

use super::addresses::{self, Addresses, Prefix};
use super::options::Options;
use super::width::is_wide;

/// The entries of an allow list that let the internet in: public, and wider than the options allow.
/// An entry is an address, a block, or a range `first-last`; several stand between commas. Entries of
/// which nobody can say what they let in (not an address at all) are among them, because what cannot
/// be read is never a restriction.
pub fn internet_ranges<'a>(
    entries: impl IntoIterator<Item = &'a str>,
    options: &Options,
) -> Vec<String> {
    let open = |entry: &&str| lets_the_internet_in(entry, options);
    entries
        .into_iter()
        .filter(open)
        .map(str::to_owned)
        .collect()
}

fn lets_the_internet_in(entry: &str, options: &Options) -> bool {
    let Ok(prefixes) = addresses::parse(entry) else {
        return true;
    };
    let admitted = prefixes
        .iter()
        .fold(Addresses::default(), |all, prefix| match prefix {
            Prefix::Everything | Prefix::Internet => all.union(addresses::public()),
            Prefix::Literal(own) | Prefix::Unspecified(own) => {
                all.union(&own.intersection(addresses::public()))
            }
            Prefix::VirtualNetwork | Prefix::Tag(_) => all,
        });
    is_wide(&admitted, options)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(entry: &str) -> bool {
        !internet_ranges([entry], &Options::default()).is_empty()
    }

    #[test]
    fn everyone_in_every_spelling() {
        for entry in [
            "0.0.0.0/0",
            "::/0",
            "0.0.0.0-255.255.255.255",
            "0.0.0.0 - 255.255.255.255",
            "1.0.0.0-223.255.255.255",
            "0.0.0.0/1",
            "*",
            "Any",
            "203.0.0.0/16",
            "10.0.0.0/8, 0.0.0.0/0",
            "not an address!",
            "",
        ] {
            assert!(open(entry), "{entry}");
        }
    }

    #[test]
    fn restrictions_and_private_addresses() {
        for entry in [
            "203.0.113.7",
            "203.0.113.0/24",
            "203.0.113.1-203.0.113.9",
            "10.0.0.0/8",
            "0.0.0.0-0.0.0.0",
            "fd00::/8",
            "2001:db8::/48",
            "AzureCloud",
        ] {
            assert!(!open(entry), "{entry}");
        }
    }

    #[test]
    fn only_the_open_entries_are_named() {
        let entries = ["203.0.113.7", "0.0.0.0/0", "8.0.0.0/8"];
        let options = Options::default();
        assert_eq!(
            internet_ranges(entries, &options),
            ["0.0.0.0/0", "8.0.0.0/8"]
        );
    }

    proptest! {
        #[test]
        fn a_range_is_as_open_as_the_block_it_spells(address in any::<u32>(), length in 0u8..=32) {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            let (low, high) = (address & mask, address | !mask);
            let ip = |bits: u32| std::net::Ipv4Addr::from_bits(bits);
            let block = format!("{}/{length}", ip(address));
            let range = format!("{}-{}", ip(low), ip(high));
            prop_assert_eq!(open(&block), open(&range));
        }
    }
}

//! What counts as the whole internet: public addresses in blocks wider than the options allow.

use super::addresses::{self, Addresses};
use super::intervals::Intervals;
use super::options::Options;

/// Whether some of the addresses are the internet.
pub(super) fn is_wide(addresses: &Addresses, options: &Options) -> bool {
    !wide_part(addresses, options).is_empty()
}

/// The ranges of `addresses` that hold a block wider than the options allow.
pub(super) fn wide_part(addresses: &Addresses, options: &Options) -> Addresses {
    let public = addresses::public();
    let v4 = addresses.v4.ranges().iter().copied().filter(|(low, high)| {
        holds_block(u128::from(*low), u128::from(*high), 32, options.widest_ipv4)
    });
    let v6 = addresses
        .v6
        .ranges()
        .iter()
        .copied()
        .filter(|(low, high)| holds_block(*low, *high, 128, options.widest_ipv6));
    // Private blocks cut the public ones short, so that no short prefix fits between them: all
    // public addresses are the internet however much the options allow.
    Addresses {
        v4: match addresses.v4.covers(&public.v4) {
            true => addresses.v4.clone(),
            false => Intervals::of(v4),
        },
        v6: match addresses.v6.covers(&public.v6) {
            true => addresses.v6.clone(),
            false => Intervals::of(v6),
        },
    }
}

/// Whether the range holds an aligned block with a prefix shorter than `widest`.
fn holds_block(low: u128, high: u128, width: u8, widest: u8) -> bool {
    if widest == 0 {
        return false;
    }
    let host_bits = u32::from(width.saturating_sub(widest)) + 1;
    let mask = u128::MAX >> 128u32.saturating_sub(host_bits);
    let start = match low & mask {
        0 => Some(low),
        _ => (low | mask).checked_add(1),
    };
    start
        .and_then(|start| start.checked_add(mask))
        .is_some_and(|end| end <= high)
}

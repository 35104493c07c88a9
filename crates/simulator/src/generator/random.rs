//! Numbers that a seed always gives in the same order: SplitMix64, which needs no state beside one number.
//!
//! Source: <https://prng.di.unimi.it/splitmix64.c>. Nothing here is secret, so that nothing needs a better generator.

/// A sequence of numbers.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The sequence of a seed for one purpose. Purposes do not disturb each other: more users leave the machines alone.
    pub(super) fn of(seed: u64, purpose: &str, ordinal: usize) -> Self {
        // FNV-1a; it only has to tell purposes apart.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
        for byte in purpose.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut random = Self(hash ^ (ordinal as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.next();
        random
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            return 0;
        }
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }

    /// A number from `first` to `last`, both within.
    pub(super) fn between(&mut self, first: u32, last: u32) -> u32 {
        let span = u64::from(last.saturating_sub(first)) + 1;
        first + u32::try_from(self.next() % span).unwrap_or(0)
    }

    /// True in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.next() % 100 < u64::from(percent)
    }

    /// One of the items; `None` when there are none.
    pub(super) fn one<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// A GUID.
    pub(super) fn guid(&mut self) -> String {
        let high = self.next();
        let low = self.next();
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            ((low >> 48) & 0x3fff) | 0x8000,
            low & 0xffff_ffff_ffff
        )
    }

    /// Hexadecimal digits.
    pub(super) fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            text.push_str(&format!("{:016x}", self.next()));
        }
        text.truncate(digits);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_has_a_sequence_of_its_own() {
        let of = |seed, purpose, ordinal| Random::of(seed, purpose, ordinal).next();
        assert_eq!(of(7, "disks", 3), of(7, "disks", 3));
        assert_ne!(of(7, "disks", 3), of(7, "disks", 4));
        assert_ne!(of(7, "disks", 3), of(7, "vaults", 3));
        assert_ne!(of(7, "disks", 3), of(8, "disks", 3));
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut random = Random::of(1, "x", 0);
        for _ in 0..500 {
            assert!(random.below(3) < 3);
            assert!((2..=4).contains(&random.between(2, 4)));
        }
        assert_eq!(random.below(0), 0);
        assert_eq!(random.between(5, 5), 5);
        assert!(random.one::<u8>(&[]).is_none());
        assert!(!random.chance(0));
        assert!(random.chance(100));
    }

    #[test]
    fn guids_are_of_version_four_and_hex_has_its_length() {
        let guid = Random::of(1, "x", 0).guid();
        assert_eq!((guid.len(), &guid[14..15]), (36, "4"));
        assert!("89ab".contains(&guid[19..20]));
        assert_eq!(Random::of(1, "x", 0).hex(20).len(), 20);
    }
}

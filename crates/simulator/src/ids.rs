//! GUIDs: random ones for requests, and ones that a name always gives for what a tenant leaves out.

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// A random version 4 GUID.
pub(crate) fn random_guid() -> String {
    let mut bytes = [0_u8; 16];
    // Only uniqueness among log lines is at stake, so a failing generator is answered by zeros.
    let _ = SystemRandom::new().fill(&mut bytes);
    format(bytes)
}

/// The GUID that a name always gives.
pub(crate) fn guid_of(name: &str) -> String {
    let hash = digest(&SHA256, name.to_lowercase().as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    format(bytes)
}

/// True for the usual form of a GUID, in either case.
pub(crate) fn is_guid(text: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    let fits = |(at, byte): (usize, u8)| {
        if dashes.contains(&at) {
            byte == b'-'
        } else {
            byte.is_ascii_hexdigit()
        }
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

fn format(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gives_one_guid_whatever_its_case() {
        assert_eq!(guid_of("Reader"), guid_of("reader"));
        assert_ne!(guid_of("reader"), guid_of("owner"));
        assert_eq!(guid_of("reader").len(), 36);
    }

    #[test]
    fn guids_are_told_from_other_names() {
        assert!(is_guid("ACDD72A7-3385-48ef-bd42-f606fba81ae7"));
        for odd in [
            "",
            "reader",
            "acdd72a7-3385-48ef-bd42-f606fba81ae",
            "acdd72a7-3385-48ef-bd42+f606fba81ae7",
        ] {
            assert!(!is_guid(odd), "{odd}");
        }
    }

    #[test]
    fn random_guids_differ() {
        assert_ne!(random_guid(), random_guid());
    }
}

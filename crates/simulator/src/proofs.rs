//! The client secrets that were made while the server ran. A document never holds a secret's text, so it is kept here,
//! and of it only a digest.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use ring::digest::{SHA256, digest};

/// One secret of an application.
struct Secret {
    /// The application's client id, in lower case.
    app_id: String,
    /// The id of the secret, in lower case.
    key_id: String,
    digest: [u8; 32],
    from: Timestamp,
    expires: Timestamp,
}

/// What a secret that somebody sends is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// One of the application's, with its key's id.
    Valid(String),
    /// One of the application's, past its time.
    Expired,
    /// One of the application's, before its time, or none of them.
    Wrong,
}

/// All secrets that were made while the server ran.
#[derive(Default)]
pub(crate) struct Proofs(Mutex<Vec<Secret>>);

impl Proofs {
    fn kept(&self) -> MutexGuard<'_, Vec<Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a secret of the application with a client id, which holds from one moment to another. It takes the place
    /// of the one with the same key id.
    pub(crate) fn add_secret(
        &self,
        app_id: &str,
        key_id: &str,
        secret: &str,
        expires: Timestamp,
        from: Timestamp,
    ) {
        self.remove(app_id, key_id);
        self.kept().push(Secret {
            app_id: app_id.to_lowercase(),
            key_id: key_id.to_lowercase(),
            digest: digest_of(secret),
            from,
            expires,
        });
    }

    /// Forgets a secret; one that is not there is no error.
    pub(crate) fn remove(&self, app_id: &str, key_id: &str) {
        self.kept().retain(|secret| {
            !(secret.app_id.eq_ignore_ascii_case(app_id)
                && secret.key_id.eq_ignore_ascii_case(key_id))
        });
    }

    /// What a secret is to the application with a client id. Keys that `counts` refuses are as if they were not there.
    pub(crate) fn find(&self, app_id: &str, secret: &str, counts: impl Fn(&str) -> bool) -> Found {
        let sent = digest_of(secret);
        let now = Timestamp::now();
        let mut found = Found::Wrong;
        for kept in self.kept().iter() {
            let is_it = kept.app_id.eq_ignore_ascii_case(app_id) && kept.digest == sent;
            if !is_it || kept.from > now || !counts(&kept.key_id) {
                continue;
            }
            if kept.expires > now {
                return Found::Valid(kept.key_id.clone());
            }
            found = Found::Expired;
        }
        found
    }
}

fn digest_of(secret: &str) -> [u8; 32] {
    let mut bytes = [0_u8; 32];
    bytes.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
    bytes
}

impl fmt::Debug for Proofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proofs({} secrets)", self.kept().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn proofs(from: i64, expires: i64) -> Proofs {
        let at = |hours| Timestamp::now() + SignedDuration::from_hours(hours);
        let proofs = Proofs::default();
        proofs.add_secret("App", "Key", "s", at(expires), at(from));
        proofs
    }

    fn find(proofs: &Proofs, app: &str, secret: &str) -> Found {
        proofs.find(app, secret, |_| true)
    }

    #[test]
    fn a_secret_opens_its_own_application() {
        let proofs = proofs(-1, 1);
        assert_eq!(find(&proofs, "APP", "s"), Found::Valid("key".to_owned()));
        assert_eq!(find(&proofs, "app", "S"), Found::Wrong);
        assert_eq!(find(&proofs, "other", "s"), Found::Wrong);
        assert_eq!(proofs.find("app", "s", |key| key != "key"), Found::Wrong);
    }

    #[test]
    fn a_secret_holds_from_its_start_to_its_end() {
        assert_eq!(find(&proofs(-2, -1), "app", "s"), Found::Expired);
        assert_eq!(find(&proofs(1, 2), "app", "s"), Found::Wrong);
    }

    #[test]
    fn a_removed_secret_opens_nothing() {
        let proofs = proofs(-1, 1);
        proofs.remove("app", "other");
        assert_ne!(find(&proofs, "app", "s"), Found::Wrong);
        proofs.remove("APP", "KEY");
        assert_eq!(find(&proofs, "app", "s"), Found::Wrong);
    }

    #[test]
    fn nothing_of_a_secret_is_shown() {
        assert_eq!(format!("{:?}", proofs(-1, 1)), "Proofs(1 secrets)");
    }
}

//! How large a generated tenant is, and the text that says so.

use super::kind::Kind;

/// The largest tenant. Azure allows more; the simulator keeps all documents in memory.
const SUBSCRIPTIONS: usize = 10_000;
const RESOURCES: usize = 1_000_000;
const USERS: usize = 500_000;

/// How large a generated tenant is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Enabled subscriptions.
    pub subscriptions: usize,
    /// Rows of Resource Graph's table `resources`.
    pub resources: usize,
    /// Users of the directory, guests and disabled ones among them.
    pub users: usize,
    /// Percent of the resources that are in the first subscription; an even share when `None`.
    pub skew: Option<u32>,
    /// Document types of a catalogue. Those that the generator has no body for get a made-up one.
    pub kinds: Vec<Kind>,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            subscriptions: 5,
            resources: 2_000,
            users: 1_000,
            skew: None,
            kinds: Vec::new(),
        }
    }
}

/// A text that does not say how large a tenant is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    /// A part without `=`.
    #[error("`{0}` is not a key, an equals sign and a number")]
    Form(String),
    /// A key that is not known.
    #[error("unknown key `{0}`; known are subscriptions, resources, users, seed and skew")]
    Key(String),
    /// A key that is there twice.
    #[error("`{0}` is given twice")]
    Twice(String),
    /// A value that is no whole number.
    #[error("`{key}={value}` is not a whole number")]
    Number {
        /// The key.
        key: String,
        /// What was given.
        value: String,
    },
    /// A value outside of what can be generated.
    #[error("`{key}={value}` is outside {least} to {most}")]
    Range {
        /// The key.
        key: String,
        /// What was given.
        value: u64,
        /// The least that is possible.
        least: u64,
        /// The most that is possible.
        most: u64,
    },
}

impl Size {
    /// Reads `subscriptions=50,resources=20000,users=10000,seed=7,skew=20`; what is left out is as in the default, and
    /// the seed is 1.
    ///
    /// # Errors
    /// A key that is unknown or given twice, or a value that is no number or outside of what can be generated.
    pub fn parse(text: &str) -> Result<(Self, u64), SizeError> {
        let mut size = Self::default();
        let mut seed = 1;
        let mut seen: Vec<&str> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (key, value) = part
                .split_once('=')
                .map(|(key, value)| (key.trim(), value.trim()))
                .ok_or_else(|| SizeError::Form(part.to_owned()))?;
            if seen.contains(&key) {
                return Err(SizeError::Twice(key.to_owned()));
            }
            seen.push(key);
            match key {
                "subscriptions" => size.subscriptions = count(key, value, 1, SUBSCRIPTIONS)?,
                "resources" => size.resources = count(key, value, 1, RESOURCES)?,
                "users" => size.users = count(key, value, 1, USERS)?,
                "skew" => size.skew = u32::try_from(count(key, value, 0, 100)?).ok(),
                "seed" => seed = number(key, value)?,
                _ => return Err(SizeError::Key(key.to_owned())),
            }
        }
        Ok((size, seed))
    }
}

fn number(key: &str, value: &str) -> Result<u64, SizeError> {
    // 20_000 is what one types who counts zeros.
    let plain = value.replace('_', "");
    plain.parse().map_err(|_| SizeError::Number {
        key: key.to_owned(),
        value: value.to_owned(),
    })
}

fn count(key: &str, value: &str, least: usize, most: usize) -> Result<usize, SizeError> {
    let given = number(key, value)?;
    let within = usize::try_from(given)
        .ok()
        .filter(|given| (least..=most).contains(given));
    within.ok_or_else(|| SizeError::Range {
        key: key.to_owned(),
        value: given,
        least: least as u64,
        most: most as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_names_what_differs_from_the_default() {
        let (size, seed) =
            Size::parse("subscriptions=50, resources=20_000,users=10000,seed=7,skew=20").unwrap();
        assert_eq!(
            (
                size.subscriptions,
                size.resources,
                size.users,
                size.skew,
                seed
            ),
            (50, 20_000, 10_000, Some(20), 7)
        );
        let (size, seed) = Size::parse("users=3").unwrap();
        assert_eq!((size.subscriptions, size.users, seed), (5, 3, 1));
    }

    #[test]
    fn mistakes_say_what_is_wrong() {
        let fails = |text: &str| Size::parse(text).unwrap_err().to_string();
        assert!(fails("").contains("is not a key"));
        assert!(fails("resources").contains("`resources` is not a key"));
        assert!(fails("resource=3").contains("unknown key `resource`"));
        assert!(fails("users=many").contains("`users=many` is not a whole number"));
        assert!(fails("users=-1").contains("not a whole number"));
        assert!(fails("users=1,users=2").contains("given twice"));
        assert!(fails("resources=0").contains("outside 1 to 1000000"));
        assert!(fails("subscriptions=10001").contains("outside 1 to 10000"));
        assert!(fails("skew=101").contains("outside 0 to 100"));
    }
}

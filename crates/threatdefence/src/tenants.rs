//! The simulated tenants that come with the program.

use std::path::Path;

use include_dir::{Dir, include_dir};
use simulator::Tenant;

use crate::error::CliError;

static DEMO: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../content/tenants/demo");
static FRESH: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../content/tenants/fresh");

/// A tenant that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// A company with a scanner, and with the findings of years.
    Demo,
    /// A new customer without a scanner, for setting one up.
    Fresh,
}

impl BuiltIn {
    /// The tenant with this name. A folder of the same name is meant where the path has a separator.
    #[must_use]
    pub fn named(path: &Path) -> Option<Self> {
        match path.as_os_str().to_str()? {
            "demo" => Some(Self::Demo),
            "fresh" => Some(Self::Fresh),
            _ => None,
        }
    }

    /// The tenant.
    ///
    /// # Errors
    /// Its files cannot be used; a test proves that they can.
    pub fn load(self) -> Result<Tenant, CliError> {
        let folder = match self {
            Self::Demo => &DEMO,
            Self::Fresh => &FRESH,
        };
        Tenant::from_dir(folder).map_err(CliError::failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tenants_can_be_used() {
        assert_eq!(BuiltIn::Demo.load().unwrap().users().len(), 0);
        let fresh = BuiltIn::Fresh.load().unwrap();
        assert!(!fresh.users().is_empty());
        assert_eq!(fresh.credentials().len(), 1);
    }

    #[test]
    fn a_path_is_no_name() {
        assert_eq!(BuiltIn::named(Path::new("fresh")), Some(BuiltIn::Fresh));
        for path in ["./fresh", "fresh/", "Fresh", "fresh.json"] {
            assert_eq!(BuiltIn::named(Path::new(path)), None, "{path}");
        }
    }
}

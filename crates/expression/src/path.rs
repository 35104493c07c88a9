//! The member paths that an expression reads, found without evaluating it.

use std::fmt;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The member of that name.
    Member(String),
    /// Any element of a list (or key of an object).
    Element,
}

/// A path that an expression reads: `resource.properties.rules[].name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberPath {
    /// The variable it starts from.
    pub root: String,
    /// The steps from there.
    pub steps: Vec<Step>,
}

impl MemberPath {
    /// The names of the members on the way, list elements left out.
    pub fn members(&self) -> Vec<&str> {
        self.steps
            .iter()
            .filter_map(|step| match step {
                Step::Member(name) => Some(name.as_str()),
                Step::Element => None,
            })
            .collect()
    }

    /// Whether the path names one place in a document: it steps through no list.
    pub fn is_single(&self) -> bool {
        !self.steps.contains(&Step::Element)
    }
}

impl fmt::Display for MemberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        for step in &self.steps {
            match step {
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Element => f.write_str("[]")?,
            }
        }
        Ok(())
    }
}

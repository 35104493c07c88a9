//! Who asks.

/// A user, service principal or managed identity, with the groups it is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Principal {
    /// The object id in the directory.
    pub id: String,
    /// The object ids of its groups, those of which it is a member through others included: Graph's
    /// `transitiveMemberOf`.
    pub groups: Vec<String>,
}

/// How a principal comes to what is assigned to an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via<'a> {
    /// It is its own.
    Itself,
    /// It is that of this group.
    Group(&'a str),
    /// It is everybody's in the directory.
    Everyone,
}

impl Principal {
    /// A principal that is in no group.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            groups: Vec::new(),
        }
    }

    /// With these groups.
    #[must_use]
    pub fn in_groups<T: Into<String>>(mut self, groups: impl IntoIterator<Item = T>) -> Self {
        self.groups.extend(groups.into_iter().map(Into::into));
        self
    }

    /// How it comes to what is assigned to an object id; not at all when it is neither its own nor that
    /// of one of its groups.
    pub fn via(&self, object_id: &str) -> Option<Via<'_>> {
        if self.id.eq_ignore_ascii_case(object_id) {
            return Some(Via::Itself);
        }
        let mut groups = self.groups.iter();
        let group = groups.find(|group| group.eq_ignore_ascii_case(object_id));
        group.map(|group| Via::Group(group))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_match_without_case() {
        let principal = Principal::new("aa-1").in_groups(["BB-2"]);
        assert_eq!(principal.via("AA-1"), Some(Via::Itself));
        assert_eq!(principal.via("bb-2"), Some(Via::Group("BB-2")));
        assert_eq!(principal.via("cc-3"), None);
    }
}

//! The documents that a check reads, as far as they are known.

use std::sync::Arc;

use catalog::SourceError;
use serde_json::Value;

use crate::gap::Gap;
use crate::loading::Loaded;
use crate::reads::ResolvedRead;

/// The reads of a check for one document.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Known documents by the index of their read; null for the side of a fallback that is not used.
    values: Vec<(usize, Option<Arc<Loaded>>)>,
    missing: Vec<Missing>,
}

/// A read whose documents are not known.
#[derive(Debug)]
pub(crate) struct Missing {
    pub(crate) gap: Gap,
    /// The gap of the read that stands in for it.
    pub(crate) fallback: Option<Gap>,
    /// Whether every document of the scope lacks it: neither read is a child of the document.
    pub(crate) in_scope: bool,
}

static NOTHING: Value = Value::Null;

impl Known {
    /// Loads the reads that are wanted. A fallback is loaded only when what it stands in for is
    /// not known, and then one of the two is enough.
    pub(crate) fn load(
        reads: &[ResolvedRead],
        wanted: impl Fn(&ResolvedRead) -> bool,
        mut load: impl FnMut(usize) -> Result<Arc<Loaded>, SourceError>,
    ) -> Result<Self, SourceError> {
        let mut known = Self::default();
        for (index, read) in reads.iter().enumerate() {
            if read.fallback_for.is_some() {
                continue;
            }
            let fallback = reads
                .iter()
                .position(|other| other.fallback_for == Some(index));
            if !wanted(read) && !fallback.is_some_and(|other| wanted(&reads[other])) {
                continue;
            }
            let loaded = load(index)?;
            let Loaded::Gap(gap) = loaded.as_ref() else {
                known.values.push((index, Some(loaded)));
                known.values.extend(fallback.map(|other| (other, None)));
                continue;
            };
            let Some(other) = fallback else {
                known.missing.push(Missing {
                    gap: gap.clone(),
                    fallback: None,
                    in_scope: !read.own_child,
                });
                continue;
            };
            let instead = load(other)?;
            match instead.as_ref() {
                Loaded::Gap(second) => known.missing.push(Missing {
                    gap: gap.clone(),
                    fallback: Some(second.clone()),
                    in_scope: !read.own_child && !reads[other].own_child,
                }),
                Loaded::Known(_) => {
                    known.values.push((other, Some(instead)));
                    known.values.push((index, None));
                }
            }
        }
        Ok(known)
    }

    /// The known documents, by the index of their read.
    pub(crate) fn values(&self) -> impl Iterator<Item = (usize, &Value)> {
        self.values
            .iter()
            .map(|(index, loaded)| match loaded.as_deref() {
                Some(Loaded::Known(value)) => (*index, value),
                Some(Loaded::Gap(_)) | None => (*index, &NOTHING),
            })
    }

    /// What is not known, in the order of the reads.
    pub(crate) fn missing(&self) -> &[Missing] {
        &self.missing
    }
}

//! What setup made and did not take away again: only that is its own.

use std::path::Path;

use jiff::Timestamp;
use serde_json::Value;

use super::{Begun, Line, Made, State};

/// What a journal says is setup's own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Owned {
    made: Vec<Made>,
    begun: Vec<(String, Option<Begun>)>,
}

impl Owned {
    /// Adds up the lines.
    pub fn of(lines: &[Line]) -> Self {
        let mut owned = Self::default();
        for line in lines {
            let Line::Step {
                step,
                state,
                made,
                begun,
                ..
            } = line
            else {
                continue;
            };
            match state {
                State::Started => {
                    owned.begun.retain(|(name, _)| name != step);
                    owned.begun.push((step.clone(), begun.clone()));
                }
                // A certificate's file is there all the same, and waits for the next run.
                State::Failed => owned.begun.retain(|(name, begun)| {
                    name != step || matches!(begun, Some(Begun::Certificate { .. }))
                }),
                State::Unclear => {}
                State::Done | State::Undone => owned.begun.retain(|(name, _)| name != step),
            }
            let Some(made) = made else { continue };
            // The first state before a change is the one to go back to.
            let key = made.key();
            match state {
                State::Done if !owned.has(&key) => owned.made.push(made.clone()),
                State::Undone => owned.made.retain(|one| one.key() != key),
                _ => {}
            }
        }
        owned
    }

    /// What was made elsewhere, as it is found by looking.
    pub fn found(made: Vec<Made>) -> Self {
        Self {
            made,
            begun: Vec::new(),
        }
    }

    /// Everything, in the order in which it was made.
    pub fn made(&self) -> &[Made] {
        &self.made
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// Whether something of this key ([`Made::key`]) is setup's own.
    pub fn has(&self, key: &str) -> bool {
        self.made.iter().any(|made| made.key() == key)
    }

    /// Object id and application id of the application.
    pub fn application(&self) -> Option<(&str, &str)> {
        self.made.iter().find_map(|made| match made {
            Made::Application { id, application_id } => {
                Some((id.as_str(), application_id.as_str()))
            }
            _ => None,
        })
    }

    /// The service principal's object id.
    pub fn principal(&self) -> Option<&str> {
        self.made.iter().find_map(|made| match made {
            Made::Principal { id } => Some(id.as_str()),
            _ => None,
        })
    }

    /// The custom role as it was before it was changed.
    pub fn role_before(&self) -> Option<&Value> {
        self.made.iter().find_map(|made| match made {
            Made::RoleChanged { before, .. } => Some(before),
            _ => None,
        })
    }

    /// The file of the newest certificate, with its thumbprint and end.
    pub fn certificate(&self) -> Option<(&Path, &str, Timestamp)> {
        self.made.iter().rev().find_map(|made| match made {
            Made::Certificate {
                thumbprint,
                file,
                ends,
            } => Some((file.as_path(), thumbprint.as_str(), *ends)),
            _ => None,
        })
    }

    /// The newest secret's file, where it was written to one.
    pub fn secret_file(&self) -> Option<&Path> {
        let newest = self.made.iter().rev().find_map(|made| match made {
            Made::Secret { file, .. } => Some(file.as_deref()),
            _ => None,
        });
        newest.flatten()
    }

    /// Whether a step was begun of which no end is known, and what of it must be known.
    pub fn begun(&self, step: &str) -> Option<Option<&Begun>> {
        let found = self.begun.iter().find(|(name, _)| name == step);
        found.map(|(_, begun)| begun.as_ref())
    }

    /// The names of the steps that were begun and of which no end is known.
    pub fn unfinished(&self) -> impl Iterator<Item = &str> {
        self.begun.iter().map(|(name, _)| name.as_str())
    }
}

//! The diagnosis for people: plain words in aligned columns, which need no colour.

mod azure;
mod identity;
mod layout;
mod outcome;

use crate::Diagnosis;
use layout::Sheet;

impl Diagnosis {
    /// As text for a terminal of `width` columns. Commands are not broken into lines.
    pub fn as_text(&self, width: usize, color: bool) -> String {
        let mut sheet = Sheet::new(width, color);
        identity::identity(&mut sheet, self);
        identity::graph(&mut sheet, self);
        identity::credentials(&mut sheet, self);
        azure::subscriptions(&mut sheet, self);
        azure::locks(&mut sheet, self);
        azure::conditional_access(&mut sheet, self);
        outcome::checks(&mut sheet, self);
        outcome::excess(&mut sheet, self);
        outcome::what_to_do(&mut sheet, self);
        sheet.finished()
    }
}

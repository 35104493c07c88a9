//! Backups.

use expression::{Function, Value};

use crate::vocabulary::backup;

/// The functions on backup policies.
pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "backup_retention_days",
    parameters: &["policy"],
    optional: 0,
    summary: "How many days a backup policy keeps the backups of its regular schedule; null when it does not say.",
    example: "default(backup_retention_days(policy), 0) >= 30",
    call: |arguments| {
        let days = backup::backup_retention_days(&arguments[0].to_json());
        Ok(days.map_or(Value::Null, Value::Int))
    },
}];

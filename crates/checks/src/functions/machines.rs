//! Machines and what runs on them.

use expression::{Function, Value};

use super::argument::text_or_null;
use super::azure_access::owned;
use crate::vocabulary::{machine_backups, releases};

/// The functions on machines and clusters.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "machine_backups",
        parameters: &["machine", "vaults"],
        optional: 0,
        summary: "What Recovery Services vaults with their protected items (and policies) know of the machine with this id: `vault`, `state`, `works`, `first_due`, `policy` and `daily_days` of each backup.",
        example: "machine_backups(resource.id, vaults).exists(backup, backup.works)",
        call: |arguments| {
            let vaults = arguments[1].to_json();
            let backups = machine_backups::machine_backups(text_or_null(arguments, 0)?, &vaults);
            Ok(owned(&backups))
        },
    },
    Function {
        name: "release_of",
        parameters: &["version", "releases"],
        optional: 0,
        summary: "The entry of a list of releases whose `version` the version begins with, part by part; null when there is none.",
        example: "release_of('1.32.9', [{'version': '1.32', 'until': '2026-03-31'}]).until == '2026-03-31'",
        call: |arguments| {
            let calendar = arguments[1].to_json();
            let release = releases::release_of(text_or_null(arguments, 0)?, &calendar);
            Ok(release.map_or(Value::Null, owned))
        },
    },
];

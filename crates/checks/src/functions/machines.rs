//! Machines and what runs on them.

use expression::Function;

use super::argument::text_or_null;
use super::azure_access::owned;
use crate::vocabulary::{kubernetes, machine_backups};

/// The functions on machines and clusters.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "kubernetes_support",
        parameters: &["cluster", "calendar"],
        optional: 0,
        summary: "What a calendar of releases (`version`, `until`, `long_term_until`) says of an AKS cluster: its `version`, `until` when it is supported, and whether it is `newer` than the calendar.",
        example: "kubernetes_support(resource, params.versions).newer",
        call: |arguments| {
            let (cluster, calendar) = (arguments[0].to_json(), arguments[1].to_json());
            Ok(owned(&kubernetes::kubernetes_support(&cluster, &calendar)))
        },
    },
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
];

//! The limits that resource providers publish, per subscription.
//!
//! Storage, Network and private DNS:
//! <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling#resource-provider-limits>;
//! Compute: <https://learn.microsoft.com/azure/virtual-machines/compute-throttling-limits>. Some of
//! them hold for each region of the resources; a resource's region is not known here, so that they are
//! kept for the whole subscription.

use std::fmt;

use super::arm_path::ArmPath;
use super::lane::Operation;
use super::rate::Rate;

/// A published limit of a resource provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Quota {
    StorageReads,
    StorageLists,
    StorageWritesOfASecond,
    StorageWritesOfAnHour,
    NetworkReads,
    NetworkWrites,
    PrivateDnsReads,
    VirtualMachineReads,
    VirtualMachineLists,
    ScaleSetReads,
    ScaleSetLists,
}

impl Quota {
    /// The limits that an operation draws on besides those of Resource Manager.
    pub fn of(path: &ArmPath, operation: Operation) -> Vec<Self> {
        match operation {
            Operation::Read => Self::of_read(path).into_iter().collect(),
            Operation::Write | Operation::Delete => Self::of_change(path),
        }
    }

    fn of_change(path: &ArmPath) -> Vec<Self> {
        match (path.namespace.as_deref(), path.types.is_empty()) {
            (Some("microsoft.storage"), false) => {
                vec![Self::StorageWritesOfASecond, Self::StorageWritesOfAnHour]
            }
            (Some("microsoft.network"), false) => vec![Self::NetworkWrites],
            _ => Vec::new(),
        }
    }

    fn of_read(path: &ArmPath) -> Option<Self> {
        let first = path.types.first()?.as_str();
        let list = path.is_list;
        match (path.namespace.as_deref()?, first) {
            ("microsoft.storage", "storageaccounts") if list && path.types.len() == 1 => {
                Some(Self::StorageLists)
            }
            ("microsoft.storage", _) => Some(Self::StorageReads),
            ("microsoft.network", "privatednszones") => Some(Self::PrivateDnsReads),
            ("microsoft.network", _) => Some(Self::NetworkReads),
            ("microsoft.compute", "virtualmachines") if list && path.types.len() == 1 => {
                Some(Self::VirtualMachineLists)
            }
            ("microsoft.compute", "virtualmachines") => Some(Self::VirtualMachineReads),
            ("microsoft.compute", "virtualmachinescalesets") if list => Some(Self::ScaleSetLists),
            ("microsoft.compute", "virtualmachinescalesets") => Some(Self::ScaleSetReads),
            _ => None,
        }
    }

    pub const fn rate(self) -> Rate {
        const MINUTE: f64 = 60.0;
        match self {
            Self::StorageReads => Rate::window(800.0, 5.0 * MINUTE),
            Self::StorageLists => Rate::window(100.0, 5.0 * MINUTE),
            Self::StorageWritesOfASecond => Rate::window(10.0, 1.0),
            Self::StorageWritesOfAnHour => Rate::window(1_200.0, 60.0 * MINUTE),
            Self::NetworkReads => Rate::window(10_000.0, 5.0 * MINUTE),
            Self::NetworkWrites => Rate::window(1_000.0, 5.0 * MINUTE),
            Self::PrivateDnsReads => Rate::window(500.0, 5.0 * MINUTE),
            Self::VirtualMachineReads => Rate::bucket(24_000.0, 8_000.0 / MINUTE),
            Self::VirtualMachineLists => Rate::bucket(900.0, 300.0 / MINUTE),
            Self::ScaleSetReads => Rate::bucket(2_400.0, 800.0 / MINUTE),
            Self::ScaleSetLists => Rate::bucket(1_080.0, 360.0 / MINUTE),
        }
    }

    /// The provider, in lower case.
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::StorageReads
            | Self::StorageLists
            | Self::StorageWritesOfASecond
            | Self::StorageWritesOfAnHour => "microsoft.storage",
            Self::NetworkReads | Self::NetworkWrites | Self::PrivateDnsReads => "microsoft.network",
            _ => "microsoft.compute",
        }
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StorageReads => "Microsoft.Storage reads",
            Self::StorageLists => "Microsoft.Storage account lists",
            Self::StorageWritesOfASecond => "Microsoft.Storage writes of a second",
            Self::StorageWritesOfAnHour => "Microsoft.Storage writes of an hour",
            Self::NetworkReads => "Microsoft.Network reads",
            Self::NetworkWrites => "Microsoft.Network writes",
            Self::PrivateDnsReads => "Microsoft.Network private DNS reads",
            Self::VirtualMachineReads => "Microsoft.Compute virtual machine reads",
            Self::VirtualMachineLists => "Microsoft.Compute virtual machine lists",
            Self::ScaleSetReads => "Microsoft.Compute scale set reads",
            Self::ScaleSetLists => "Microsoft.Compute scale set lists",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotas(rest: &str, operation: Operation) -> Vec<Quota> {
        let path = format!("/subscriptions/s/resourceGroups/g/providers/{rest}");
        Quota::of(&ArmPath::parse(&path), operation)
    }

    fn quota(rest: &str) -> Option<Quota> {
        quotas(rest, Operation::Read).first().copied()
    }

    #[test]
    fn changes_have_limits_of_their_own() {
        for operation in [Operation::Write, Operation::Delete] {
            let of = |rest| quotas(rest, operation);
            assert_eq!(
                of("Microsoft.Storage/storageAccounts/a"),
                [Quota::StorageWritesOfASecond, Quota::StorageWritesOfAnHour]
            );
            assert_eq!(
                of("Microsoft.Network/networkSecurityGroups/n"),
                [Quota::NetworkWrites]
            );
            assert!(of("Microsoft.Authorization/roleAssignments/a").is_empty());
        }
    }

    #[test]
    fn each_read_has_its_limit() {
        for (rest, expected) in [
            ("Microsoft.Storage/storageAccounts", Quota::StorageLists),
            ("Microsoft.Storage/storageAccounts/a", Quota::StorageReads),
            (
                "Microsoft.Storage/storageAccounts/a/blobServices/default",
                Quota::StorageReads,
            ),
            (
                "Microsoft.Storage/storageAccounts/a/blobServices/default/containers",
                Quota::StorageReads,
            ),
            ("Microsoft.Network/virtualNetworks", Quota::NetworkReads),
            ("Microsoft.Network/privateDnsZones", Quota::PrivateDnsReads),
            (
                "Microsoft.Network/privateDnsZones/z/virtualNetworkLinks",
                Quota::PrivateDnsReads,
            ),
            (
                "Microsoft.Compute/virtualMachines",
                Quota::VirtualMachineLists,
            ),
            (
                "Microsoft.Compute/virtualMachines/v",
                Quota::VirtualMachineReads,
            ),
            (
                "Microsoft.Compute/virtualMachines/v/extensions",
                Quota::VirtualMachineReads,
            ),
            (
                "Microsoft.Compute/virtualMachineScaleSets",
                Quota::ScaleSetLists,
            ),
            (
                "Microsoft.Compute/virtualMachineScaleSets/s",
                Quota::ScaleSetReads,
            ),
        ] {
            assert_eq!(quota(rest), Some(expected), "{rest}");
        }
    }

    #[test]
    fn others_publish_none() {
        for rest in [
            "Microsoft.Compute/disks",
            "Microsoft.Web/sites",
            "Microsoft.Storage/storageAccounts/a/providers/Microsoft.Insights/diagnosticSettings",
            "Microsoft.Storage",
        ] {
            assert_eq!(quota(rest), None, "{rest}");
        }
    }
}

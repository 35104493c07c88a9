//! How resources hang together: machines, disks, interfaces, subnets, security groups and private endpoints.
//!
//! Partners are found by their places within a subscription, so that both sides of a link agree without being stored.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::random::Random;
use super::world::{Slot, World};

pub(super) const MACHINES: &str = "Microsoft.Compute/virtualMachines";
pub(super) const INTERFACES: &str = "Microsoft.Network/networkInterfaces";
pub(super) const SECURITY_GROUPS: &str = "Microsoft.Network/networkSecurityGroups";
pub(super) const NETWORKS: &str = "Microsoft.Network/virtualNetworks";
pub(super) const ADDRESSES: &str = "Microsoft.Network/publicIPAddresses";
pub(super) const ENDPOINTS: &str = "Microsoft.Network/privateEndpoints";
pub(super) const VAULTS: &str = "Microsoft.RecoveryServices/vaults";
pub(super) const DISKS: &str = "Microsoft.Compute/disks";

/// What private endpoints lead to, with the part of the service that they open.
const TARGETS: [(&str, &str); 12] = [
    ("Microsoft.Storage/storageAccounts", "blob"),
    ("Microsoft.KeyVault/vaults", "vault"),
    ("Microsoft.Sql/servers", "sqlServer"),
    ("Microsoft.Web/sites", "sites"),
    ("Microsoft.DocumentDB/databaseAccounts", "Sql"),
    ("Microsoft.ContainerRegistry/registries", "registry"),
    (
        "Microsoft.DBforPostgreSQL/flexibleServers",
        "postgresqlServer",
    ),
    ("Microsoft.CognitiveServices/accounts", "account"),
    ("Microsoft.Search/searchServices", "searchService"),
    ("Microsoft.EventHub/namespaces", "namespace"),
    ("Microsoft.ServiceBus/namespaces", "namespace"),
    ("Microsoft.Cache/redis", "redisCache"),
];

/// What is worked out once for all resources.
#[derive(Debug)]
pub(super) struct Links<'w> {
    world: &'w World,
    /// The subnets of each subscription: their network, name and place within it.
    subnets: Vec<Vec<(usize, String)>>,
    /// The targets of each subscription's private endpoints, in the endpoints' order.
    targets: Vec<Vec<(usize, &'static str)>>,
    endpoints: HashMap<usize, usize>,
}

impl<'w> Links<'w> {
    /// Works out what hangs together.
    pub(super) fn new(world: &'w World) -> Self {
        let mut links = Self {
            world,
            subnets: Vec::new(),
            targets: Vec::new(),
            endpoints: HashMap::new(),
        };
        for subscription in 0..world.layout.groups_of.len() {
            links.subnets.push(subnets(world, subscription));
            let targets = targets(world, subscription);
            let endpoints = world.in_subscription(ENDPOINTS, subscription);
            for (endpoint, (target, _)) in endpoints.iter().zip(&targets) {
                links.endpoints.insert(*target, *endpoint);
            }
            links.targets.push(targets);
        }
        links
    }

    /// What a resource's body may name.
    pub(super) fn of(&self, at: usize) -> Map<String, Value> {
        let slot = &self.world.slots[at];
        let mut links = match self.world.forms[slot.form].kind.as_str() {
            MACHINES => self.machine(slot),
            DISKS => self.disk(slot),
            INTERFACES => self.interface(slot),
            SECURITY_GROUPS => self.security_group(slot),
            NETWORKS => self.network(at),
            ADDRESSES => self.address(slot),
            ENDPOINTS => self.endpoint(slot),
            VAULTS => self.backups(slot),
            "Microsoft.Compute/virtualMachines/extensions" => self.extension(slot),
            _ => Map::new(),
        };
        if let Some(subnet) = self.subnet(self.here(slot), slot.local) {
            links.entry("subnet").or_insert(json!(subnet));
        }
        links.insert("connections".to_owned(), self.connections(at));
        links
    }

    fn here(&self, slot: &Slot) -> usize {
        self.world.group(slot).subscription
    }

    fn peer(&self, kind: &str, subscription: usize, place: usize) -> Option<&Slot> {
        let at = self.world.in_subscription(kind, subscription).get(place)?;
        self.world.slots.get(*at)
    }

    /// The id of one of a subscription's subnets; other subscriptions have none of their own only in tiny tenants.
    fn subnet(&self, subscription: usize, place: usize) -> Option<String> {
        let own = &self.subnets[subscription];
        let found = if own.is_empty() {
            self.subnets.iter().find(|list| !list.is_empty())?
        } else {
            own
        };
        let (network, name) = found.get(place % found.len())?;
        Some(subnet_id(self.world, *network, name))
    }

    fn machine(&self, slot: &Slot) -> Map<String, Value> {
        let here = self.here(slot);
        let mut links = operating_system(slot);
        if let Some(interface) = self.peer(INTERFACES, here, slot.local) {
            links.insert("nic".to_owned(), json!(self.world.id(interface)));
        }
        // Machines from before managed disks existed are still about.
        let unmanaged = slot.local % 40 == 7;
        match self.peer(DISKS, here, slot.local).filter(|_| !unmanaged) {
            Some(disk) => {
                links.insert("disk_name".to_owned(), json!(disk.name));
                let managed =
                    json!({"id": self.world.id(disk), "storageAccountType": "Premium_LRS"});
                links.insert("managed_disk".to_owned(), managed);
            }
            None => {
                let vhd = format!(
                    "https://stvhds{:03}.blob.core.windows.net/vhds/{}.vhd",
                    slot.ordinal, slot.name
                );
                links.insert("disk_name".to_owned(), json!(format!("{}-os", slot.name)));
                links.insert("vhd".to_owned(), json!({"uri": vhd}));
            }
        }
        links.insert("data_disks".to_owned(), self.data_disks(slot));
        links
    }

    fn machines(&self, subscription: usize) -> usize {
        self.world.in_subscription(MACHINES, subscription).len()
    }

    /// The disks behind those of the operating systems hold data; every sixth of them is attached to nothing.
    fn data_disks(&self, slot: &Slot) -> Value {
        let here = self.here(slot);
        let place = self.machines(here) + slot.local;
        let disk = self
            .peer(DISKS, here, place)
            .filter(|_| !place.is_multiple_of(6));
        let disks = disk.map(|disk| {
            json!({"lun": 0, "name": disk.name, "createOption": "Attach", "caching": "None", "diskSizeGB": 256,
                "managedDisk": {"id": self.world.id(disk), "storageAccountType": "Premium_LRS"},
                "toBeDetached": false, "deleteOption": "Detach"})
        });
        Value::Array(disks.into_iter().collect())
    }

    fn disk(&self, slot: &Slot) -> Map<String, Value> {
        let here = self.here(slot);
        let machines = self.machines(here);
        let (machine, data) = match slot.local.checked_sub(machines) {
            None => (
                self.peer(MACHINES, here, slot.local)
                    .filter(|_| slot.local % 40 != 7),
                false,
            ),
            Some(place) => (
                self.peer(MACHINES, here, place)
                    .filter(|_| !slot.local.is_multiple_of(6)),
                true,
            ),
        };
        let mut links = Map::new();
        if let Some(machine) = machine {
            links.insert("machine".to_owned(), json!(self.world.id(machine)));
            if !data {
                links.extend(operating_system(machine));
            }
        }
        let state = if links.contains_key("machine") {
            "Attached"
        } else {
            "Unattached"
        };
        links.insert("disk_state".to_owned(), json!(state));
        links
    }

    fn extension(&self, slot: &Slot) -> Map<String, Value> {
        slot.parent
            .and_then(|parent| self.world.slots.get(parent))
            .map(operating_system)
            .unwrap_or_default()
    }

    /// A vault's share of the machines in its subscription, each with its place among all of them there.
    fn machines_of(&self, vault: &Slot) -> impl Iterator<Item = (usize, &Slot)> {
        let here = self.here(vault);
        let (vaults, local) = (self.world.in_subscription(VAULTS, here).len(), vault.local);
        let machines = self
            .world
            .in_subscription(MACHINES, here)
            .iter()
            .enumerate();
        machines
            .filter(move |(place, _)| place % vaults.max(1) == local)
            .filter_map(|(place, at)| Some((place, self.world.slots.get(*at)?)))
    }

    /// The machines that a vault backs up: three quarters of its share of the subscription's.
    fn backups(&self, slot: &Slot) -> Map<String, Value> {
        let vault = self.world.id(slot);
        let own = self.machines_of(slot).filter(|(place, _)| place % 4 != 3);
        let items = own.map(|(_, machine)| {
            let group = &self.world.group(machine).name;
            let unique = format!("iaasvmcontainerv2;{group};{}", machine.name);
            json!({
                "id": format!("{vault}/backupFabrics/Azure/protectionContainers/IaasVMContainer;{unique}/protectedItems/VM;{unique}"),
                "name": format!("VM;{unique}"),
                "type": "Microsoft.RecoveryServices/vaults/backupFabrics/protectionContainers/protectedItems",
                "properties": {
                    "friendlyName": machine.name,
                    "virtualMachineId": self.world.id(machine),
                    "sourceResourceId": self.world.id(machine),
                    "protectedItemType": "Microsoft.Compute/virtualMachines",
                    "backupManagementType": "AzureIaasVM",
                    "workloadType": "VM",
                    "containerName": format!("iaasvmcontainerv2;{group};{}", machine.name),
                    "policyId": format!("{vault}/backupPolicies/{}", if machine.ordinal % 3 == 0 { "EnhancedPolicy" } else { "DefaultPolicy" }),
                    "protectionState": if machine.ordinal % 20 == 9 { "ProtectionStopped" } else { "Protected" },
                    "healthStatus": "Passed",
                    "lastBackupStatus": "Completed",
                },
            })
        });
        Map::from_iter([
            ("protected_items".to_owned(), Value::Array(items.collect())),
            ("replicated_items".to_owned(), self.replicas(slot)),
        ])
    }

    /// The machines that a vault replicates to another region: one in six of its share of the subscription's.
    fn replicas(&self, slot: &Slot) -> Value {
        let vault = self.world.id(slot);
        let own = self.machines_of(slot).filter(|(place, _)| place % 6 == 0);
        let items = own.map(|(_, machine)| {
            json!({
                "id": format!("{vault}/replicationFabrics/fabric/replicationProtectionContainers/container/replicationProtectedItems/{}", machine.name),
                "name": machine.name,
                "type": "Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems",
                "properties": {
                    "friendlyName": machine.name,
                    "protectionState": "Protected",
                    "replicationHealth": if machine.ordinal % 10 == 7 { "Critical" } else { "Normal" },
                    "providerSpecificDetails": {
                        "instanceType": "A2A",
                        "fabricObjectId": self.world.id(machine),
                    },
                },
            })
        });
        Value::Array(items.collect())
    }

    fn interface(&self, slot: &Slot) -> Map<String, Value> {
        let here = self.here(slot);
        let mut links = Map::new();
        if let Some(machine) = self.peer(MACHINES, here, slot.local) {
            links.insert("machine".to_owned(), json!({"id": self.world.id(machine)}));
            let address = slot
                .local
                .checked_rem(6)
                .filter(|rest| *rest == 0)
                .map(|_| slot.local / 6);
            if let Some(address) = address.and_then(|place| self.peer(ADDRESSES, here, place)) {
                links.insert("address".to_owned(), json!({"id": self.world.id(address)}));
            }
            let group = self.subnets[here].len() + slot.local;
            if let Some(group) = self.peer(SECURITY_GROUPS, here, group) {
                links.insert("nsg".to_owned(), json!({"id": self.world.id(group)}));
            }
        } else {
            let place = slot.local - self.machines(here);
            if let Some(endpoint) = self.peer(ENDPOINTS, here, place) {
                links.insert(
                    "endpoint".to_owned(),
                    json!({"id": self.world.id(endpoint)}),
                );
            }
        }
        links
    }

    fn security_group(&self, slot: &Slot) -> Map<String, Value> {
        let here = self.here(slot);
        let own = self.subnets[here].len();
        let mut links = Map::new();
        if let Some(place) = slot.local.checked_sub(own) {
            if let Some(interface) = self
                .peer(INTERFACES, here, place)
                .filter(|_| place < self.machines(here))
            {
                links.insert("nics".to_owned(), json!([{"id": self.world.id(interface)}]));
            }
        } else if guarded(slot.local)
            && let Some(subnet) = self.subnet(here, slot.local)
        {
            links.insert("subnets".to_owned(), json!([{"id": subnet}]));
        }
        links
    }

    fn network(&self, at: usize) -> Map<String, Value> {
        let here = self.here(&self.world.slots[at]);
        let second = self.world.slots[at].ordinal % 250;
        let own = self.subnets[here]
            .iter()
            .enumerate()
            .filter(|(_, (network, _))| *network == at);
        let subnets = own.enumerate().map(|(third, (place, (network, name)))| {
            let mut properties = json!({
                "provisioningState": "Succeeded",
                "addressPrefix": format!("10.{second}.{third}.0/24"),
                "serviceEndpoints": [], "delegations": [],
                "privateEndpointNetworkPolicies": "Disabled",
                "privateLinkServiceNetworkPolicies": "Enabled",
            });
            let group = self
                .peer(SECURITY_GROUPS, here, place)
                .filter(|_| guarded(place));
            if let Some(group) = group {
                properties["networkSecurityGroup"] = json!({"id": self.world.id(group)});
            }
            json!({"name": name, "id": subnet_id(self.world, *network, name),
                "type": "Microsoft.Network/virtualNetworks/subnets", "properties": properties})
        });
        let mut links = Map::new();
        links.insert("subnets".to_owned(), Value::Array(subnets.collect()));
        links
    }

    fn address(&self, slot: &Slot) -> Map<String, Value> {
        let here = self.here(slot);
        let mut links = Map::new();
        let interface = self.peer(INTERFACES, here, slot.local * 6);
        if let Some(interface) = interface.filter(|_| slot.local * 6 < self.machines(here)) {
            let configuration = format!("{}/ipConfigurations/ipconfig1", self.world.id(interface));
            links.insert("configuration".to_owned(), json!({"id": configuration}));
        }
        links
    }

    fn endpoint(&self, slot: &Slot) -> Map<String, Value> {
        let here = self.here(slot);
        let mut links = Map::new();
        let interface = self.peer(INTERFACES, here, self.machines(here) + slot.local);
        if let Some(interface) = interface {
            links.insert("nics".to_owned(), json!([{"id": self.world.id(interface)}]));
        }
        if let Some((target, part)) = self.targets[here].get(slot.local) {
            links.insert(
                "target".to_owned(),
                json!(self.world.id(&self.world.slots[*target])),
            );
            links.insert("part".to_owned(), json!(part));
        }
        links
    }

    /// What a target says of the private endpoints that lead to it.
    fn connections(&self, at: usize) -> Value {
        let Some(endpoint) = self.endpoints.get(&at) else {
            return json!([]);
        };
        let endpoint = &self.world.slots[*endpoint];
        let target = self.world.id(&self.world.slots[at]);
        let pending = endpoint.ordinal % 25 == 3;
        let status = if pending { "Pending" } else { "Approved" };
        let guid = Random::of(self.world.seed, "connection", endpoint.ordinal).guid();
        json!([{
            "id": format!("{target}/privateEndpointConnections/{}.{guid}", endpoint.name),
            "name": format!("{}.{guid}", endpoint.name),
            "properties": {
                "provisioningState": "Succeeded",
                "privateEndpoint": {"id": self.world.id(endpoint)},
                "privateLinkServiceConnectionState": {"status": status, "description": "", "actionsRequired": "None"},
            },
        }])
    }
}

/// Nearly every subnet has a security group.
fn guarded(place: usize) -> bool {
    place % 11 != 10
}

/// Three in five machines run Linux.
fn operating_system(machine: &Slot) -> Map<String, Value> {
    let linux = machine.ordinal % 5 < 3;
    let name = if linux { "Linux" } else { "Windows" };
    Map::from_iter([("os".to_owned(), json!(name))])
}

fn subnet_id(world: &World, network: usize, name: &str) -> String {
    format!("{}/subnets/{name}", world.id(&world.slots[network]))
}

fn subnets(world: &World, subscription: usize) -> Vec<(usize, String)> {
    const NAMES: [&str; 5] = [
        "snet-app",
        "snet-data",
        "snet-endpoints",
        "snet-management",
        "GatewaySubnet",
    ];
    let networks = world.in_subscription(NETWORKS, subscription).iter();
    networks
        .flat_map(|network| {
            let count = 2 + world.slots[*network].ordinal % 4;
            NAMES
                .iter()
                .take(count)
                .map(move |name| (*network, (*name).to_owned()))
        })
        .collect()
}

/// Targets of all kinds in turn, so that each kind has some with a private endpoint and some without.
fn targets(world: &World, subscription: usize) -> Vec<(usize, &'static str)> {
    let lists = TARGETS.map(|(kind, part)| (world.in_subscription(kind, subscription), part));
    let longest = lists.iter().map(|(list, _)| list.len()).max().unwrap_or(0);
    let mut targets = Vec::new();
    for place in 0..longest {
        for (list, part) in &lists {
            targets.extend(list.get(place).map(|target| (*target, *part)));
        }
    }
    targets
}

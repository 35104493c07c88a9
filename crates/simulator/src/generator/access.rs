//! Azure's roles and who was given them: at the root, on management groups, subscriptions, groups and single resources.

use serde_json::{Value, json};

use super::dates;
use super::directory;
use super::people;
use super::random::Random;
use super::scene::{group_object, identity};
use super::words::SHORT;
use super::world::World;
use crate::roles::Known;
use crate::store::Store;

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const ACCESS_ADMINISTRATOR: &str = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9";
const SECURITY_READER: &str = "39bc4728-0917-49c7-9d2c-d95423bc2eb4";

const fn role(id: &'static str, name: &'static str, actions: &'static [&'static str]) -> Known {
    Known {
        id,
        name,
        description: name,
        actions,
        not_actions: &[],
        data_actions: &[],
        custom: false,
    }
}

/// Built-in roles beside those that every simulated tenant has.
///
/// Ids: <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles>
pub(super) static ROLES: [Known; 52] = [
    role(
        "fb1c8493-542b-48eb-b624-b4c8fea62acd",
        "Security Admin",
        &["Microsoft.Security/*", "Microsoft.Authorization/*/read"],
    ),
    role(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        &["Microsoft.Authorization/roleAssignments/write", "*/read"],
    ),
    role(
        "36243c78-bf99-498c-9df9-86d9f8d28608",
        "Resource Policy Contributor",
        &["*/read", "Microsoft.Authorization/policyassignments/*"],
    ),
    role(
        "4a9ae827-6dc8-4573-8ac7-8239d42aa03f",
        "Tag Contributor",
        &["Microsoft.Resources/tags/*"],
    ),
    role(
        "72fafb9e-0641-4937-9268-a91bfd8191a3",
        "Cost Management Reader",
        &[
            "Microsoft.CostManagement/*/read",
            "Microsoft.Consumption/*/read",
        ],
    ),
    role(
        "fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64",
        "Billing Reader",
        &["Microsoft.Billing/*/read"],
    ),
    role(
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        "Storage Account Contributor",
        &["Microsoft.Storage/storageAccounts/*"],
    ),
    role(
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
        &["Microsoft.Storage/storageAccounts/blobServices/containers/*"],
    ),
    role(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        &["Microsoft.Storage/storageAccounts/blobServices/containers/write"],
    ),
    role(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        &["Microsoft.Storage/storageAccounts/blobServices/containers/read"],
    ),
    role(
        "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        "Storage Queue Data Contributor",
        &["Microsoft.Storage/storageAccounts/queueServices/queues/write"],
    ),
    role(
        "0c867c2a-1d8c-454a-a3db-ab2ea1bdc8bb",
        "Storage File Data SMB Share Contributor",
        &["Microsoft.Storage/storageAccounts/fileServices/read"],
    ),
    role(
        "00482a5a-887f-4fb3-b363-3b7fe8e74483",
        "Key Vault Administrator",
        &[
            "Microsoft.KeyVault/*/read",
            "Microsoft.KeyVault/locations/operationResults/read",
        ],
    ),
    role(
        "4633458b-17de-408a-b874-0445c86b69e6",
        "Key Vault Secrets User",
        &[],
    ),
    role(
        "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        "Key Vault Secrets Officer",
        &["Microsoft.KeyVault/*/read"],
    ),
    role(
        "21090545-7ca7-4776-b22c-e363652d74d2",
        "Key Vault Reader",
        &["Microsoft.KeyVault/*/read"],
    ),
    role(
        "f25e0fa2-a7c8-4377-a976-54943a77a395",
        "Key Vault Contributor",
        &["Microsoft.KeyVault/*"],
    ),
    role(
        "12338af0-0e69-4776-bea7-57ae8d297424",
        "Key Vault Crypto User",
        &[],
    ),
    role(
        "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
        "Virtual Machine Contributor",
        &[
            "Microsoft.Compute/virtualMachines/*",
            "Microsoft.Compute/disks/*",
        ],
    ),
    role(
        "1c0163c0-47e6-4577-8991-ea5c82e286e4",
        "Virtual Machine Administrator Login",
        &["Microsoft.Compute/virtualMachines/*/read"],
    ),
    role(
        "fb879df8-f326-4884-b1cf-06f3ad86be52",
        "Virtual Machine User Login",
        &["Microsoft.Compute/virtualMachines/*/read"],
    ),
    role(
        "4d97b98b-1d4f-4787-a291-c67834d212e7",
        "Network Contributor",
        &["Microsoft.Network/*"],
    ),
    role(
        "befefa01-2a29-4197-83a8-272ff33ce314",
        "DNS Zone Contributor",
        &["Microsoft.Network/dnsZones/*"],
    ),
    role(
        "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
        "Private DNS Zone Contributor",
        &["Microsoft.Network/privateDnsZones/*"],
    ),
    role(
        "9b7fa17d-e63e-47b0-bb0a-15c516ac86ec",
        "SQL DB Contributor",
        &["Microsoft.Sql/servers/databases/*"],
    ),
    role(
        "6d8ee4ec-f05a-4a1d-8b00-a9b17e38b437",
        "SQL Server Contributor",
        &["Microsoft.Sql/servers/*"],
    ),
    role(
        "056cd41c-7e88-42e1-933e-88ba6a50c9c3",
        "SQL Security Manager",
        &["Microsoft.Sql/servers/auditingSettings/*"],
    ),
    role(
        "de139f84-1756-47ae-9be6-808fbbe84772",
        "Website Contributor",
        &["Microsoft.Web/sites/*"],
    ),
    role(
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "AcrPull",
        &["Microsoft.ContainerRegistry/registries/pull/read"],
    ),
    role(
        "8311e382-0749-4cb8-b61a-304f252e45ec",
        "AcrPush",
        &["Microsoft.ContainerRegistry/registries/push/write"],
    ),
    role(
        "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
        "Azure Kubernetes Service Contributor Role",
        &["Microsoft.ContainerService/managedClusters/*"],
    ),
    role(
        "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
        "Azure Kubernetes Service Cluster User Role",
        &["Microsoft.ContainerService/managedClusters/read"],
    ),
    role(
        "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
        "Azure Kubernetes Service Cluster Admin Role",
        &["Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action"],
    ),
    role(
        "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
        "Azure Kubernetes Service RBAC Cluster Admin",
        &["Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"],
    ),
    role(
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        "Monitoring Reader",
        &["*/read"],
    ),
    role(
        "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
        "Monitoring Contributor",
        &["*/read", "Microsoft.Insights/*"],
    ),
    role(
        "73c42c96-874c-492b-b04d-ab87d138a893",
        "Log Analytics Reader",
        &[
            "*/read",
            "Microsoft.OperationalInsights/workspaces/search/action",
        ],
    ),
    role(
        "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
        "Log Analytics Contributor",
        &["*/read", "Microsoft.OperationalInsights/*"],
    ),
    role(
        "5e467623-bb1f-42f4-a55d-6e525e11384b",
        "Backup Contributor",
        &["Microsoft.RecoveryServices/*"],
    ),
    role(
        "00c29273-979b-4161-815c-10b084fb9324",
        "Backup Operator",
        &["Microsoft.RecoveryServices/*/read"],
    ),
    role(
        "fbdf93bf-df7d-467e-a4d2-9458aa1360c8",
        "Cosmos DB Account Reader Role",
        &["Microsoft.DocumentDB/*/read"],
    ),
    role(
        "5bd9cd88-fe45-4216-938b-f97437e15450",
        "DocumentDB Account Contributor",
        &["Microsoft.DocumentDb/databaseAccounts/*"],
    ),
    role(
        "a97b65f3-24c7-4388-baec-2e87135dc908",
        "Cognitive Services User",
        &["Microsoft.CognitiveServices/*/read"],
    ),
    role(
        "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
        "Cognitive Services OpenAI User",
        &["Microsoft.CognitiveServices/*/read"],
    ),
    role(
        "f1a07417-d97a-45cb-824c-7a7467783830",
        "Managed Identity Operator",
        &["Microsoft.ManagedIdentity/userAssignedIdentities/*/read"],
    ),
    role(
        "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
        "Managed Identity Contributor",
        &["Microsoft.ManagedIdentity/userAssignedIdentities/*"],
    ),
    role(
        "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
        "Azure Service Bus Data Receiver",
        &["Microsoft.ServiceBus/*/queues/read"],
    ),
    role(
        "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        "Azure Service Bus Data Sender",
        &["Microsoft.ServiceBus/*/queues/read"],
    ),
    role(
        "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
        "Azure Event Hubs Data Receiver",
        &["Microsoft.EventHub/*/eventhubs/read"],
    ),
    role(
        "2b629674-e913-4c01-ae53-ef4638d8f975",
        "Azure Event Hubs Data Sender",
        &["Microsoft.EventHub/*/eventhubs/read"],
    ),
    role(
        "87a39d53-fc1b-424a-814c-f7e04687dc9e",
        "Logic App Contributor",
        &["Microsoft.Logic/*"],
    ),
    role(
        "f353d9bd-d4a6-484e-a77a-8050b599b867",
        "Automation Contributor",
        &["Microsoft.Automation/automationAccounts/*"],
    ),
];

/// Writes who was given which role.
pub(super) fn write(world: &World, store: &mut Store) {
    let mut writer = Writer {
        world,
        store,
        written: 0,
    };
    let first = people::person(world.seed, 0).id;
    // Somebody raised their access to everything and never gave it back.
    writer.give("", ACCESS_ADMINISTRATOR, &first, "User");
    writer.give("", OWNER, &group_object(world.seed, 1), "Group");
    for group in &world.layout.management_groups {
        let scope = format!(
            "/providers/Microsoft.Management/managementGroups/{}",
            group.id
        );
        writer.give(&scope, READER, &group_object(world.seed, 7), "Group");
        writer.give_any(&scope);
        if group.id == SHORT {
            writer.give(
                &scope,
                SECURITY_READER,
                &group_object(world.seed, 2),
                "Group",
            );
            writer.give(
                &scope,
                OWNER,
                &directory::service_principal(world.seed, 1),
                "ServicePrincipal",
            );
        }
    }
    for at in 0..world.layout.groups_of.len() {
        writer.give_in(at);
    }
}

struct Writer<'a> {
    world: &'a World,
    store: &'a mut Store,
    written: usize,
}

impl Writer<'_> {
    /// The roles in one subscription: some on it, most on its groups, a few on single resources.
    fn give_in(&mut self, at: usize) {
        let world = self.world;
        let scope = format!("/subscriptions/{}", world.layout.subscriptions[at].id);
        let owners = 1 + at % 5;
        for number in 0..owners {
            let number = 10 + (at * 3 + number) % 30;
            self.give(&scope, OWNER, &group_object(world.seed, number), "Group");
        }
        let mut random = Random::of(world.seed, "roles in subscription", at);
        for _ in 0..2 + random.below(4) {
            self.give_any(&scope);
        }
        for group in &world.layout.groups_of[at] {
            let scope = world.group_path(&world.layout.groups[*group]);
            for _ in 0..random.below(4) {
                self.give_any(&scope);
            }
        }
        for kind in [
            "Microsoft.Storage/storageAccounts",
            "Microsoft.KeyVault/vaults",
            "Microsoft.ContainerRegistry/registries",
        ] {
            for slot in world.in_subscription(kind, at) {
                if random.chance(15) {
                    let scope = world.id(&world.slots[*slot]);
                    self.give_any(&scope);
                }
            }
        }
    }

    /// Gives some role to somebody.
    fn give_any(&mut self, scope: &str) {
        let seed = self.world.seed;
        let mut random = Random::of(seed, "role at", self.written);
        let role = match random.below(10) {
            0..3 => CONTRIBUTOR,
            3..5 => READER,
            _ => random.one(&ROLES).map_or(READER, |role| role.id),
        };
        match random.below(10) {
            0..4 => self.give(scope, role, &group_object(seed, random.below(40)), "Group"),
            4..6 => {
                let person = people::person(seed, random.below(self.world.users));
                self.give(scope, role, &person.id, "User");
            }
            6..8 => {
                let application = directory::service_principal(seed, random.below(12));
                self.give(scope, role, &application, "ServicePrincipal");
            }
            8 => {
                let identity = identity(seed, self.world.users, &mut random);
                self.give(scope, role, &identity, "ServicePrincipal");
            }
            // Whoever this was has left, and nobody took the role away.
            _ => self.give(scope, role, &random.guid(), "User"),
        }
    }

    fn give(&mut self, scope: &str, role: &str, principal: &str, kind: &str) {
        let mut random = Random::of(self.world.seed, "role assignment", self.written);
        self.written += 1;
        let name = random.guid();
        let id = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}");
        let home = match crate::path::subscription(scope) {
            Some(subscription) => format!("/subscriptions/{subscription}"),
            None => String::new(),
        };
        let days = dates::days("past", &mut random).unwrap_or(-1);
        let created = dates::moment(days, &mut random);
        let body = json!({
            "id": id,
            "name": name,
            "type": "Microsoft.Authorization/roleAssignments",
            "properties": {
                "roleDefinitionId": format!("{home}/providers/Microsoft.Authorization/roleDefinitions/{role}"),
                "principalId": principal,
                "principalType": kind,
                "scope": if scope.is_empty() { "/" } else { scope },
                "condition": null,
                "conditionVersion": null,
                "createdOn": created,
                "updatedOn": created,
                "createdBy": people::person(self.world.seed, 0).id,
                "updatedBy": people::person(self.world.seed, 0).id,
                "delegatedManagedIdentityResourceId": null,
                "description": Value::Null,
            },
        });
        self.store.load(&id, body);
    }
}

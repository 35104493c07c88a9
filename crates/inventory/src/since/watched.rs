//! The reads of a plan that events of the activity log may touch.

use catalog::{Changes, Entry, Method, Plan, ScopeKind, Service};

use super::event::Event;
use super::{ids, kin};

/// One type of the plan and where its reads ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Watched {
    /// The type, in lower case.
    pub(super) document_type: String,
    /// Whether only what Resource Manager gave is meant: for the rest there is a better feed.
    pub(super) arm_only: bool,
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// A list or a document of the subscription, of this type.
    Subscription(String),
    /// Below a document: the path from there, in segments, and its types.
    Below { path: Vec<String>, types: String },
}

impl Watched {
    /// Those of a plan.
    pub(super) fn of(plan: &Plan) -> Vec<Self> {
        plan.all_steps()
            .into_iter()
            .filter_map(|step| Self::entry(&step.entry))
            .collect()
    }

    fn entry(entry: &Entry) -> Option<Self> {
        if entry.service != Service::Arm || entry.scope == ScopeKind::Tenant || entry.from_scope {
            return None;
        }
        let arm_only = match entry.changes {
            Changes::ActivityLog | Changes::Aged => false,
            Changes::ResourceGraph => true,
            Changes::Always | Changes::Delta(_) | Changes::WithParent => return None,
        };
        let path = entry.path.to_lowercase();
        let place = match &entry.parent {
            None => Place::Subscription(ids::type_of(&path)),
            Some(_) => {
                let path: Vec<String> = split(asked_of(&path, entry.method))
                    .map(str::to_owned)
                    .collect();
                let types = types_of(&path);
                Place::Below { path, types }
            }
        };
        Some(Self {
            document_type: entry.name.key(),
            arm_only,
            place,
        })
    }

    /// The parents (in lower case, empty for a list of its own) whose read of this type the event may
    /// have changed.
    pub(super) fn touched<'e>(&self, event: &Seen<'e>) -> Vec<&'e str> {
        match &self.place {
            Place::Subscription(of) => {
                let touched = [event.resource_type.as_str(), event.document_type]
                    .iter()
                    .any(|found| kin::begins(found, of) || kin::made_by(found, of));
                if touched { vec![""] } else { Vec::new() }
            }
            Place::Below { path, types } => event
                .spots
                .iter()
                .filter(|spot| is_touched(path, types, spot, event))
                .map(|spot| spot.parent)
                .collect(),
        }
    }
}

/// An event, taken apart once for all that is watched.
pub(super) struct Seen<'e> {
    document_type: &'e str,
    resource_type: String,
    spots: Vec<Spot<'e>>,
}

/// The event as it is seen from an id at or above it.
struct Spot<'e> {
    parent: &'e str,
    /// What is between, in segments.
    rest: Vec<&'e str>,
    /// The types of that.
    types: String,
}

impl<'e> Seen<'e> {
    pub(super) fn new(event: &'e Event) -> Self {
        let spots = ids::lineage(&event.resource).map(|parent| {
            let rest: Vec<&str> = split(&event.resource[parent.len()..]).collect();
            let types = types_of(&rest);
            Spot {
                parent,
                rest,
                types,
            }
        });
        Self {
            document_type: &event.document_type,
            resource_type: ids::type_of(&event.resource),
            spots: spots.collect(),
        }
    }
}

/// Where what a read asks for is written: an action that lists what lies beside it is not there itself.
fn asked_of(path: &str, method: Method) -> &str {
    match path.rsplit_once('/') {
        Some((place, last)) if method == Method::Post && last.starts_with("list") => place,
        None if method == Method::Post && path.starts_with("list") => "",
        _ => path,
    }
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// The types of a path below a document, or what the innermost provider in it calls them.
fn types_of<S: AsRef<str>>(path: &[S]) -> String {
    let names: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    match names.iter().rposition(|name| *name == "providers") {
        Some(at) => ids::type_of(&format!("/{}", names[at..].join("/"))),
        None => names
            .iter()
            .step_by(2)
            .copied()
            .collect::<Vec<_>>()
            .join("/"),
    }
}

/// Whether an event may have changed the read at `path` below a spot's parent.
fn is_touched(path: &[String], types: &str, spot: &Spot<'_>, event: &Seen<'_>) -> bool {
    if spot.rest.is_empty() {
        return path.is_empty() || is_touched_at_parent(types, event);
    }
    // At the place of the read, within it, or around it.
    spot.rest.iter().zip(path).all(|(found, own)| found == own)
        || kin::views_of_one(&spot.types, types)
}

/// An event on the document itself: either it names the child by its operation, or it is one of those
/// whose settings are written as part of the document.
fn is_touched_at_parent(types: &str, event: &Seen<'_>) -> bool {
    let (named, of_parent) = (event.document_type, event.resource_type.as_str());
    if named == of_parent {
        return kin::written_with_parent(of_parent, types);
    }
    let named = named
        .strip_prefix(of_parent)
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(named);
    kin::begins(types, named) || kin::begins(named, types) || kin::views_of_one(named, types)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use catalog::{Catalog, Requirement};
    use proptest::prelude::*;

    use super::super::event::Deed;
    use super::*;

    const G: &str = "/subscriptions/s/resourcegroups/g/providers";

    fn watched(name: &str) -> Watched {
        let catalog = Catalog::builtin().unwrap();
        let plan = Plan::new(&catalog, &[Requirement::always(name.into())]).unwrap();
        Watched::of(&plan)
            .into_iter()
            .find(|watched| watched.document_type == name.to_lowercase())
            .unwrap()
    }

    fn event(resource: &str, document_type: &str) -> Event {
        Event {
            deed: Deed::Written,
            resource: resource.to_owned(),
            document_type: document_type.to_owned(),
        }
    }

    fn parents(name: &str, resource: &str, document_type: &str) -> Vec<String> {
        let event = event(resource, document_type);
        let seen = Seen::new(&event);
        let found = watched(name).touched(&seen);
        found.into_iter().map(str::to_owned).collect()
    }

    const BLOB: &str = "Microsoft.Storage/storageAccounts/blobServices/default";

    #[test]
    fn a_child_is_touched_at_its_place_within_it_and_around_it() {
        let account = format!("{G}/microsoft.storage/storageaccounts/a");
        for place in [
            "/blobservices/default",
            "/blobservices/default/containers/c",
            "/blobservices",
        ] {
            let touched = parents(BLOB, &format!("{account}{place}"), "");
            assert!(touched.contains(&account), "{place}: {touched:?}");
        }
        for place in [
            "/fileservices/default",
            "/blobservicesx/default",
            "",
            "/managementpolicies/default",
        ] {
            let touched = parents(
                BLOB,
                &format!("{account}{place}"),
                "microsoft.storage/storageaccounts",
            );
            assert!(!touched.contains(&account), "{place}");
        }
    }

    #[test]
    fn an_operation_may_name_the_child_at_its_parents_id() {
        let account = format!("{G}/microsoft.storage/storageaccounts/a");
        let touched = parents(
            BLOB,
            &account,
            "microsoft.storage/storageaccounts/blobservices",
        );
        assert_eq!(touched.as_slice(), std::slice::from_ref(&account));
        assert!(
            parents(
                BLOB,
                &account,
                "microsoft.storage/storageaccounts/fileservices"
            )
            .is_empty()
        );
    }

    #[test]
    fn a_site_carries_its_configuration_and_no_other_parent_is_read_below() {
        let site = format!("{G}/microsoft.web/sites/x");
        let web = "Microsoft.Web/sites/config/web";
        assert_eq!(
            parents(web, &site, "microsoft.web/sites").as_slice(),
            std::slice::from_ref(&site)
        );
        assert!(parents(web, &format!("{site}/config/appsettings"), "").contains(&site));
        assert!(
            parents(
                "Microsoft.Sql/servers/auditingSettings",
                &format!("{G}/microsoft.sql/servers/x"),
                "microsoft.sql/servers"
            )
            .is_empty()
        );
    }

    #[test]
    fn host_keys_lie_beside_the_action_that_lists_them() {
        let site = format!("{G}/microsoft.web/sites/x");
        let keys = "Microsoft.Web/sites/host/default/listkeys";
        assert!(parents(keys, &format!("{site}/host/default/functionkeys/ci"), "").contains(&site));
        assert!(parents(keys, &format!("{site}/host/default"), "").contains(&site));
        assert!(!parents(keys, &format!("{site}/functions/f"), "").contains(&site));
    }

    #[test]
    fn two_views_of_auditing_change_together() {
        let server = format!("{G}/microsoft.sql/servers/x");
        let touched = parents(
            "Microsoft.Sql/servers/auditingSettings",
            &format!("{server}/extendedauditingsettings/default"),
            "",
        );
        assert!(touched.contains(&server));
    }

    #[test]
    fn diagnostic_settings_are_touched_on_their_resource_alone() {
        let vault = format!("{G}/microsoft.keyvault/vaults/v");
        let of = Catalog::builtin().unwrap();
        let settings = of
            .entries()
            .find(|entry| {
                entry.path.to_lowercase() == "providers/microsoft.insights/diagnosticsettings"
                    && entry
                        .parent
                        .as_ref()
                        .is_some_and(|parent| parent.as_str() == "Microsoft.KeyVault/vaults")
            })
            .unwrap();
        let one = format!("{vault}/providers/microsoft.insights/diagnosticsettings/d");
        let touched = parents(
            settings.name.as_str(),
            &one,
            "microsoft.insights/diagnosticsettings",
        );
        assert_eq!(touched.as_slice(), std::slice::from_ref(&vault));
        let touched = parents(
            settings.name.as_str(),
            &vault,
            "microsoft.insights/diagnosticsettings",
        );
        assert_eq!(touched.as_slice(), std::slice::from_ref(&vault));
        assert!(parents(settings.name.as_str(), &vault, "microsoft.keyvault/vaults").is_empty());
    }

    #[test]
    fn a_list_of_the_subscription_is_touched_wherever_its_items_are() {
        let accounts = "Microsoft.Storage/storageAccounts";
        let of_account = format!("{G}/microsoft.storage/storageaccounts/a");
        assert_eq!(parents(accounts, &of_account, ""), [""]);
        assert!(watched(accounts).arm_only);
        let groups = "Microsoft.Network/networkSecurityGroups";
        let rule = format!("{G}/microsoft.network/networksecuritygroups/n/securityrules/r");
        assert_eq!(
            parents(groups, &rule, ""),
            [""],
            "rules are part of the group's document"
        );
        assert!(parents(groups, &of_account, "").is_empty());
    }

    static CHILDREN: LazyLock<Vec<Watched>> = LazyLock::new(|| {
        let plan = Plan::everything(&Catalog::builtin().unwrap(), &[]).unwrap();
        let is_below = |watched: &Watched| matches!(&watched.place, Place::Below { path, .. } if !path.is_empty());
        Watched::of(&plan).into_iter().filter(is_below).collect()
    });

    fn path_of(watched: &Watched) -> String {
        match &watched.place {
            Place::Below { path, .. } => path.join("/"),
            Place::Subscription(_) => String::new(),
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_at_or_in_a_read_touches_it(
            which in any::<prop::sample::Index>(),
            parent in "/subscriptions/s/resourcegroups/[a-z]{1,4}/providers/contoso\\.[a-z]{1,5}/[a-z]{1,5}/[a-z0-9]{1,5}",
            within in "(/[a-z]{1,6}/[a-z0-9]{1,6}){0,2}",
        ) {
            let child = which.get(&CHILDREN);
            let event = event(&format!("{parent}/{}{within}", path_of(child)), "");
            prop_assert!(child.touched(&Seen::new(&event)).contains(&parent.as_str()));
        }

        #[test]
        fn what_is_written_elsewhere_leaves_a_read_alone(
            which in any::<prop::sample::Index>(),
            parent in "/subscriptions/s/resourcegroups/[a-z]{1,4}/providers/contoso\\.[a-z]{1,5}/[a-z]{1,5}/[a-z0-9]{1,5}",
            beside in "/zz[a-z]{1,6}/[a-z0-9]{1,6}",
        ) {
            let child = which.get(&CHILDREN);
            let elsewhere = event(&format!("{parent}{beside}"), "contoso.none/zz");
            prop_assert!(!child.touched(&Seen::new(&elsewhere)).contains(&parent.as_str()));
            let at_parent = event(&parent, &ids::type_of(&parent));
            prop_assert!(!child.touched(&Seen::new(&at_parent)).contains(&parent.as_str()));
            let of_another = event(&format!("{parent}x/{}", path_of(child)), "");
            prop_assert!(!child.touched(&Seen::new(&of_another)).contains(&parent.as_str()));
        }
    }
}

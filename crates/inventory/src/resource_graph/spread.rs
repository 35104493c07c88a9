//! In which subscriptions a row counts: what management groups and the tenant's root assign and
//! define holds in every subscription below, and Resource Manager lists it in each.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::row::Row;

/// The subscriptions that Resource Graph knows, with the management groups above each. All
/// ids in lower case.
#[derive(Debug, Default)]
pub(crate) struct Hierarchy(BTreeMap<String, Vec<String>>);

#[derive(Deserialize)]
struct Container {
    #[serde(rename = "subscriptionId")]
    subscription_id: String,
    chain: Option<Vec<Ancestor>>,
}

#[derive(Deserialize)]
struct Ancestor {
    name: String,
}

#[derive(Deserialize)]
struct Assignable {
    #[serde(rename = "assignableScopes", default)]
    scopes: Vec<String>,
}

impl Hierarchy {
    /// The query that [`Hierarchy::add`] reads the rows of.
    pub(crate) const QUERY: &str = "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' \
         | project id, subscriptionId, chain = properties.managementGroupAncestorsChain | order by id asc";

    /// Enters a subscription.
    ///
    /// # Errors
    /// The row is no subscription.
    pub(crate) fn add(&mut self, row: &RawValue) -> Result<(), String> {
        let container: Container =
            serde_json::from_str(row.get()).map_err(|error| error.to_string())?;
        let groups = container.chain.unwrap_or_default();
        self.0.insert(
            container.subscription_id.to_lowercase(),
            groups
                .iter()
                .map(|group| group.name.to_lowercase())
                .collect(),
        );
        Ok(())
    }

    /// Whether Resource Graph knows no subscription, or was not asked.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether Resource Graph knows a subscription at all.
    pub(super) fn knows(&self, subscription: &str) -> bool {
        self.0.contains_key(&subscription.to_lowercase())
    }

    /// Those of `asked` (in lower case) in which the row counts.
    pub(super) fn spread<'s>(&self, row: &Row<'_>, asked: &'s [String]) -> Vec<&'s str> {
        if let Some(assignable) = assignable_scopes(row) {
            return self.below_any(&assignable, asked);
        }
        self.below_any(std::slice::from_ref(&row.id), asked)
    }

    fn below_any<'s>(&self, places: &[String], asked: &'s [String]) -> Vec<&'s str> {
        let places: Vec<String> = places.iter().map(|place| place.to_lowercase()).collect();
        asked
            .iter()
            .filter(|subscription| {
                places
                    .iter()
                    .any(|place| self.is_below(subscription, place))
            })
            .map(String::as_str)
            .collect()
    }

    fn is_below(&self, subscription: &str, place: &str) -> bool {
        if let Some(rest) = place.strip_prefix("/subscriptions/") {
            return rest.split('/').next() == Some(subscription);
        }
        match place.strip_prefix("/providers/microsoft.management/managementgroups/") {
            Some(rest) => {
                let group = rest.split('/').next().unwrap_or_default();
                let above = self.0.get(subscription);
                above.is_some_and(|groups| groups.iter().any(|above| above == group))
            }
            // The tenant's root: above everything.
            None => true,
        }
    }
}

/// Where a role definition may be assigned; that is where it is listed.
fn assignable_scopes(row: &Row<'_>) -> Option<Vec<String>> {
    if !row
        .r#type
        .eq_ignore_ascii_case("microsoft.authorization/roledefinitions")
    {
        return None;
    }
    let assignable: Assignable = serde_json::from_str(row.properties?.get()).ok()?;
    (!assignable.scopes.is_empty()).then_some(assignable.scopes)
}

/// The id and the properties of a role definition or assignment as a subscription's list has them:
/// Resource Manager names definitions within the subscription that asks, Resource Graph outside of any.
pub(super) struct Local {
    pub(super) id: String,
    pub(super) properties: Option<Box<RawValue>>,
}

/// How the row reads in one subscription; `None` when just as it is.
pub(super) fn local(row: &Row<'_>, subscription: &str) -> Option<Local> {
    const DEFINITIONS: &str = "/providers/microsoft.authorization/roledefinitions/";
    let inside = |id: &str| {
        let name = id.rsplit('/').next().unwrap_or_default();
        format!(
            "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{name}"
        )
    };
    let outside = |id: &str| id.to_lowercase().starts_with(DEFINITIONS);
    if outside(&row.id) {
        return Some(Local {
            id: inside(&row.id),
            properties: None,
        });
    }
    if !row
        .r#type
        .eq_ignore_ascii_case("microsoft.authorization/roleassignments")
    {
        return None;
    }
    let mut properties: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(row.properties?.get()).ok()?;
    let definition = properties.get_mut("roleDefinitionId")?;
    let id = definition.as_str().filter(|id| outside(id))?;
    *definition = inside(id).into();
    let properties = serde_json::value::to_raw_value(&properties).ok()?;
    Some(Local {
        id: row.id.clone(),
        properties: Some(properties),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn hierarchy() -> Hierarchy {
        let mut hierarchy = Hierarchy::default();
        for row in [
            r#"{"subscriptionId":"A","chain":[{"name":"Prod"},{"name":"Root"}]}"#,
            r#"{"subscriptionId":"b","chain":[{"name":"Root"}]}"#,
            r#"{"subscriptionId":"c","chain":null}"#,
        ] {
            hierarchy.add(&raw(row)).unwrap();
        }
        hierarchy
    }

    fn spread(id: &str, of: &str, properties: &str) -> Vec<String> {
        let row = raw(&format!(
            r#"{{"id":"{id}","type":"{of}","properties":{properties}}}"#
        ));
        let asked = ["a", "b", "c"].map(str::to_owned);
        let row = Row::read(&row).unwrap();
        hierarchy()
            .spread(&row, &asked)
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_row_counts_in_its_subscription_below_its_group_or_everywhere() {
        let assignment = |id: &str| spread(id, "microsoft.authorization/roleassignments", "{}");
        assert_eq!(assignment("/Subscriptions/A/providers/x/y/z"), ["a"]);
        let group = "/providers/Microsoft.Management/managementGroups/";
        assert_eq!(assignment(&format!("{group}PROD/providers/x/y/z")), ["a"]);
        assert_eq!(
            assignment(&format!("{group}root/providers/x/y/z")),
            ["a", "b"]
        );
        let root = "/providers/Microsoft.Authorization/roleAssignments/1";
        assert_eq!(assignment(root), ["a", "b", "c"]);
    }

    #[test]
    fn a_role_is_listed_where_it_may_be_assigned() {
        let role = |scopes: &str| {
            spread(
                "/providers/Microsoft.Authorization/RoleDefinitions/1",
                "microsoft.authorization/roledefinitions",
                &format!(r#"{{"assignableScopes":[{scopes}]}}"#),
            )
        };
        assert_eq!(role(r#""/""#), ["a", "b", "c"]);
        assert_eq!(
            role(r#""/subscriptions/B/resourceGroups/g","/subscriptions/c""#),
            ["b", "c"]
        );
        let group = r#""/providers/Microsoft.Management/managementGroups/Prod""#;
        assert_eq!(role(group), ["a"]);
    }

    #[test]
    fn a_subscription_reads_role_ids_within_itself() {
        let row = raw(
            r#"{"id":"/providers/Microsoft.Authorization/roleAssignments/1",
                "type":"microsoft.authorization/roleassignments",
                "properties":{"roleDefinitionId":"/providers/Microsoft.Authorization/RoleDefinitions/x","scope":"/"}}"#,
        );
        let local = local(&Row::read(&row).unwrap(), "a").unwrap();
        assert_eq!(
            local.id,
            "/providers/Microsoft.Authorization/roleAssignments/1"
        );
        assert_eq!(
            local.properties.unwrap().get(),
            r#"{"roleDefinitionId":"/subscriptions/a/providers/Microsoft.Authorization/roleDefinitions/x","scope":"/"}"#
        );
    }

    #[test]
    fn resource_graph_may_not_know_a_subscription() {
        assert!(hierarchy().knows("B"));
        assert!(!hierarchy().knows("d"));
    }
}

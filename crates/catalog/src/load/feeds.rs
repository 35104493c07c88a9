//! Where Resource Graph keeps a type, and which feed reports its changes.

use super::Inherited;
use super::form::{ChangesForm, TableForm};
use crate::DocumentType;
use crate::changes::Changes;
use crate::entry::{ScopeKind, Service};
use crate::table::Table;

/// A child's rows have the type of its path below its parent's; others that of the document.
pub(super) fn table_of(
    name: &DocumentType,
    form: TableForm,
    inherited: Option<&Inherited<'_>>,
    path: &str,
) -> Table {
    match form {
        TableForm::Typed { table, r#type } => Table::of(&table, &DocumentType::new(r#type)),
        TableForm::Name(table) => match inherited.and_then(|of| of.table) {
            Some(parent) => Table::of_child(&table, parent, path),
            None => Table::of(&table, name),
        },
    }
}

/// Only these tables have a feed of changes.
/// <https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes>
const TABLES_WITH_CHANGES: [&str; 2] = ["resources", "resourcecontainers"];

pub(super) fn changes_of(
    name: &DocumentType,
    form: Option<ChangesForm>,
    delta: Option<String>,
    service: Service,
    scope: ScopeKind,
    table: Option<&Table>,
) -> Result<Changes, String> {
    match (form, delta, service) {
        (Some(_), Some(_), _) => Err(format!("{name}: `changes` and `delta` exclude each other")),
        (None, Some(_), Service::Arm) => {
            Err(format!("{name}: only Microsoft Graph has delta queries"))
        }
        (Some(ChangesForm::Always), None, _) => Ok(Changes::Always),
        (Some(ChangesForm::Aged), None, _) => Ok(Changes::Aged),
        (Some(ChangesForm::WithParent), None, Service::Graph) => Ok(Changes::WithParent),
        (Some(ChangesForm::WithParent), None, Service::Arm) => Err(format!(
            "{name}: only delta queries of Microsoft Graph tell of what is below an object"
        )),
        (None, Some(path), Service::Graph) => Ok(Changes::Delta(path)),
        (None, None, Service::Graph) => Ok(Changes::Always),
        // The activity log that is read is that of a subscription.
        (None, None, Service::Arm) if scope == ScopeKind::Tenant => Ok(Changes::Always),
        (None, None, Service::Arm) => Ok(match table {
            Some(table) if TABLES_WITH_CHANGES.contains(&table.name.as_str()) => {
                Changes::ResourceGraph
            }
            // A few pages hold such a table for the whole tenant; a child is one request each.
            Some(table) if table.row_name.is_none() => Changes::Always,
            _ => Changes::ActivityLog,
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Entry;
    use crate::load::parse;

    fn entries(text: &str) -> Result<Vec<Arc<Entry>>, String> {
        parse("x.yaml", text).map_err(|error| error.to_string())
    }

    fn changes(text: &str) -> Changes {
        entries(text).unwrap().last().unwrap().changes.clone()
    }

    #[test]
    fn a_table_is_that_of_the_type_unless_another_type_is_named() {
        let table = |text| entries(text).unwrap()[0].resource_graph.clone().unwrap();
        let own = table("A.B/Cs: { api_version: x, resource_graph: Resources }\n");
        assert_eq!(
            (own.name.as_str(), own.row_type.as_str()),
            ("resources", "a.b/cs")
        );
        let other = table(
            "A.B/Cs: { api_version: x, resource_graph: { table: resources, type: A.B/Ds } }\n",
        );
        assert_eq!(other.row_type, "a.b/ds");
    }

    #[test]
    fn the_feed_follows_from_where_a_type_is_kept() {
        let of = |keys: &str| changes(&format!("A.B/cs: {{ api_version: x{keys} }}\n"));
        assert_eq!(of(", resource_graph: resources"), Changes::ResourceGraph);
        assert_eq!(
            of(", resource_graph: resourcecontainers"),
            Changes::ResourceGraph
        );
        assert_eq!(of(", resource_graph: securityresources"), Changes::Always);
        assert_eq!(of(""), Changes::ActivityLog);
        assert_eq!(of(", changes: aged"), Changes::Aged);
        assert_eq!(of(", scope: tenant"), Changes::Always);
        assert_eq!(
            of(", resource_graph: resources, changes: always"),
            Changes::Always
        );
    }

    #[test]
    fn a_single_child_in_a_table_without_a_feed_is_known_from_the_activity_log() {
        let text = "A.B/cs:\n  api_version: x\n  resource_graph: resources\n  children:\n    config/web: { get: config/web, resource_graph: appserviceresources }\n";
        assert_eq!(changes(text), Changes::ActivityLog);
    }

    #[test]
    fn graph_types_are_read_anew_unless_they_have_a_delta_query() {
        let of = |keys: &str| {
            changes(&format!(
                "graph/x: {{ list: /v1.0/x, permission: P{keys} }}\n"
            ))
        };
        assert_eq!(of(""), Changes::Always);
        assert_eq!(of(", changes: aged"), Changes::Aged);
        assert_eq!(of(", changes: with_parent"), Changes::WithParent);
        assert_eq!(
            of(", delta: /v1.0/x/delta"),
            Changes::Delta("/v1.0/x/delta".to_owned())
        );
    }

    #[test]
    fn feeds_that_exclude_each_other_are_refused() {
        let error = |text| entries(text).unwrap_err();
        assert!(
            error("A.B/cs: { api_version: x, delta: /v1.0/x }\n").contains("only Microsoft Graph")
        );
        assert!(
            error(
                "graph/x: { list: /v1.0/x, permission: P, changes: always, delta: /v1.0/x/delta }\n"
            )
            .contains("exclude")
        );
    }
}

//! Events against OCSF's own definitions, see `tests/ocsf/README.md`.

use jsonschema::Validator;
use serde_json::Value;

use crate::{Format, samples};

fn schema() -> Validator {
    let text = include_str!("../../tests/ocsf/compliance_finding-1.9.0.schema.json");
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
}

fn events(findings: &[checks::Finding]) -> Vec<Value> {
    serde_json::from_str(&samples::written(Format::Ocsf, findings, &[])).unwrap()
}

#[test]
fn looks_as_documented() {
    insta::assert_snapshot!(samples::written(
        Format::Ocsf,
        &samples::findings()[..4],
        &[]
    ));
}

#[test]
fn every_event_is_valid() {
    let schema = schema();
    for event in events(&samples::findings())
        .iter()
        .chain(&events(&samples::unassessed()))
    {
        let errors: Vec<String> = schema
            .iter_errors(event)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn the_schema_tells_right_from_wrong() {
    let schema = schema();
    let good = events(&samples::findings()).remove(0);
    let spoil = |change: &dyn Fn(&mut Value)| {
        let mut event = good.clone();
        change(&mut event);
        !schema.is_valid(&event)
    };
    assert!(spoil(&|event| event["severity_id"] = 7.into()));
    assert!(spoil(&|event| event["class_uid"] = 2001.into()));
    assert!(spoil(&|event| event["time"] = "2026-11-23T20:00:00Z".into()));
    assert!(spoil(&|event| event["compliance"]["status_id"] = 4.into()));
    assert!(spoil(&|event| event["severty"] = "High".into()));
    assert!(spoil(&|event| event["resources"][0]["kind"] = "x".into()));
    assert!(spoil(&|event| {
        event["finding_info"].as_object_mut().unwrap().remove("uid");
    }));
    assert!(spoil(&|event| {
        event.as_object_mut().unwrap().remove("cloud");
    }));
}

#[test]
fn an_empty_run_is_an_empty_array() {
    assert!(events(&[]).is_empty());
}

#[test]
fn ids_are_unique_where_findings_of_one_resource_follow_one_another() {
    let events = events(&samples::findings()[2..]);
    let uids: std::collections::BTreeSet<String> = events
        .iter()
        .map(|event| event["finding_info"]["uid"].to_string())
        .collect();
    assert_eq!(uids.len(), events.len());
}

#[test]
fn a_directory_finding_belongs_to_the_tenant() {
    let event = events(&samples::findings()).remove(3);
    assert_eq!(event["cloud"]["account"]["type"], "Microsoft Entra Tenant");
    assert_eq!(
        event["cloud"]["account"]["uid"],
        "72f988bf-86f1-41af-91ab-2d7cd011db47"
    );
    assert_eq!(event["compliance"]["status"], "Unknown");
    assert!(event["resources"][0].get("group").is_none());
}

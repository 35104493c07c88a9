//! Diagnoses of small tenants over real HTTP.

mod support;
mod text;

use serde_json::json;
use support::*;

#[tokio::test]
async fn with_everything_granted_all_is_green() {
    let found = Company::new().diagnosis().await;
    assert_eq!(unready(&found), []);
    assert!(found.complete);
    assert_eq!(found.excess, []);
    assert_eq!(found.what_to_do, [], "{}", found.as_text(120, false));
}

#[tokio::test]
async fn each_missing_base_permission_is_the_one_thing_to_grant() {
    for missing in BASE {
        let rest: Vec<&str> = BASE.into_iter().filter(|one| *one != missing).collect();
        let found = Company::new()
            .application("graph_roles", json!(rest))
            .diagnosis()
            .await;
        assert!(!found.complete);
        assert_eq!(found.what_to_do.len(), 1, "{}", found.as_text(120, false));
        assert!(
            found.what_to_do[0].what.ends_with(missing),
            "{missing}: {:?}",
            found.what_to_do
        );
    }
}

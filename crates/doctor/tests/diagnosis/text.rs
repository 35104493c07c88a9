//! What people see.

use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn all_green() {
    let found = Company::new().diagnosis().await;
    insta::assert_snapshot!("green_80", found.as_text(80, false));
    insta::assert_snapshot!("green_120", found.as_text(120, false));
}

#[tokio::test]
async fn much_amiss() {
    let contributor = (json!("Contributor"), subscription());
    let found = Company::new()
        .application("graph_roles", json!(["Directory.ReadWrite.All"]))
        .roles(&[contributor])
        .diagnosis()
        .await;
    insta::assert_snapshot!("amiss_80", found.as_text(80, false));
    insta::assert_snapshot!("amiss_120", found.as_text(120, false));
}

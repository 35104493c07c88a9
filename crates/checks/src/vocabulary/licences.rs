//! The licences of a tenant.

use serde_json::Value;

use super::json::{at, is, items};

/// Whether a tenant has a service plan, such as `AAD_PREMIUM_P2`, in a subscription to Microsoft's services that is
/// active or in its grace period.
///
/// * `skus`: `graph/subscribedSkus`. A plan counts where its own `provisioningStatus` is not `Disabled`.
///
/// Source: <https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference>
pub fn has_service_plan(skus: &Value, plan: &str) -> bool {
    let active = |sku: &&Value| {
        ["Enabled", "Warning"]
            .iter()
            .any(|status| is(sku, "capabilityStatus", status))
    };
    items(skus).iter().filter(active).any(|sku| {
        items(at(sku, "servicePlans")).iter().any(|known| {
            is(known, "servicePlanName", plan) && !is(known, "provisioningStatus", "Disabled")
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plan_counts_while_its_subscription_runs() {
        let skus = |status: &str, plan: &str| {
            json!([null, {"capabilityStatus": status, "servicePlans": [
                {"servicePlanName": "aad_premium", "provisioningStatus": plan}]}])
        };
        assert!(has_service_plan(&skus("Enabled", "Success"), "AAD_PREMIUM"));
        assert!(has_service_plan(
            &skus("warning", "PendingActivation"),
            "AAD_PREMIUM"
        ));
        assert!(!has_service_plan(
            &skus("Suspended", "Success"),
            "AAD_PREMIUM"
        ));
        assert!(!has_service_plan(
            &skus("Enabled", "Disabled"),
            "AAD_PREMIUM"
        ));
        assert!(!has_service_plan(
            &skus("Enabled", "Success"),
            "AAD_PREMIUM_P2"
        ));
        assert!(!has_service_plan(&Value::Null, "AAD_PREMIUM"));
    }
}

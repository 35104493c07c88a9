//! Remediation with a finding's own values filled in.

use expression::{Bindings, EvalError, Value as Operand};
use serde_json::{Value, json};

use crate::{Check, Finding, Instruction};

/// A remediation with a finding's values filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedRemediation {
    /// In words.
    pub text: String,
    /// For the Azure CLI.
    pub az: Option<String>,
    /// In Terraform.
    pub terraform: Option<String>,
    /// In Bicep.
    pub bicep: Option<String>,
    /// In PowerShell.
    pub powershell: Option<String>,
    /// Where to click in the Azure portal.
    pub portal: Option<String>,
    /// What the repair may break.
    pub breaks: Option<String>,
}

/// Fills a check's remediation in with a finding's values. `resource` has the `id`, `name`, `type`,
/// `location` and `subscriptionId` of the finding; where the check judges items, `item` has them, and
/// `resource` those of the document that the item belongs to. `evidence` is the finding's evidence,
/// `params` are the check's defaults.
///
/// Values that a shell would take apart are quoted in commands, because names come from whoever may
/// create resources. What is not set stays as `<not set>` for the reader to fill in.
///
/// # Errors
///
/// When an expression cannot be evaluated, which `checks test` finds.
pub fn render_remediation(
    check: &Check,
    finding: &Finding,
) -> Result<RenderedRemediation, EvalError> {
    // What lies behind a `#` tells an item without an id from its siblings.
    let (id, _) = finding
        .resource_id
        .split_once('#')
        .unwrap_or((&finding.resource_id, ""));
    let item = json!({
        "id": id,
        "name": finding.resource_name,
        "type": finding.resource_type.as_str(),
        "location": finding.region,
        "subscriptionId": finding.subscription_id,
    });
    let resource = owner(check, finding, &item);
    let evidence: Value = finding
        .evidence
        .iter()
        .map(|(label, value)| (label.clone(), value.clone()))
        .collect();
    let params = Value::Object(check.params.clone());
    let mut bindings = Bindings::new();
    bindings
        .bind("resource", &resource)
        .bind("item", &item)
        .bind("evidence", &evidence)
        .bind("params", &params)
        .bind_value(
            "subscription",
            finding
                .subscription_id
                .as_deref()
                .map_or(Operand::Null, Operand::text),
        );
    let remediation = &check.remediation;
    Ok(RenderedRemediation {
        text: remediation.text.template.render(&bindings)?,
        az: fill(&remediation.az, &bindings, posix)?,
        terraform: fill(&remediation.terraform, &bindings, plain)?,
        bicep: fill(&remediation.bicep, &bindings, plain)?,
        powershell: fill(&remediation.powershell, &bindings, powershell)?,
        portal: fill(&remediation.portal, &bindings, plain)?,
        breaks: fill(&remediation.breaks, &bindings, plain)?,
    })
}

fn fill<'a>(
    part: &'a Option<Instruction>,
    bindings: &Bindings<'a>,
    show: fn(&Operand<'_>) -> String,
) -> Result<Option<String>, EvalError> {
    let rendered = part.as_ref();
    rendered
        .map(|part| part.template.render_with(bindings, show))
        .transpose()
}

/// The document that a finding's item belongs to, told by its id; the finding's own resource when
/// the check judges documents as a whole.
fn owner(check: &Check, finding: &Finding, item: &Value) -> Value {
    let mut resource = item.clone();
    if check.each.is_none() {
        return resource;
    }
    let judged = check.resource_of(&finding.resource_id);
    let id = item["id"].as_str().unwrap_or_default();
    let owner = match (id.split_once("/providers/"), &finding.subscription_id) {
        (Some((scope, path)), _) if judged.holds(id) => {
            // `Microsoft.KeyVault/vaults` is a namespace and one type; an id has a name after each type.
            let types = judged.as_str().matches('/').count();
            let segments: Vec<&str> = path.split('/').take(1 + 2 * types).collect();
            format!("{scope}/providers/{}", segments.join("/"))
        }
        (_, Some(subscription)) if *judged == "Microsoft.Resources/subscriptions".into() => {
            format!("/subscriptions/{subscription}")
        }
        _ => return resource,
    };
    resource["name"] = owner.rsplit('/').next().into();
    resource["id"] = owner.into();
    resource["type"] = judged.as_str().into();
    resource
}

fn plain(value: &Operand<'_>) -> String {
    if value.is_null() {
        "<not set>".to_owned()
    } else {
        value.to_string()
    }
}

/// A value as one word of a POSIX shell.
fn posix(value: &Operand<'_>) -> String {
    quoted(value, "'\\''")
}

/// A value as one word of PowerShell.
fn powershell(value: &Operand<'_>) -> String {
    quoted(value, "''")
}

fn quoted(value: &Operand<'_>, quote: &str) -> String {
    let text = plain(value);
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "/_.:=+-".contains(character);
    if value.is_null() || (!text.is_empty() && text.chars().all(is_plain)) {
        return text;
    }
    format!("'{}'", text.replace('\'', quote))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_a_shell_would_take_apart_are_quoted() {
        assert_eq!(
            posix(&Operand::text("/subscriptions/a/rg-1")),
            "/subscriptions/a/rg-1"
        );
        assert_eq!(posix(&Operand::text("a $(rm -rf ~)")), "'a $(rm -rf ~)'");
        assert_eq!(posix(&Operand::text("it's")), r"'it'\''s'");
        assert_eq!(powershell(&Operand::text("it's")), "'it''s'");
        assert_eq!(posix(&Operand::text("")), "''");
        assert_eq!(posix(&Operand::Null), "<not set>");
    }
}

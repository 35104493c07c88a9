//! What to do about a finding.

use checks::{Check, Finding, Status, render_remediation};
use report::Remedy;

/// What to do about a finding: the check's remediation for this very resource, or the grant that lets
/// it be assessed.
pub fn remedy(check: &Check, finding: &Finding) -> Option<Remedy> {
    if finding.status == Status::NotAssessed {
        let text = match &finding.permission {
            Some(permission) => {
                format!("Grant the scanning identity {permission}, then scan again.")
            }
            None => String::new(),
        };
        return Some(Remedy { text, az: None });
    }
    let rendered = render_remediation(check, finding).ok()?;
    Some(Remedy {
        text: rendered.text,
        az: rendered.az,
    })
}

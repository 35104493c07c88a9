//! Faults from a YAML file, for `threatdefence simulate --faults`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::{FaultKind, FaultRule, Faults, LoadError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultsForm {
    #[serde(default)]
    rate: f64,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    rules: Vec<RuleForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleForm {
    path: String,
    method: Option<String>,
    fault: KindForm,
    times: Option<u32>,
    #[serde(default)]
    after: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum KindForm {
    Status {
        code: u16,
        #[serde(default)]
        body: Value,
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
    Throttled {
        retry_after: Option<u32>,
    },
    Slow {
        milliseconds: u64,
    },
    SlowBody {
        milliseconds: u64,
    },
    TruncatedResult,
    ForeignNextLink {
        host: String,
    },
    Reset,
    Truncate,
    HtmlPage,
    InvalidJson,
    ExpireToken,
}

impl Faults {
    /// Loads faults from a file; `docs/tenant-format.md` describes it.
    ///
    /// # Errors
    /// The file cannot be read or is not what it should be.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let text = std::fs::read_to_string(path).map_err(|source| LoadError::Read {
            path: path.to_owned(),
            source,
        })?;
        parse(&text).map_err(|message| LoadError::parse(&path.display().to_string(), message))
    }
}

fn parse(text: &str) -> Result<Faults, String> {
    let form: FaultsForm = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
    if !(0.0..=1.0).contains(&form.rate) {
        return Err(format!("`rate` is a share from 0 to 1, not {}", form.rate));
    }
    Ok(Faults {
        rate: form.rate,
        seed: form.seed,
        rules: form.rules.into_iter().map(rule).collect(),
    })
}

fn rule(form: RuleForm) -> FaultRule {
    FaultRule {
        path: form.path,
        method: form.method,
        kind: match form.fault {
            KindForm::Status {
                code,
                body,
                headers,
            } => FaultKind::Status {
                code,
                body,
                headers,
            },
            KindForm::Throttled { retry_after } => FaultKind::Throttled { retry_after },
            KindForm::Slow { milliseconds } => FaultKind::Slow(Duration::from_millis(milliseconds)),
            KindForm::SlowBody { milliseconds } => {
                FaultKind::SlowBody(Duration::from_millis(milliseconds))
            }
            KindForm::TruncatedResult => FaultKind::TruncatedResult,
            KindForm::ForeignNextLink { host } => FaultKind::ForeignNextLink(host),
            KindForm::Reset => FaultKind::Reset,
            KindForm::Truncate => FaultKind::Truncate,
            KindForm::HtmlPage => FaultKind::HtmlPage,
            KindForm::InvalidJson => FaultKind::InvalidJson,
            KindForm::ExpireToken => FaultKind::ExpireToken,
        },
        times: form.times,
        after: form.after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_fault_can_be_written() {
        let faults = parse(
            "rate: 0.5\nseed: 7\nrules:\n\
             - { path: /a, fault: reset, times: 2, after: 1, method: GET }\n\
             - { path: /b, fault: { throttled: { retry_after: 3 } } }\n\
             - { path: /c, fault: { throttled: {} } }\n\
             - { path: /d, fault: { status: { code: 500, body: { error: { code: Broken } } } } }\n\
             - { path: /e, fault: { slow: { milliseconds: 20 } } }\n\
             - { path: /f, fault: { foreign_next_link: { host: evil.example } } }\n\
             - { path: /g, fault: truncate }\n\
             - { path: /h, fault: html_page }\n\
             - { path: /i, fault: invalid_json }\n\
             - { path: /j, fault: expire_token }\n\
             - { path: /k, fault: { slow_body: { milliseconds: 5 } } }\n\
             - { path: /l, fault: truncated_result }\n",
        )
        .unwrap();
        assert_eq!((faults.rate, faults.seed, faults.rules.len()), (0.5, 7, 12));
        let first = &faults.rules[0];
        assert_eq!(
            (&first.kind, first.times, first.after),
            (&FaultKind::Reset, Some(2), 1)
        );
        assert_eq!(
            faults.rules[1].kind,
            FaultKind::Throttled {
                retry_after: Some(3)
            }
        );
        assert_eq!(
            faults.rules[4].kind,
            FaultKind::Slow(Duration::from_millis(20))
        );
    }

    #[test]
    fn what_is_no_fault_is_refused() {
        assert!(parse("rules: [{ path: /a, fault: explode }]").is_err());
        assert!(parse("rules: [{ pth: /a, fault: reset }]").is_err());
        assert!(parse("rate: 2").unwrap_err().contains("share"));
    }
}

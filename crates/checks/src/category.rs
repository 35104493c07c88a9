//! The categories that checks are filed under.

/// Every category a check may name.
pub const CATEGORIES: [&str; 11] = [
    "cluster-security",
    "encryption",
    "forensics-ready",
    "governance",
    "identity-access",
    "internet-exposed",
    "logging",
    "resilience",
    "secrets",
    "trust-boundaries",
    "vulnerabilities",
];

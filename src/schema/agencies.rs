//! The schemas of this repository: one file and one line for each.

/// Names and texts of the schemas, in the order of reports.
pub(super) static AGENCIES: [(&str, &str); 4] = [
    ("health", include_str!("../../schemas/agencies/health.toml")),
    ("education", include_str!("../../schemas/agencies/education.toml")),
    ("social_care", include_str!("../../schemas/agencies/social_care.toml")),
    ("police", include_str!("../../schemas/agencies/police.toml")),
];

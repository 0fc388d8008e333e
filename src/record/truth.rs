//! The truth set: which child each record is about, and the groups children belong to.
//!
//! Only `evaluate` reads it. No strategy can: `LinkInput` does not hold it.

/// Way of dividing children into groups, such as ethnicity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// Name used in files, for example `ethnicity`.
    pub name: String,
    /// Label of each group, in the order in which reports show them.
    pub groups: Vec<String>,
    /// Group of each child; `None` if not known.
    pub group_of: Vec<Option<u16>>,
}

/// Truth about a set of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// Child of each record, numbered from 0.
    pub child_of: Vec<u32>,
    /// Number of children, those without any record included.
    pub children: u32,
    /// Ways of dividing the children.
    pub groupings: Vec<Grouping>,
}

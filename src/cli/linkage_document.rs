//! What linkage settings may say, key by key; what it means is settled elsewhere.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::normalise::NamePart;
use crate::schema::{Delimiter, HiddenCharacters, TestNumbers};

/// Settings as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[expect(dead_code, reason = "judged before the rest is read")]
    pub(super) version: u32,
    pub(super) link: LinkWhich,
    pub(super) attributes: BTreeMap<String, Spanned<String>>,
    pub(super) source: Vec<SourceTable>,
    #[serde(default)]
    pub(super) block: Vec<BlockTable>,
    /// Rules to train on, in the form of blocking rules.
    #[serde(default)]
    pub(super) train: Vec<BlockTable>,
    #[serde(default)]
    pub(super) compare: Vec<CompareTable>,
    pub(super) household: Option<HouseholdTable>,
    #[serde(default)]
    pub(super) veto: Vec<VetoTable>,
    #[serde(default)]
    pub(super) read: ReadTable,
    pub(super) decide: DecideTable,
}

/// How strictly the files are read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadTable {
    pub(super) as_at: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) hidden_characters: HiddenCharacters,
    #[serde(default)]
    pub(super) test_numbers: TestNumbers,
}

/// Which pairs of records may be linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LinkWhich {
    /// Records of different sources only.
    Between,
    /// Records of one source only.
    Within,
    /// Any two records.
    Both,
}

/// A file to read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceTable {
    pub(super) file: Spanned<String>,
    pub(super) encoding: Option<Spanned<String>>,
    pub(super) name: Option<String>,
    pub(super) schema: Option<Spanned<String>>,
    pub(super) id: Option<Spanned<String>>,
    pub(super) split_by: Option<Spanned<String>>,
    pub(super) entity: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) duplicate_free: bool,
    #[serde(default)]
    pub(super) columns: BTreeMap<Spanned<String>, Spanned<Columns>>,
    #[serde(default)]
    pub(super) delimiter: Delimiter,
    pub(super) date_format: Option<Spanned<String>>,
    pub(super) earliest_year: Option<Spanned<i16>>,
    pub(super) placeholders: Option<Spanned<Vec<String>>>,
}

impl SourceTable {
    /// Returns the first key that a schema says in its place, and where it stands.
    pub(super) fn beside_schema(&self) -> Option<(&'static str, Range<usize>)> {
        let span = |column: &Option<Spanned<String>>| column.as_ref().map(Spanned::span);
        let keys = [
            ("id", span(&self.id)),
            ("split_by", span(&self.split_by)),
            ("columns", self.columns.keys().map(Spanned::span).next()),
            ("date_format", span(&self.date_format)),
            ("earliest_year", self.earliest_year.as_ref().map(Spanned::span)),
            ("placeholders", self.placeholders.as_ref().map(Spanned::span)),
        ];
        keys.into_iter().find_map(|(key, span)| Some((key, span?)))
    }
}

/// Column that feeds an attribute, or several, the one in use first, or a part of one.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a column, a list of columns, or { column = \"...\", part = \"given\" } \
                 with part \"given\" or \"family\""
)]
pub(super) enum Columns {
    One(String),
    Several(Vec<String>),
    Part(PartOfColumn),
}

/// Given or family name of a column of full names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PartOfColumn {
    pub(super) column: String,
    pub(super) part: NamePart,
}

impl Columns {
    /// Returns the names of the columns.
    pub(super) fn names(&self) -> &[String] {
        match self {
            Columns::One(name) => std::slice::from_ref(name),
            Columns::Several(names) => names,
            Columns::Part(of) => std::slice::from_ref(&of.column),
        }
    }

    /// Returns the part of the column that counts, if it is one.
    pub(super) fn part(&self) -> Option<NamePart> {
        match self {
            Columns::Part(of) => Some(of.part),
            _ => None,
        }
    }
}

/// A blocking rule, or one to train on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BlockTable {
    pub(super) keys: Vec<Spanned<String>>,
    /// Distinct values of the last key that stand in one window.
    pub(super) window: Option<Spanned<u32>>,
    /// Most records of a block.
    pub(super) largest_block: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) filters: Vec<Spanned<String>>,
}

/// A comparison.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompareTable {
    pub(super) attribute: Option<Spanned<String>>,
    /// Attributes that are compared jointly.
    pub(super) attributes: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) levels: Option<Vec<Spanned<String>>>,
    pub(super) term_frequency: Option<bool>,
}

impl CompareTable {
    /// Returns the attributes, one or several.
    pub(super) fn attributes(&self) -> impl Iterator<Item = &Spanned<String>> {
        let several = self.attributes.iter().flat_map(Spanned::get_ref);
        self.attribute.iter().chain(several)
    }
}

/// Where other members of a household are learnt from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HouseholdTable {
    pub(super) sources: Vec<Spanned<String>>,
    pub(super) attributes: Vec<Spanned<String>>,
}

/// What forbids a link.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VetoTable {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) same: Vec<Spanned<String>>,
    pub(super) differ: Vec<Spanned<String>>,
}

/// How links are decided.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecideTable {
    pub(super) strategy: Spanned<String>,
    pub(super) cluster: Spanned<String>,
    #[serde(default)]
    pub(super) exact_key: Vec<Spanned<String>>,
    pub(super) false_links: Option<Spanned<f64>>,
    pub(super) false_link_cost: Option<Spanned<f64>>,
    pub(super) accept: Option<Spanned<f64>>,
    pub(super) most_pairs: Option<u64>,
}

//! A small police file, as settings would ask for it.

#![allow(dead_code, reason = "not every test that shares this module needs all of it")]

use std::path::Path;

use cci::record::{Attribute, AttributeKind, Source};
use cci::schema::{
    ColumnName, ColumnRequest, Delimiter, OnInvalid, SourceFile, Split, TextEncoding,
};

/// Returns a column's name, as it stands on a line of the settings.
pub(crate) fn asked(name: &str, line: usize) -> ColumnName {
    ColumnName::new(name, "cci.toml", line)
}

/// Returns the attributes that the file feeds.
pub(crate) fn attributes() -> Vec<Attribute> {
    vec![
        Attribute::new("family_name", AttributeKind::FamilyName),
        Attribute::new("given_name", AttributeKind::GivenName),
        Attribute::new("date_of_birth", AttributeKind::Date),
    ]
}

/// Returns the file; impossible dates go to quarantine.
pub(crate) fn police(path: &Path) -> SourceFile {
    let mut dob = ColumnRequest::feeding(asked("dob", 19), "date_of_birth", AttributeKind::Date);
    dob.on_invalid = OnInvalid::Quarantine;
    SourceFile {
        path: path.to_path_buf(),
        delimiter: Delimiter::default(),
        encoding: TextEncoding::default(),
        id_column: asked("id", 16),
        split: Split::One(Source::new("police")),
        columns: vec![
            ColumnRequest::feeding(asked("surname", 17), "family_name", AttributeKind::FamilyName),
            ColumnRequest::feeding(asked("forename", 18), "given_name", AttributeKind::GivenName),
            dob,
        ],
        histories: Vec::new(),
    }
}

//! The holder's part: an agency's own file, and the crosswalk from transport to own identifiers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::arguments::AgencyFileArguments;
use super::manifest::as_at_of;
use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{KeyFolder, OsRandom, TransportId};
use crate::schema::{
    AgencySchema, AsAt, Delimiter, ReadOptions, SourceFile, Split, TableWriter, TextEncoding,
    read_table,
};

/// Name of the crosswalk in a source's folder.
const CROSSWALK: &str = "crosswalk.csv";
/// Columns of the crosswalk.
const COLUMNS: [&str; 2] = ["transport_id", "record"];

/// An agency's file as its holder reads it, always in one way.
pub(super) struct AgencyFile {
    /// Schema of the file.
    pub(super) schema: AgencySchema,
    /// What is asked of the file.
    pub(super) file: SourceFile,
    /// How strictly it is read.
    pub(super) options: ReadOptions,
    /// Name of the source.
    pub(super) source: String,
    /// Holder's own folder for the source.
    pub(super) folder: PathBuf,
}

impl AgencyFile {
    /// Finds the schema of a file and settles how it is read.
    ///
    /// # Errors
    /// `UnknownName` for a schema or an encoding; `BadValue` for a day that is none.
    pub(super) fn of(path: &Path, arguments: &AgencyFileArguments) -> Result<Self> {
        let schema = AgencySchema::find(&arguments.schema)?;
        let encoding = match &arguments.encoding {
            Some(name) => TextEncoding::parse(name)?,
            None => TextEncoding::default(),
        };
        let mut file = schema.file(path).written(encoding, Delimiter::default());
        // Generated data bring their own day, as they do to a linkage.
        let as_at = match &arguments.as_at {
            Some(day) => Some(AsAt::parse(day)?),
            None => as_at_of(path.parent().unwrap_or(Path::new("")))?,
        };
        let options = ReadOptions { as_at, ..ReadOptions::default() };
        let name = arguments.name.as_ref().unwrap_or(&schema.name);
        let source = plain_name(name)?;
        if let Split::One(one) = &mut file.split {
            one.name.clone_from(&source);
        }
        let folder = arguments.holder.join(&source);
        Ok(Self { schema, file, options, source, folder })
    }

    /// Returns where the crosswalk is.
    pub(super) fn crosswalk(&self) -> PathBuf {
        self.folder.join(CROSSWALK)
    }
}

/// Checks the name of a source, which becomes that of files.
fn plain_name(name: &str) -> Result<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=64).contains(&name.len()) && name.bytes().all(plain) {
        return Ok(name.to_string());
    }
    Err(Error::new(ErrorKind::BadValue, "the name of a source must do as that of a file")
        .help("use a to z, 0 to 9, _ and -, as in education_north"))
}

/// Which transport identifier stands for which of the holder's records. Never leaves the holder.
#[derive(Default)]
pub(super) struct Crosswalk {
    by_record: BTreeMap<String, TransportId>,
}

impl Crosswalk {
    /// Reads the crosswalk of a source; an empty one if there is none yet.
    ///
    /// # Errors
    /// `BadStructure` or `BadValue` for a file that is none or names a record or identifier twice.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let mut crosswalk = Self::default();
        if fs::symlink_metadata(path).is_err() {
            return Ok(crosswalk);
        }
        let table = read_table(path)?;
        let [transport, record] = COLUMNS.map(|name| table.column(name));
        let (transport, record) = (transport?, record?);
        for row in 0..table.rows() {
            let place = |error: Error| error.note(format!("{}, row {}", path.display(), row + 2));
            let id: TransportId = table.cell(row, transport).parse().map_err(place)?;
            let known = crosswalk.by_record.insert(table.cell(row, record).to_string(), id);
            if known.is_some() {
                let message = format!("{}: a record has two rows", path.display());
                return Err(Error::new(ErrorKind::BadStructure, message)
                    .help("restore the crosswalk from its backup"));
            }
        }
        if crosswalk.records().len() != crosswalk.by_record.len() {
            let message = format!("{}: an identifier stands for two records", path.display());
            return Err(Error::new(ErrorKind::BadStructure, message)
                .help("restore the crosswalk from its backup"));
        }
        Ok(crosswalk)
    }

    /// Returns the identifier of a record, a new random one if it has none; says if it is new.
    ///
    /// A record keeps its identifier from one preparation to the next: the custodian knows it
    /// again by that, and its pseudonyms stay what they were.
    ///
    /// # Errors
    /// `BadKey` if no random bytes can be had.
    pub(super) fn admit(&mut self, record: &str) -> Result<(TransportId, bool)> {
        if let Some(known) = self.by_record.get(record) {
            return Ok((*known, false));
        }
        let id = TransportId::generate(&mut OsRandom)?;
        self.by_record.insert(record.to_string(), id);
        Ok((id, true))
    }

    /// Returns the identifier of a record, if it has one.
    pub(super) fn transport_id(&self, record: &str) -> Option<TransportId> {
        self.by_record.get(record).copied()
    }

    /// Writes the crosswalk in place of the one before, whole or not at all, of mode 0600.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full or read-only.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            KeyFolder::at(folder).make()?;
        }
        let mut list = TableWriter::create_private(path, &COLUMNS)?;
        for (id, record) in self.records() {
            list.row([id.to_string().as_str(), record])?;
        }
        list.finish()
    }

    /// Returns the records by their identifiers, whose order is random.
    fn records(&self) -> BTreeMap<TransportId, &str> {
        self.by_record.iter().map(|(record, id)| (*id, record.as_str())).collect()
    }
}

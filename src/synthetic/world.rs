//! A synthetic world: the agencies' files and the truth about them.

use super::agencies::AGENCY_FILES;
use super::calibration::Measured;
use super::generate::{Errors, Settings, build};
use super::shuffle::Wait;
use super::table::Table;
use super::truth::{CHILDREN_HEADER, CORRUPTIONS_HEADER, PROHIBITED_HEADER, RECORDS_HEADER};
use crate::error::Result;
use crate::record::Agency;

/// File of one agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyTable {
    /// Agency whose file it is.
    pub agency: Agency,
    /// Its columns and rows, in an order that says nothing about who is who.
    pub table: Table,
}

/// What is true of a world: only `evaluate` and the command line may read it.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticTruth {
    /// Child of every record: `source, record_id, child_id`.
    pub records: Table,
    /// Every child, those without a record included; identities before adoption and the unborn.
    pub children: Table,
    /// Every value that is not as it was: `source, record_id, attribute, corruption`.
    pub corruptions: Table,
    /// Identities of one child that nobody may link: `child_id, other_child_id, reason`.
    pub prohibited: Table,
    /// Every rate that it was to have, and what was found.
    pub measured: Vec<Measured>,
}

/// Invented children as four agencies see them, and the truth.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// Files of the agencies, in the order of [`Agency::ALL`].
    pub agencies: Vec<AgencyTable>,
    /// What is true.
    pub truth: SyntheticTruth,
}

/// File of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum File {
    /// An agency's own.
    Agency(Agency),
    /// Child of every record.
    Records,
    /// Children and other identities.
    Children,
    /// Values that are not as they were.
    Corruptions,
    /// What nobody may link.
    Prohibited,
}

impl File {
    /// Every file, in the order in which they are listed.
    pub(super) const ALL: [File; 8] = [
        File::Agency(Agency::Health),
        File::Agency(Agency::Education),
        File::Agency(Agency::SocialCare),
        File::Agency(Agency::Police),
        File::Records,
        File::Children,
        File::Corruptions,
        File::Prohibited,
    ];

    /// Returns the names of its columns.
    pub(super) fn header(self) -> &'static [&'static str] {
        match self {
            File::Agency(agency) => AGENCY_FILES[agency as usize].header(),
            File::Records => RECORDS_HEADER,
            File::Children => CHILDREN_HEADER,
            File::Corruptions => CORRUPTIONS_HEADER,
            File::Prohibited => PROHIBITED_HEADER,
        }
    }
}

/// Where the rows of a world go: into tables or into files.
pub(super) trait Output {
    /// Takes a row of a file.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    fn row(&mut self, file: File, cells: &[&str]) -> Result<()>;
}

impl World {
    /// Makes a world in memory.
    ///
    /// # Errors
    /// As for [`generate`](super::generate()).
    pub(super) fn build(settings: &Settings, errors: Errors) -> Result<Self> {
        let table = |file: File| Table::new(file.header());
        let mut world = Self {
            agencies: Agency::ALL
                .map(|agency| AgencyTable { agency, table: table(File::Agency(agency)) })
                .into(),
            truth: SyntheticTruth {
                records: table(File::Records),
                children: table(File::Children),
                corruptions: table(File::Corruptions),
                prohibited: table(File::Prohibited),
                measured: Vec::new(),
            },
        };
        world.truth.measured = build(settings, errors, Wait::Memory, &mut world)?;
        Ok(world)
    }
}

impl Output for World {
    fn row(&mut self, file: File, cells: &[&str]) -> Result<()> {
        let table = match file {
            File::Agency(agency) => &mut self.agencies[agency as usize].table,
            File::Records => &mut self.truth.records,
            File::Children => &mut self.truth.children,
            File::Corruptions => &mut self.truth.corruptions,
            File::Prohibited => &mut self.truth.prohibited,
        };
        table.push(cells.iter().copied());
        Ok(())
    }
}

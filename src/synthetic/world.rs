//! A synthetic world: the agencies' files and the truth about them.

use std::sync::atomic::AtomicU64;

use super::agencies::AGENCY_FILES;
use super::calibration::Measured;
use super::generate::{Errors, Settings, build};
use super::history::HISTORIES;
use super::shuffle::Wait;
use super::table::Table;
use super::truth::{
    CHILDREN_HEADER, CORRUPTIONS_HEADER, HISTORY_ERRORS_HEADER, PROHIBITED_HEADER, RECORDS_HEADER,
};
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

/// History beside an agency's file: what its records held before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryTable {
    /// Agency whose history it is.
    pub agency: Agency,
    /// Its name after the agency's, for example `addresses`.
    pub name: &'static str,
    /// Its columns and rows, records in the order of the agency's file and each in order of time.
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
    /// The same of values in histories, the rows of one record being numbered from 1:
    /// `history, record_id, row, attribute, corruption`.
    pub histories: Table,
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
    /// Histories beside them, in the order of the agencies.
    pub histories: Vec<HistoryTable>,
    /// What is true.
    pub truth: SyntheticTruth,
}

/// File of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum File {
    /// An agency's own.
    Agency(Agency),
    /// History beside an agency's, by its place among all.
    History(usize),
    /// Child of every record.
    Records,
    /// Children and other identities.
    Children,
    /// Values that are not as they were.
    Corruptions,
    /// Values of histories that are not as they were.
    HistoryErrors,
    /// What nobody may link.
    Prohibited,
}

impl File {
    /// Returns every file, in the order in which they are listed: each agency's own, then its
    /// histories, then the truth.
    pub(super) fn all() -> impl Iterator<Item = File> {
        let of_agency = |agency: Agency| {
            let own = (0..HISTORIES.len()).filter(move |&at| HISTORIES[at].agency() == agency);
            std::iter::once(File::Agency(agency)).chain(own.map(File::History))
        };
        let truth = [
            File::Records,
            File::Children,
            File::Corruptions,
            File::HistoryErrors,
            File::Prohibited,
        ];
        Agency::ALL.into_iter().flat_map(of_agency).chain(truth)
    }

    /// Returns the agency whose records it holds, `None` for the truth.
    pub(super) fn agency(self) -> Option<Agency> {
        match self {
            File::Agency(agency) => Some(agency),
            File::History(place) => Some(HISTORIES[place].agency()),
            _ => None,
        }
    }

    /// Returns its name without the ending.
    pub(super) fn name(self) -> String {
        match self {
            File::Agency(agency) => agency.name().into(),
            File::History(place) => {
                let history = HISTORIES[place];
                format!("{}_{}", history.agency().name(), history.name())
            }
            File::Records => "records".into(),
            File::Children => "children".into(),
            File::Corruptions => "corruptions".into(),
            File::HistoryErrors => "histories".into(),
            File::Prohibited => "prohibited".into(),
        }
    }

    /// Returns the names of its columns.
    pub(super) fn header(self) -> &'static [&'static str] {
        match self {
            File::Agency(agency) => AGENCY_FILES[agency as usize].header(),
            File::History(place) => HISTORIES[place].header(),
            File::Records => RECORDS_HEADER,
            File::Children => CHILDREN_HEADER,
            File::Corruptions => CORRUPTIONS_HEADER,
            File::HistoryErrors => HISTORY_ERRORS_HEADER,
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

    /// Hears that an agency's rows, and those of its histories, have all come.
    ///
    /// # Errors
    /// `Unwritable` if the disk is full.
    fn complete(&mut self, agency: Agency) -> Result<()>;
}

impl World {
    /// Makes a world in memory.
    ///
    /// # Errors
    /// As for [`generate`](super::generate()).
    pub(super) fn build(settings: &Settings, errors: Errors) -> Result<Self> {
        let table = |file: File| Table::new(file.header());
        let history = |place: usize| {
            let history = HISTORIES[place];
            let (agency, name) = (history.agency(), history.name());
            HistoryTable { agency, name, table: table(File::History(place)) }
        };
        let mut world = Self {
            agencies: Agency::ALL
                .map(|agency| AgencyTable { agency, table: table(File::Agency(agency)) })
                .into(),
            histories: (0..HISTORIES.len()).map(history).collect(),
            truth: SyntheticTruth {
                records: table(File::Records),
                children: table(File::Children),
                corruptions: table(File::Corruptions),
                histories: table(File::HistoryErrors),
                prohibited: table(File::Prohibited),
                measured: Vec::new(),
            },
        };
        world.truth.measured =
            build(settings, errors, Wait::Memory, &mut world, &AtomicU64::new(0))?;
        Ok(world)
    }
}

impl Output for World {
    fn row(&mut self, file: File, cells: &[&str]) -> Result<()> {
        let table = match file {
            File::Agency(agency) => &mut self.agencies[agency as usize].table,
            File::History(place) => &mut self.histories[place].table,
            File::Records => &mut self.truth.records,
            File::Children => &mut self.truth.children,
            File::Corruptions => &mut self.truth.corruptions,
            File::HistoryErrors => &mut self.truth.histories,
            File::Prohibited => &mut self.truth.prohibited,
        };
        table.push(cells.iter().copied());
        Ok(())
    }

    fn complete(&mut self, _: Agency) -> Result<()> {
        Ok(())
    }
}

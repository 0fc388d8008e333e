//! Which formats the dates of a column fit, so that a mixed column is refused and never guessed.
//!
//! 03/04/2015 fits two formats, and nothing in it says which was meant. Only the other dates of
//! the column do: if some fit the month first and no other way, any of the ambiguous ones may.

use std::ops::RangeInclusive;

use super::source_file::OnInvalid;
use crate::error::{Error, ErrorKind};
use crate::normalise::{CellRules, fits_date};

/// Formats that systems and people write.
const COMMON: [&str; 14] = [
    "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%Y%m%d", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%m.%d.%Y",
    "%Y/%m/%d", "%Y.%m.%d", "%d%m%Y", "%m%d%Y", "%d/%m/%y", "%m/%d/%y",
];
/// Fewer dates in other formats are slips of the hand.
const FEWEST: u64 = 3;
/// One in so many dates that fit one format only makes a mixed column.
const ONE_IN: u64 = 100;

/// Formats that the dates of one column of a file fit, and how many fit which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormats {
    /// File, as it was named to the toolkit.
    pub file: String,
    /// Column's name in the file.
    pub column: String,
    /// The column's own format first, then the others in order.
    formats: Vec<String>,
    /// Place of the format with day and month exchanged.
    exchanged: Option<usize>,
    /// Dates that fit the column's own format and no other.
    own: u64,
    /// Dates that fit the column's own format and the exchanged one.
    either: u64,
    /// Sets of formats, as bits, that dates not in the column's own format fit.
    others: Vec<(u16, u64)>,
    /// Years in which a date can be.
    years: RangeInclusive<i16>,
    /// What becomes of a cell that is no date in the column's own format.
    on_invalid: OnInvalid,
}

impl DateFormats {
    /// Starts a column of the format and the years that rules give.
    pub(super) fn new(column: &str, rules: &CellRules, on_invalid: OnInvalid) -> Self {
        let format = rules.date_format.as_str();
        let own = if format.is_empty() { "%Y-%m-%d" } else { format };
        // A time of day may follow the others where it follows this one.
        let time = [" %T", "T%T"].into_iter().find(|time| own.ends_with(time)).unwrap_or_default();
        let others = COMMON.iter().map(|format| format!("{format}{time}"));
        let others = others.filter(|format| format != own);
        let formats: Vec<String> = [own.to_string()].into_iter().chain(others).collect();
        // Nobody writes the year, then the day, then the month.
        let exchanged = (!own.starts_with("%Y"))
            .then(|| own.replace("%d", "%#").replace("%m", "%d").replace("%#", "%m"));
        let exchanged = formats.iter().position(|format| Some(format) == exchanged.as_ref());
        let (file, column) = (String::new(), column.to_string());
        let (others, years) = (Vec::new(), rules.years());
        Self { file, column, formats, exchanged, own: 0, either: 0, others, years, on_invalid }
    }

    /// Names the file, at its end.
    pub(super) fn in_file(mut self, file: &str) -> Self {
        self.file = file.to_string();
        self
    }

    /// Counts a date in the column's own format, written `YYYY-MM-DD`.
    pub(super) fn take_own(&mut self, date: &str) {
        let day_may_be_month =
            self.exchanged.is_some() && &date.as_bytes()[8..] <= b"12".as_slice();
        *(if day_may_be_month { &mut self.either } else { &mut self.own }) += 1;
    }

    /// Counts a cell that is not in the column's own format, and says whether it fits another.
    pub(super) fn take_other(&mut self, cell: &str) -> bool {
        let cell = cell.trim();
        let fits = |place: &usize| fits_date(cell, &self.formats[*place], &self.years);
        let set = (1..self.formats.len()).filter(fits).fold(0, |set, place| set | 1 << place);
        if set == 0 {
            return false;
        }
        match self.others.iter_mut().find(|(known, _)| *known == set) {
            Some((_, count)) => *count += 1,
            None => self.others.push((set, 1)),
        }
        true
    }

    /// Returns the formats and how many dates fit which, the largest number first.
    ///
    /// ```text
    /// 812 fit %d/%m/%Y only, 165 fit both, 23 fit %m/%d/%Y only
    /// ```
    pub fn counts(&self) -> String {
        let either = self.exchanged.map_or(1, |exchanged| 1 | 1 << exchanged);
        let mut sets = vec![(1, self.own), (either, self.either)];
        sets.extend(&self.others);
        sets.retain(|&(_, count)| count > 0);
        sets.sort_by_key(|&(set, count)| (std::cmp::Reverse(count), set));
        let in_play = sets.iter().fold(0, |all, (set, _)| all | set).count_ones();
        let names = |set: u16| {
            let of_set = |place: &usize| set & 1 << place != 0;
            let names = (0..self.formats.len()).filter(of_set);
            names.map(|place| self.formats[place].as_str()).collect::<Vec<_>>().join(" and ")
        };
        let words: Vec<String> = sets
            .iter()
            .map(|&(set, count)| match set.count_ones() {
                1 => format!("{count} fit {} only", names(set)),
                2 if in_play == 2 => format!("{count} fit both"),
                _ => format!("{count} fit {}", names(set)),
            })
            .collect();
        words.join(", ")
    }

    /// Returns how many cells are dates, in whichever format.
    pub fn dates(&self) -> u64 {
        self.others() + self.own + self.either
    }

    /// Says whether so many dates are in other formats that no date of the column can be trusted.
    ///
    /// These are 3 at least, and 1 in 100 of the dates that fit one format only.
    pub fn is_mixed(&self) -> bool {
        let others = self.others();
        others >= FEWEST && others * ONE_IN >= others + self.own
    }

    /// Says whether linkage refuses the column: it is mixed, and bad cells do not count as missing
    /// or three dates in four would.
    ///
    /// Who lets bad cells be missing expects dirty dates; there the mixture is counted and said.
    pub fn is_refused(&self) -> bool {
        let lost = self.others() > 3 * (self.own + self.either);
        self.is_mixed() && (self.on_invalid == OnInvalid::Quarantine || lost)
    }

    /// Returns the refusal of a mixed column.
    pub(super) fn refusal(&self) -> Error {
        let Self { file, column, .. } = self;
        let (others, all) = (self.others(), self.dates());
        let format = &self.formats[0];
        let message = format!(
            "{file}: column \"{column}\": {others} of {all} dates are not in its format {format}"
        );
        Error::new(ErrorKind::BadStructure, message)
            .note(self.counts())
            .note("no format is guessed, so nothing was read")
            .help("ask for the column in one format, or set date_format to the one it has")
    }

    /// Returns how many dates are in another format than the column's own.
    pub fn others(&self) -> u64 {
        self.others.iter().map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formats(own: &str, dates: &[(&str, u64)]) -> DateFormats {
        let rules = CellRules { date_format: own.into(), ..CellRules::default() };
        let formats = DateFormats::new("dob", &rules, OnInvalid::Quarantine);
        let mut formats = formats.in_file("police.csv");
        for &(date, count) in dates {
            for _ in 0..count {
                match date.as_bytes()[4] == b'-' {
                    true => formats.take_own(date),
                    false => assert!(formats.take_other(date)),
                }
            }
        }
        formats
    }

    #[test]
    fn dates_that_fit_one_format_only_decide_whether_a_column_is_mixed() {
        let mixed =
            formats("%d/%m/%Y", &[("2014-12-25", 812), ("2015-04-03", 165), ("12/25/2014", 23)]);
        assert_eq!(mixed.counts(), "812 fit %d/%m/%Y only, 165 fit both, 23 fit %m/%d/%Y only");
        assert!(mixed.is_mixed());
        let slips = formats("%d/%m/%Y", &[("2014-12-25", 812), ("12/25/2014", 2)]);
        assert!(!slips.is_mixed(), "two slips of the hand");
        let few = formats("%d/%m/%Y", &[("2014-12-25", 990), ("12/25/2014", 9)]);
        assert!(!few.is_mixed(), "9 of 999 are fewer than one in 100");
        let all = formats("%d/%m/%Y", &[("2015-04-03", 5_000), ("12/25/2014", 3)]);
        assert!(all.is_mixed(), "ambiguous dates say nothing for the column's own format");
    }

    #[test]
    fn a_format_that_most_dates_are_not_in_is_refused_even_where_bad_cells_are_missing() {
        let of = |own: u64, others: u64| {
            let dates = [("2014-12-25", own), ("12/25/2014", others)];
            DateFormats { on_invalid: OnInvalid::Missing, ..formats("%d/%m/%Y", &dates) }
        };
        assert!(of(24, 76).is_refused());
        assert!(of(26, 74).is_mixed() && !of(26, 74).is_refused());
        assert!(!of(0, 2).is_refused(), "two slips of the hand");
    }

    #[test]
    fn a_cell_that_fits_several_other_formats_counts_once() {
        let iso = formats("", &[("2014-12-25", 4), ("03/04/2015", 3), ("25.12.2014", 1)]);
        assert_eq!(
            iso.counts(),
            "4 fit %Y-%m-%d only, 3 fit %d/%m/%Y and %m/%d/%Y, 1 fit %d.%m.%Y only"
        );
        assert!(!formats("", &[]).take_other("31/02/2015"), "no calendar has it");
    }
}

//! Which date format a column is in: how many cells fit each, and what no format can settle.

use crate::normalise::{CellRules, Normalised, is_time, of_kind};
use crate::record::AttributeKind;

/// Separators of dates; none for dates of eight digits.
const SEPARATORS: [&str; 5] = ["-", "/", ".", " ", ""];
/// Orders of day, month and year, those of day and month in numbers beside their exchange.
const ORDERS: [[&str; 3]; 8] = [
    ["%Y", "%m", "%d"],
    ["%d", "%m", "%Y"],
    ["%m", "%d", "%Y"],
    ["%d", "%m", "%y"],
    ["%m", "%d", "%y"],
    ["%d", "%b", "%Y"],
    ["%b", "%d", "%Y"],
    ["%d", "%b", "%y"],
];
/// Orders that stand beside their exchange: the first of each two.
const EXCHANGED: [usize; 2] = [1, 3];
/// Formats: each order with each separator.
const FORMATS: usize = ORDERS.len() * SEPARATORS.len();
/// Years after this are not born in yet: dates of two digits that say so mean others.
const NOT_YET: &str = "2040";
/// Share of the cells that a format must fit to be one the column may be in.
const FITS: f64 = 0.8;
/// Earliest year that is looked for: the digits of an earlier one may be a month and a day.
const EARLIEST_YEAR: i16 = 1300;
/// Centuries from then to 2099.
const CENTURIES: usize = 8;
/// Share of the dates that go further back than 1900 from which a column is said to.
const EARLY: f64 = 0.05;
/// Share of the dates that may be left out where the earliest year is proposed.
const TOO_EARLY: f64 = 0.002;
/// Share of telling cells that may be slips, fitting the other order of day and month alone.
const SLIPS: f64 = 0.005;

/// Counts of a column's cells by the date formats that they fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateTally {
    /// Format and how many cells fit it.
    fits: Vec<(String, u64)>,
    /// Cells that fit day before month alone, and month before day alone, for each separator:
    /// with years of four digits, then of two.
    telling: [[u64; 2]; EXCHANGED.len() * SEPARATORS.len()],
    /// Cells in which a time of day follows the date: after a space, after a T.
    timed: [u64; 2],
    /// Cells whose year of two digits would be one that is still to come.
    to_come: u64,
    /// Cells like dates that no format of the toolkit reads, by what they are.
    other: [u64; 4],
    /// Cells that are dates, by their century from [`EARLIEST_YEAR`] on.
    centuries: [u64; CENTURIES],
    cells: u64,
}

/// What a tally says.
#[derive(Debug, Clone, PartialEq)]
pub enum DateVerdict {
    /// One format, with the evidence.
    One(String, String),
    /// Two formats between which the cells do not decide, with the evidence.
    Ambiguous([String; 2], String),
    /// Dates of a kind that is not read, with what to do.
    Unreadable(String),
    /// No dates.
    None,
}

impl Default for DateTally {
    fn default() -> Self {
        let formats = ORDERS.iter().flat_map(|order| SEPARATORS.map(|sign| order.join(sign)));
        Self {
            fits: formats.map(|format| (format, 0)).collect(),
            telling: [[0; 2]; EXCHANGED.len() * SEPARATORS.len()],
            timed: [0; 2],
            to_come: 0,
            other: [0; 4],
            centuries: [0; CENTURIES],
            cells: 0,
        }
    }
}

impl DateTally {
    /// Counts a filled cell.
    pub fn add(&mut self, cell: &str) {
        self.cells += 1;
        if !cell.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let (whole, cell) = (cell, self.without_time(cell));
        let like_a_date = |byte: u8| byte.is_ascii_alphanumeric() || b"-/. ".contains(&byte);
        if !(6..=20).contains(&cell.len()) || !cell.bytes().all(like_a_date) {
            self.add_other(whole);
            return;
        }
        let in_letters = cell.bytes().any(|byte| byte.is_ascii_alphabetic());
        let mut fits = [false; FORMATS];
        let mut rules = CellRules { earliest_year: Some(EARLIEST_YEAR), ..CellRules::default() };
        let (mut output, mut century, mut to_come) = (String::new(), None, false);
        let date = of_kind(AttributeKind::Date);
        for (fit, (format, count)) in fits.iter_mut().zip(&mut self.fits) {
            // Six digits are any number.
            if format.contains("%b") != in_letters || format == "%d%m%y" || format == "%m%d%y" {
                continue;
            }
            rules.date_format.clone_from(format);
            *fit = date.normalise(cell, &rules, &mut output) == Normalised::Value;
            *count += u64::from(*fit);
            if *fit {
                century = century.max(output[..2].parse::<usize>().ok());
                to_come |= format.contains("%y") && &output[..4] > NOT_YET;
            }
        }
        self.to_come += u64::from(to_come);
        if let Some(century) = century {
            self.centuries[century - EARLIEST_YEAR as usize / 100] += 1;
        }
        for (place, telling) in self.telling.iter_mut().enumerate() {
            let day_first = formats_of_both(place).map(|place| fits[place]);
            telling[0] += u64::from(day_first == [true, false]);
            telling[1] += u64::from(day_first == [false, true]);
        }
        if !fits.contains(&true) {
            self.add_other(whole);
        }
    }

    /// Returns a cell without the time of day that follows the date, and counts it.
    fn without_time<'a>(&mut self, cell: &'a str) -> &'a str {
        let hours = cell.find(':').and_then(|colon| cell[..colon].rfind([' ', 'T']));
        match hours.map(|sign| cell.split_at(sign)) {
            Some((date, time)) if is_time(&time[1..]) => {
                self.timed[usize::from(time.starts_with('T'))] += 1;
                date
            }
            _ => cell,
        }
    }

    fn add_other(&mut self, cell: &str) {
        if cell.len() <= 32
            && let Some(kind) = other_kind(cell)
        {
            self.other[kind] += 1;
        }
    }

    /// Returns the cells that fit day before month alone, and month before day alone, of those
    /// with four digits for the year.
    pub(super) fn orders(&self) -> [u64; 2] {
        let telling = &self.telling[..SEPARATORS.len()];
        [0, 1].map(|order| telling.iter().map(|telling| telling[order]).sum())
    }

    /// Says whether any cell fits any format.
    pub(super) fn any(&self) -> bool {
        self.fits.iter().any(|(_, count)| *count > 0)
    }

    /// Returns the century from which on the column's dates are, if many are before 1900, with the
    /// evidence.
    pub fn earliest_year(&self) -> Option<(i16, String)> {
        let all: u64 = self.centuries.iter().sum();
        let share = |first: usize| self.centuries[..first].iter().sum::<u64>() as f64 / all as f64;
        let early = share((1900 - EARLIEST_YEAR as usize) / 100);
        let first = (0..CENTURIES).rev().find(|&first| share(first) <= TOO_EARLY);
        let year = EARLIEST_YEAR + 100 * first.filter(|_| early >= EARLY)? as i16;
        Some((year, format!("{:.1} % of the dates are before 1900", 100.0 * early)))
    }

    /// Returns what the cells say about the column's format.
    pub fn verdict(&self) -> DateVerdict {
        if self.cells == 0 {
            return DateVerdict::None;
        }
        let share = |count: u64| count as f64 / self.cells as f64;
        let percent = |count: u64| format!("{:.1} %", 100.0 * share(count));
        let cells = self.cells;
        let (place, best) = self.best();
        if share(self.to_come) > SLIPS {
            let part = percent(self.to_come);
            return DateVerdict::Unreadable(format!(
                "of {cells} dates with two digits for the year {part} would be after {NOT_YET}, \
                 so that they are of two centuries; write four digits for the year"
            ));
        }
        if share(best) >= FITS {
            let format = |place: usize| self.with_time(&self.fits[place].0);
            let left_out = if self.timed == [0; 2] { "" } else { "; times of day are left out" };
            let century = if self.fits[place].0.contains("%y") {
                "; years of two digits are 1969 to 2068"
            } else {
                ""
            };
            let both = (0..self.telling.len()).find(|&both| formats_of_both(both).contains(&place));
            let Some(both) = both else {
                let name = &self.fits[place].0;
                let text =
                    format!("{} of {cells} cells fit {name}{left_out}{century}", percent(best));
                return DateVerdict::One(format(place), text);
            };
            let [day, month] = self.telling[both];
            let none_or = |count| if count == 0 { "none".into() } else { percent(count) };
            let text = format!(
                "of {cells} cells, {} fit day first only, {} month first only{left_out}{century}",
                none_or(day),
                none_or(month)
            );
            let [day_first, month_first] = formats_of_both(both).map(format);
            let slips = |few: u64, many: u64| many > 0 && few as f64 <= SLIPS * many as f64;
            if slips(month, day) {
                return DateVerdict::One(day_first, text);
            }
            if slips(day, month) {
                return DateVerdict::One(month_first, text);
            }
            return DateVerdict::Ambiguous([day_first, month_first], text);
        }
        // Cells in several formats are no less dates; none of them reads the whole column.
        let all: u64 = self.separate_fits();
        let kinds = [
            ("have two digits for each part and are in no order", "write them as YYYY-MM-DD"),
            ("name the month in letters", "write them in English or as YYYY-MM-DD"),
            (
                "have a time of a zone, in which midnight may be the day before",
                "write the date alone",
            ),
            ("are day counts of a spreadsheet", "format the column as YYYY-MM-DD and save again"),
        ];
        let most = (0..self.other.len()).max_by_key(|&kind| (self.other[kind], 9 - kind));
        let most = most.expect("there are several kinds");
        if share(self.other[most]) >= FITS {
            let (what, help) = kinds[most];
            let part = percent(self.other[most]);
            return DateVerdict::Unreadable(format!("{part} of {cells} dates {what}; {help}"));
        }
        if share(all + self.other.iter().take(3).sum::<u64>()) >= FITS {
            let part = percent(best);
            return DateVerdict::Unreadable(format!(
                "the dates are in several formats, the commonest of which fits {part} of {cells} \
                 cells; write all of them in one"
            ));
        }
        DateVerdict::None
    }

    /// Returns the format that fits the most cells, the first of equals.
    fn best(&self) -> (usize, u64) {
        let counts = self.fits.iter().map(|(_, count)| *count).enumerate();
        counts.rev().max_by_key(|&(_, count)| count).unwrap_or((0, 0))
    }

    /// Returns the number of cells that fit some format, each counted once as far as formats of
    /// different separators and of a leading year exclude each other.
    fn separate_fits(&self) -> u64 {
        let of_both = self.telling.iter().enumerate().map(|(both, [_, month_only])| {
            let [day_first, _] = formats_of_both(both);
            self.fits[day_first].1 + month_only
        });
        let paired = |place| (0..self.telling.len()).any(|b| formats_of_both(b).contains(&place));
        let alone = self.fits.iter().enumerate().filter(|&(place, _)| !paired(place));
        alone.map(|(_, (_, count))| count).sum::<u64>() + of_both.sum::<u64>()
    }

    /// Returns a format with the time of day that follows it in some cells.
    fn with_time(&self, format: &str) -> String {
        match self.timed {
            [0, 0] => format.to_string(),
            [space, t] => format!("{format}{}%T", if t > space { 'T' } else { ' ' }),
        }
    }
}

/// Returns the places of the formats with day before month and with month before day that the
/// same place among the telling counts is about.
fn formats_of_both(place: usize) -> [usize; 2] {
    let (order, sign) = (EXCHANGED[place / SEPARATORS.len()], place % SEPARATORS.len());
    [order, order + 1].map(|order| order * SEPARATORS.len() + sign)
}

/// Says what kind of date a cell is that no format reads: its place among the counts.
fn other_kind(cell: &str) -> Option<usize> {
    let parts: Vec<&str> =
        cell.split(['-', '/', '.', ' ', ',', 'T', ':']).filter(|part| !part.is_empty()).collect();
    let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let word = |part: &&str| part.chars().count() >= 3 && part.chars().all(char::is_alphabetic);
    match parts.as_slice() {
        [only] if only.len() == 5 && digits(only) => Some(3),
        [a, b, c] if [a, b, c].iter().all(|p| p.len() <= 2 && digits(p)) => Some(0),
        [a, b, c] if word(b) && digits(a) && digits(c) => Some(1),
        [_, _, _, hour, rest @ ..] if digits(hour) && cell.contains(':') && rest.len() <= 3 => {
            Some(2)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict<'a>(cells: impl IntoIterator<Item = &'a str>) -> DateVerdict {
        let mut tally = DateTally::default();
        cells.into_iter().for_each(|cell| tally.add(cell));
        tally.verdict()
    }

    fn one(cells: &[&str]) -> String {
        match verdict(cells.iter().copied()) {
            DateVerdict::One(format, _) => format,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn formats_are_told_apart() {
        assert_eq!(one(&["2011-03-04", "2012-11-30"]), "%Y-%m-%d");
        assert_eq!(one(&["20110304", "20121130"]), "%Y%m%d");
        assert_eq!(one(&["04/03/2011", "30/11/2012"]), "%d/%m/%Y");
        assert_eq!(one(&["03/04/2011", "11/30/2012"]), "%m/%d/%Y");
        assert_eq!(one(&["4.3.2011", "30.11.2012"]), "%d.%m.%Y");
        assert_eq!(one(&["30112012", "04032011"]), "%d%m%Y");
        assert_eq!(one(&["30/11/12", "04/03/11"]), "%d/%m/%y");
        assert_eq!(one(&["30-NOV-12", "04-MAR-99"]), "%d-%b-%y");
        assert_eq!(one(&["30 November 2012", "4 May 2011"]), "%d %b %Y");
        assert_eq!(one(&["2012-11-30 00:00:00", "2011-03-04 23:59:59.997"]), "%Y-%m-%d %T");
        assert_eq!(one(&["2012-11-30T00:00", "2011-03-04"]), "%Y-%m-%dT%T");
        assert_eq!(one(&["30/11/2012 0:00", "04/03/2011 0:00"]), "%d/%m/%Y %T");
    }

    #[test]
    fn columns_that_go_further_back_say_since_when() {
        let earliest = |early: &[&str], late: usize| {
            let mut tally = DateTally::default();
            let cells = early.iter().copied().chain(std::iter::repeat_n("1950-02-13", late));
            cells.for_each(|cell| tally.add(cell));
            tally.earliest_year().map(|(year, _)| year)
        };
        assert_eq!(earliest(&["1785-03-02", "1801-12-31"], 20), Some(1700));
        assert_eq!(earliest(&["1785-03-02", "1801-12-31"], 60), None, "these are slips");
        assert_eq!(earliest(&["1066-10-14"], 3), None, "earlier than is looked for");
        assert_eq!(earliest(&[], 0), None);
    }

    #[test]
    fn days_up_to_twelve_decide_nothing() {
        let DateVerdict::Ambiguous(formats, evidence) = verdict(["04/03/2011", "11/12/2012"])
        else {
            panic!("both orders fit every cell");
        };
        assert_eq!(formats, ["%d/%m/%Y", "%m/%d/%Y"]);
        assert_eq!(evidence, "of 2 cells, none fit day first only, none month first only");
        let two_digits = verdict(["04/03/11", "11/12/12"]);
        assert!(matches!(two_digits, DateVerdict::Ambiguous([day, _], _) if day == "%d/%m/%y"));
        let (day, month) = (["13/03/2011"; 9], ["03/13/2011", "01/02/2011"]);
        let DateVerdict::Ambiguous(_, evidence) = verdict(day.into_iter().chain(month)) else {
            panic!("both orders are there");
        };
        assert_eq!(evidence, "of 11 cells, 81.8 % fit day first only, 9.1 % month first only");
    }

    #[test]
    fn dates_that_are_not_read_are_named() {
        for (cell, what) in [
            ("13/03/58", "two digits for the year"),
            ("13-mai-2011", "month in letters"),
            ("2011-03-13T00:00:00Z", "time of a zone"),
            ("40615", "day counts of a spreadsheet"),
        ] {
            let DateVerdict::Unreadable(text) = verdict([cell; 3]) else {
                panic!("{cell}: {:?}", verdict([cell; 3]));
            };
            assert!(text.contains(what), "{cell}: {text}");
        }
        let several = ["2011-03-13", "13/03/2011", "13.03.2011"];
        assert!(matches!(verdict(several), DateVerdict::Unreadable(_)));
        assert_eq!(verdict(["smith", "jones"]), DateVerdict::None);
        assert_eq!(verdict([]), DateVerdict::None);
    }
}

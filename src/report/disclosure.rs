//! Disclosure control: which counts may be shown, and how.
//!
//! Pure functions over tables of counts. Nothing else in the room decides what to hide.

use crate::error::{Error, ErrorKind, Result};
use crate::evaluate::Rate;

/// Largest count that `publish` hides.
const LARGEST_HIDDEN: u64 = 9;

/// Base to which `publish` rounds every other count.
const ROUND_TO: u64 = 5;

/// Rule set for what a report may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Shows every count; for invented records only.
    Synthetic,
    /// Hides counts from 1 to 9 and what would give them away, and rounds the rest to 5.
    Publish,
}

impl Profile {
    /// Every profile, the mildest first.
    pub const ALL: [Profile; 2] = [Profile::Synthetic, Profile::Publish];

    /// Returns the name used in settings, for example `publish`.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Synthetic => "synthetic",
            Profile::Publish => "publish",
        }
    }

    /// Finds a profile by the name used in settings.
    ///
    /// # Errors
    /// `UnknownName` with the nearest profile, if no profile has that name.
    pub fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name).ok_or_else(|| {
            Error::unknown_name("disclosure profile", name, Self::ALL.map(Self::name))
        })
    }

    /// Checks that the profile may be used on records of this kind.
    ///
    /// # Errors
    /// `BadValue` if exact counts are asked of records that are not stamped synthetic.
    pub fn check(self, synthetic: bool) -> Result<Self> {
        if self == Profile::Synthetic && !synthetic {
            return Err(Error::new(
                ErrorKind::BadValue,
                "profile \"synthetic\" is for records stamped synthetic, and these are not",
            )
            .help("use the disclosure profile \"publish\""));
        }
        Ok(self)
    }

    /// Returns what may be shown of a count that stands alone.
    pub fn show(self, count: u64) -> Shown {
        match self {
            Profile::Synthetic => Shown::Count(count),
            Profile::Publish if must_hide(count) => Shown::Hidden,
            Profile::Publish => Shown::Count(rounded(count)),
        }
    }
}

/// Count as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The count, rounded if the profile rounds.
    Count(u64),
    /// Nothing: `[c]`, confidential.
    Hidden,
}

/// Rate as it may be shown, made of counts as they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownRate {
    /// Number counted.
    pub numerator: Shown,
    /// Number it is counted among.
    pub denominator: Shown,
}

impl ShownRate {
    /// Returns the rate of the shown counts, or `None` if one is hidden.
    pub fn rate(&self) -> Option<Rate> {
        match (self.numerator, self.denominator) {
            (Shown::Count(numerator), Shown::Count(denominator)) => {
                Some(Rate::new(numerator, denominator))
            }
            _ => None,
        }
    }
}

/// Table of counts as it may be shown, with its margins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    /// Cells by row.
    pub cells: Vec<Vec<Shown>>,
    /// Sum of each row.
    pub row_totals: Vec<Shown>,
    /// Sum of each column.
    pub column_totals: Vec<Shown>,
    /// Sum of all.
    pub total: Shown,
}

/// Protects a table whose rows and columns add up to its margins.
///
/// `publish` hides counts from 1 to 9; then, while some row or column (margin included) has one
/// hidden cell alone, hides the smallest other cell of it that is not zero; then rounds each cell
/// on its own to the nearest 5. Zeros are shown.
///
/// ```
/// use cci::report::{Profile, Shown, protect_table};
/// let table = protect_table(Profile::Publish, &[vec![3, 97], vec![40, 60]]);
/// assert_eq!(table.cells[0], [Shown::Hidden, Shown::Hidden], "97 would give 3 away");
/// assert_eq!(table.cells[1], [Shown::Hidden, Shown::Hidden], "so would the columns");
/// assert_eq!(table.row_totals, [Shown::Count(100), Shown::Count(100)]);
/// ```
///
/// # Panics
/// If the rows differ in length.
pub fn protect_table(profile: Profile, cells: &[Vec<u64>]) -> Protected {
    let grid = Grid::with_margins(cells);
    let hidden = match profile {
        Profile::Synthetic => vec![vec![false; grid.columns]; grid.rows],
        Profile::Publish => grid.hidden(),
    };
    let show = |row: usize, column: usize| match profile {
        _ if hidden[row][column] => Shown::Hidden,
        Profile::Synthetic => Shown::Count(grid.counts[row][column]),
        Profile::Publish => Shown::Count(rounded(grid.counts[row][column])),
    };
    let (last_row, last_column) = (grid.rows - 1, grid.columns - 1);
    Protected {
        cells: (0..last_row)
            .map(|row| (0..last_column).map(|column| show(row, column)).collect())
            .collect(),
        row_totals: (0..last_row).map(|row| show(row, last_column)).collect(),
        column_totals: (0..last_column).map(|column| show(last_row, column)).collect(),
        total: show(last_row, last_column),
    }
}

/// Protects the rates of disjoint groups and of all of them together.
///
/// What a rate leaves out is a count too: it is protected with the counted part, so that
/// neither can be had from the other.
pub fn protect_rates(profile: Profile, groups: &[Rate]) -> (Vec<ShownRate>, ShownRate) {
    let cells: Vec<Vec<u64>> =
        groups.iter().map(|rate| vec![rate.numerator, rate.denominator - rate.numerator]).collect();
    let table = protect_table(profile, &cells);
    let rates = table
        .cells
        .iter()
        .zip(&table.row_totals)
        .map(|(cells, &denominator)| ShownRate { numerator: cells[0], denominator })
        .collect();
    let all = match table.column_totals.first() {
        Some(&numerator) => ShownRate { numerator, denominator: table.total },
        None => ShownRate { numerator: Shown::Count(0), denominator: Shown::Count(0) },
    };
    (rates, all)
}

fn must_hide(count: u64) -> bool {
    (1..=LARGEST_HIDDEN).contains(&count)
}

fn rounded(count: u64) -> u64 {
    (count + ROUND_TO / 2) / ROUND_TO * ROUND_TO
}

/// Counts with the margins as last row and last column.
struct Grid {
    counts: Vec<Vec<u64>>,
    rows: usize,
    columns: usize,
}

impl Grid {
    fn with_margins(cells: &[Vec<u64>]) -> Self {
        let inner = cells.first().map_or(0, Vec::len);
        let mut counts: Vec<Vec<u64>> = cells.to_vec();
        for row in &mut counts {
            assert_eq!(row.len(), inner, "rows are of one length");
            row.push(row.iter().sum());
        }
        counts.push((0..=inner).map(|column| counts.iter().map(|row| row[column]).sum()).collect());
        Self { rows: counts.len(), columns: inner + 1, counts }
    }

    /// Finds what to hide: small counts first, then partners until none is alone.
    fn hidden(&self) -> Vec<Vec<bool>> {
        let mut hidden: Vec<Vec<bool>> = self
            .counts
            .iter()
            .map(|row| row.iter().map(|&count| must_hide(count)).collect())
            .collect();
        while let Some((row, column)) = self.next_to_hide(&hidden) {
            hidden[row][column] = true;
        }
        hidden
    }

    fn next_to_hide(&self, hidden: &[Vec<bool>]) -> Option<(usize, usize)> {
        let row = |row| (0..self.columns).map(move |column| (row, column)).collect::<Vec<_>>();
        let column = |column| (0..self.rows).map(move |row| (row, column)).collect::<Vec<_>>();
        let lines = (0..self.rows).map(row).chain((0..self.columns).map(column));
        lines.filter(|line| line.iter().filter(|&&(r, c)| hidden[r][c]).count() == 1).find_map(
            |line| {
                line.into_iter()
                    .filter(|&(r, c)| !hidden[r][c] && self.counts[r][c] > 0)
                    // Margins are what readers look for, so they go last.
                    .min_by_key(|&(r, c)| {
                        let margin = r + 1 == self.rows || c + 1 == self.columns;
                        (margin, self.counts[r][c], r, c)
                    })
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn publish_hides_1_to_9_and_rounds_the_rest() {
        let shown = [0, 1, 9, 10, 12, 13, 17, 18, 1000].map(|count| Profile::Publish.show(count));
        let counts = [0, 10, 10, 15, 15, 20, 1000].map(Shown::Count);
        assert_eq!(shown[0], counts[0]);
        assert_eq!(shown[1..3], [Shown::Hidden, Shown::Hidden]);
        assert_eq!(shown[3..], counts[1..]);
    }

    #[test]
    fn synthetic_shows_every_count_and_is_refused_for_other_records() {
        let table = protect_table(Profile::Synthetic, &[vec![3, 97]]);
        assert_eq!(table.cells, [[Shown::Count(3), Shown::Count(97)]]);
        assert!(Profile::Synthetic.check(true).is_ok());
        assert!(Profile::Synthetic.check(false).is_err());
        assert!(Profile::Publish.check(false).is_ok());
    }

    #[test]
    fn a_rate_close_to_all_is_hidden_as_one_close_to_none() {
        let (rates, all) =
            protect_rates(Profile::Publish, &[Rate::new(97, 100), Rate::new(500, 900)]);
        assert_eq!(rates[0].numerator, Shown::Hidden);
        assert_eq!(rates[0].rate(), None);
        assert_eq!(all.rate(), Some(Rate::new(595, 1000)));
    }

    #[test]
    fn no_group_at_all_gives_an_undefined_rate() {
        let (rates, all) = protect_rates(Profile::Publish, &[]);
        assert!(rates.is_empty());
        assert_eq!(all.rate(), Some(Rate::default()));
    }

    fn tables() -> impl Strategy<Value = Vec<Vec<u64>>> {
        let count = prop_oneof![Just(0), 1..12u64, 10..300u64];
        (1..6usize, 1..5usize).prop_flat_map(move |(rows, columns)| {
            prop::collection::vec(prop::collection::vec(count.clone(), columns), rows)
        })
    }

    proptest! {
        #[test]
        fn no_row_or_column_has_one_hidden_cell_alone(cells in tables()) {
            let table = protect_table(Profile::Publish, &cells);
            let mut lines: Vec<Vec<Shown>> = table
                .cells
                .iter()
                .zip(&table.row_totals)
                .map(|(row, &total)| row.iter().copied().chain([total]).collect())
                .collect();
            let total = [table.total];
            lines.push(table.column_totals.iter().copied().chain(total).collect());
            for column in 0..cells[0].len() {
                let of_column = table.cells.iter().map(|row| row[column]);
                lines.push(of_column.chain([table.column_totals[column]]).collect());
            }
            lines.push(table.row_totals.iter().copied().chain(total).collect());
            for line in lines {
                let hidden = line.iter().filter(|&&shown| shown == Shown::Hidden).count();
                prop_assert_ne!(hidden, 1, "{:?}", line);
            }
        }

        #[test]
        fn what_publish_shows_is_rounded_and_never_small(cells in tables()) {
            let table = protect_table(Profile::Publish, &cells);
            for shown in table.cells.iter().flatten().chain(&table.row_totals) {
                if let Shown::Count(count) = shown {
                    prop_assert!(count % 5 == 0 && *count != 5);
                }
            }
        }

        #[test]
        fn zeros_stay_and_large_tables_lose_nothing(cells in tables()) {
            let table = protect_table(Profile::Publish, &cells);
            for (row, shown) in cells.iter().zip(&table.cells) {
                for (&count, &shown) in row.iter().zip(shown) {
                    if count == 0 {
                        prop_assert_eq!(shown, Shown::Count(0));
                    }
                }
            }
            if cells.iter().flatten().all(|&count| count == 0 || count >= 10) {
                prop_assert!(table.cells.iter().flatten().all(|&cell| cell != Shown::Hidden));
            }
        }
    }
}

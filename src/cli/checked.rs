//! What `cci check` found in one file: as JSON, and in words.

use std::path::Path;

use serde::Serialize;

use crate::error::{Error, ErrorKind, Result};
use crate::report::text;
use crate::schema::{
    Account, AgencySchema, Checkup, DateFormats, Fault, FaultGroup, FileProfile,
    Found as FaultFound, MendCount, MendReport, RULES, ReadOptions, Shown, SourceFile,
    linkage_attributes, profile, read,
};

/// Positions shown for a problem; all are counted.
const SHOWN: usize = 3;

/// What was found in one file.
#[derive(Serialize)]
pub(in crate::cli) struct Checked {
    file: String,
    schema: String,
    values_shown: bool,
    read: u64,
    /// Optional columns of the schema that the file does not have.
    absent: Vec<String>,
    accepted: u64,
    quarantined: u64,
    declared_duplicates: u64,
    columns: Vec<Cells>,
    /// Histories beside the file, those that are there.
    histories: Vec<History>,
    /// Histories that the schema knows and that are not there.
    absent_histories: Vec<String>,
    /// Rows that go to quarantine, by code and column.
    faults: Vec<Group>,
    /// What is recognised about cells that send no row to quarantine, then what the rules
    /// found in accepted rows.
    findings: Vec<Found>,
    /// What was mended before, where that was asked for.
    mended: Option<MendedFile>,
}

/// Copy that was checked in place of a file.
#[derive(Serialize)]
struct MendedFile {
    from: String,
    mended: Vec<Mends>,
    left: Vec<Mends>,
    broken_rows: u64,
}

/// Mends of one kind in one column.
#[derive(Serialize)]
struct Mends {
    rule: &'static str,
    column: Option<String>,
    what: &'static str,
    count: u64,
    /// Lines and columns of the first, in the file as it was.
    first: Vec<[u64; 2]>,
}

/// What became of the rows of a history.
#[derive(Serialize)]
struct History {
    file: String,
    read: u64,
    accepted: u64,
    quarantined: u64,
    declared_duplicates: u64,
    set_aside: u64,
}

/// Cells of one column, in accepted rows.
#[derive(Serialize)]
struct Cells {
    column: String,
    /// Cells with a value, valid or not.
    filled: u64,
    missing: u64,
    /// Of those, null or absent.
    nulls: u64,
    set_aside: u64,
    /// Most common patterns, or values where they were asked for.
    shapes: Vec<(String, u64)>,
}

/// Faults of one code in one column.
#[derive(Serialize)]
struct Group {
    rule: &'static str,
    column: Option<String>,
    count: u64,
    first: Vec<String>,
    fix: &'static str,
}

/// Finding of a rule.
#[derive(Clone, Serialize)]
struct Found {
    rule: &'static str,
    place: String,
    what: String,
    count: u64,
    of: u64,
    first_lines: Vec<u64>,
    fix: &'static str,
}

impl Checked {
    /// Reads a file and its histories, and finds every problem in them.
    ///
    /// # Errors
    /// As [`read`] for a file that cannot be read at all.
    pub(in crate::cli) fn of(
        file: &SourceFile,
        schema: &AgencySchema,
        shown: Shown,
        read_as: &ReadOptions,
    ) -> Result<Self> {
        let reading = read(std::slice::from_ref(file), &linkage_attributes(), read_as)?;
        let account = reading.accounts.first().ok_or_else(|| {
            Error::new(ErrorKind::Bug, "a file was read without an account of it")
        })?;
        let profile = profile(file, &reading, shown)?;
        let checkup = Checkup { records: &reading.records, profile: &profile };
        Ok(Self {
            file: file.path.display().to_string(),
            schema: schema.name.clone(),
            values_shown: shown == Shown::Values,
            read: account.read,
            absent: account.absent.clone(),
            accepted: account.accepted,
            quarantined: account.quarantined,
            declared_duplicates: account.declared_duplicates,
            columns: cells(account, &profile),
            histories: reading.histories.iter().map(History::of).collect(),
            absent_histories: reading.absent_histories.clone(),
            faults: groups(&reading.fault_groups),
            findings: [
                remarks(account, &account.file, &reading.fault_groups),
                reading
                    .histories
                    .iter()
                    .flat_map(|history| remarks(history, &account.file, &reading.fault_groups))
                    .collect(),
                mixed_dates(&reading.date_formats, &account.file),
                findings(&checkup, &reading.lines),
            ]
            .concat(),
            mended: None,
        })
    }

    /// Says that the file checked is a mended copy of another.
    pub(in crate::cli) fn mended_from(mut self, path: &Path, report: MendReport) -> Self {
        self.mended = Some(mended_file(path, report));
        self
    }

    /// Returns the number of rows that would go to quarantine, those of histories too.
    pub(in crate::cli) fn bad_rows(&self) -> u64 {
        self.quarantined + self.histories.iter().map(|history| history.quarantined).sum::<u64>()
    }

    /// Describes it all in lines of text.
    pub(in crate::cli) fn describe(&self) -> String {
        let mut lines = self.mended.as_ref().map_or_else(Vec::new, describe_mends);
        lines.push(format!(
            "{} by schema {}: read {} = accepted {} + quarantined {} + declared duplicates {}",
            self.file,
            self.schema,
            text::count(self.read),
            text::count(self.accepted),
            text::count(self.quarantined),
            text::count(self.declared_duplicates)
        ));
        let shapes = if self.values_shown { "most common values" } else { "most common patterns" };
        lines.push(format!(
            "  {:<36} {:>8} {:>8}  {shapes}",
            "accepted rows: column", "filled", "valid"
        ));
        for column in &self.columns {
            let shapes: Vec<String> = column
                .shapes
                .iter()
                .map(|(shape, count)| format!("{shape} ({})", text::count(*count)))
                .collect();
            let filled = share(column.filled, column.filled + column.missing);
            let valid = share(column.filled - column.set_aside, column.filled);
            let line =
                format!("  {:<36} {filled:>8} {valid:>8}  {}", column.column, shapes.join(", "));
            lines.push(line.trim_end().to_string());
        }
        for history in &self.histories {
            lines.push(format!(
                "  history {}: read {} = accepted {} + quarantined {} + declared duplicates {}; \
             {} cells set aside",
                history.file,
                text::count(history.read),
                text::count(history.accepted),
                text::count(history.quarantined),
                text::count(history.declared_duplicates),
                text::count(history.set_aside)
            ));
        }
        if !self.absent_histories.is_empty() {
            lines.push(format!("  no history at {}", self.absent_histories.join(", ")));
        }
        for group in &self.faults {
            let column = group.column.as_ref().map_or(String::new(), |name| format!(" in {name}"));
            let rows = if group.count == 1 { "row" } else { "rows" };
            lines.push(format!("  {}{column}: {} {rows}", group.rule, text::count(group.count)));
            lines.extend(group.first.iter().map(|fault| format!("    {fault}")));
            lines.push(format!("    fix: {}", group.fix));
        }
        for found in &self.findings {
            lines.push(format!(
                "  {} in {}: {} of {} records",
                found.rule,
                found.place,
                text::count(found.count),
                text::count(found.of)
            ));
            let first: Vec<String> = found.first_lines.iter().map(u64::to_string).collect();
            let first = match first.as_slice() {
                [] => String::new(),
                first => format!("; first lines: {}", first.join(", ")),
            };
            lines.push(format!("    {}{first}", found.what));
            lines.push(format!("    fix: {}", found.fix));
        }
        lines.join("\n")
    }
}

fn mended_file(path: &Path, report: MendReport) -> MendedFile {
    let mends = |counts: Vec<MendCount>| {
        let all = counts.into_iter().map(|count| Mends {
            rule: count.rule,
            column: count.column,
            what: count.what,
            count: count.count,
            first: count.first.iter().map(|place| [place.line, place.column]).collect(),
        });
        all.collect()
    };
    MendedFile {
        from: path.display().to_string(),
        mended: mends(report.mended),
        left: mends(report.left),
        broken_rows: report.broken_rows,
    }
}

impl History {
    fn of(account: &Account) -> Self {
        Self {
            file: account.file.clone(),
            read: account.read,
            accepted: account.accepted,
            quarantined: account.quarantined,
            declared_duplicates: account.declared_duplicates,
            set_aside: account.columns.iter().map(|column| column.set_aside).sum(),
        }
    }
}

fn cells(account: &Account, profile: &FileProfile) -> Vec<Cells> {
    let cells = account.columns.iter().zip(&profile.columns).map(|(column, look)| Cells {
        column: column.column.clone(),
        filled: account.accepted - column.missing,
        missing: column.missing,
        nulls: column.nulls,
        set_aside: column.set_aside,
        shapes: look.shapes.clone(),
    });
    cells.collect()
}

/// Describes the groups of faults, the most frequent first.
fn groups(faults: &[FaultGroup]) -> Vec<Group> {
    let group = |group: &FaultGroup| Group {
        rule: group.name,
        column: group.column.clone(),
        count: group.count,
        first: group.first.iter().take(SHOWN).map(Fault::to_string).collect(),
        fix: match group.first.first().map(|fault| &fault.found) {
            Some(FaultFound::Recognised(remark)) => remark.fix(),
            _ => "mend the row at the source; it would go to quarantine",
        },
    };
    let mut groups: Vec<Group> = faults.iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

/// Returns what is recognised about cells, those left out that stand among the faults.
fn remarks(account: &Account, records_file: &str, faults: &[FaultGroup]) -> Vec<Found> {
    let mut all = Vec::new();
    for column in &account.columns {
        for count in &column.remarks {
            let is_it = |group: &&FaultGroup| {
                (group.name, group.file.as_str(), group.column.as_ref())
                    == (count.remark.name(), account.file.as_str(), Some(&column.column))
            };
            let of_faults: u64 = faults.iter().filter(is_it).map(|group| group.count).sum();
            if count.cells == of_faults {
                continue;
            }
            let cells = count.cells - of_faults;
            let rate = 100.0 * cells as f64 / account.read as f64;
            all.push(Found {
                rule: count.remark.name(),
                place: place(&column.column, &account.file, records_file),
                what: format!("{}: {rate:.1} % of rows", count.remark),
                count: cells,
                of: account.read,
                first_lines: count.first.iter().map(|place| place.line).collect(),
                fix: count.remark.fix(),
            });
        }
    }
    all
}

/// Returns the columns with dates in several formats, and what linkage would make of them.
fn mixed_dates(columns: &[DateFormats], records_file: &str) -> Vec<Found> {
    let mixed = columns.iter().filter(|formats| formats.is_mixed());
    let found = |formats: &DateFormats| Found {
        rule: "mixed_date_formats",
        place: place(&formats.column, &formats.file, records_file),
        what: formats.counts(),
        count: formats.others(),
        of: formats.dates(),
        first_lines: Vec::new(),
        fix: match formats.is_refused() {
            true => "ask for the column in one format; linkage refuses the file as it is",
            false => "ask for the column in one format; until then the others count as missing",
        },
    };
    mixed.map(found).collect()
}

/// Names a column, and its file if that is a history.
fn place(column: &str, file: &str, records_file: &str) -> String {
    if file == records_file { column.into() } else { format!("{column} of {file}") }
}

fn findings(checkup: &Checkup, lines: &[u64]) -> Vec<Found> {
    let mut all = Vec::new();
    for rule in RULES {
        for finding in rule.find(checkup) {
            let line = |record: &u32| lines[*record as usize];
            all.push(Found {
                rule: rule.name(),
                place: finding.place,
                what: finding.what,
                count: finding.records.len() as u64,
                of: finding.of,
                first_lines: finding.records.iter().take(SHOWN).map(line).collect(),
                fix: rule.fix(),
            });
        }
    }
    all
}

fn describe_mends(file: &MendedFile) -> Vec<String> {
    let mut lines = vec![format!("{} was mended; its places as it was:", file.from)];
    if file.mended.is_empty() {
        lines.push("  nothing to mend for certain".into());
    }
    for (mends, word) in [(&file.mended, "mended"), (&file.left, "left")] {
        for mend in mends {
            let column = mend.column.as_ref().map_or(String::new(), |name| format!(" in {name}"));
            let first: Vec<String> =
                mend.first.iter().map(|[line, column]| format!("{line}:{column}")).collect();
            lines.push(format!("  {word}: {}{column}: {}", mend.rule, text::count(mend.count)));
            lines.push(format!("    {}; first at {}", mend.what, first.join(", ")));
        }
    }
    if file.broken_rows > 0 {
        let rows = if file.broken_rows == 1 { "row" } else { "rows" };
        let count = text::count(file.broken_rows);
        lines.push(format!("  left: {count} {rows} of broken structure, copied as before"));
    }
    lines
}

/// Returns a share in percent, or a dash where there is nothing to share.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".into();
    }
    format!("{:.1} %", 100.0 * part as f64 / whole as f64)
}

//! What `cci encode` made, for people and for programs.

use std::fmt::Write;

use serde::Serialize;

use crate::encode::{AboutCodes, Fill, Sizing, SizingRow};

/// Outcome of an encoding.
#[derive(Serialize)]
pub(super) struct Encoded<'a> {
    /// File that was written.
    file: String,
    /// Records, of which each has a code.
    records: usize,
    /// What the codes are of, without the schema itself.
    profile: &'a str,
    code_bits: usize,
    filter_bits: usize,
    secret: &'a str,
    schema_fingerprint: &'a str,
    /// Bits set in the filters, before they are diffused, and all bits.
    fill: FillTold,
    sizing: SizingTold,
    /// What is allowed and should be known.
    remarks: Vec<String>,
}

#[derive(Serialize)]
struct FillTold {
    set: u64,
    of: u64,
    share: Option<f64>,
}

#[derive(Serialize)]
struct SizingTold {
    population: u64,
    /// Share of bits in which near people differ, measured.
    near: f64,
    /// Share of bits in which 99 in 100 matches differ less, assumed.
    matches_assumed: f64,
    needed: f64,
    profiles: Vec<ProfileTold>,
}

#[derive(Serialize)]
struct ProfileTold {
    name: &'static str,
    window: usize,
    code_bits: usize,
    near: f64,
    matches: f64,
    hides_near_people: bool,
    finds_matches_without_blocking: bool,
}

impl ProfileTold {
    fn of(row: &SizingRow) -> Self {
        Self {
            name: row.profile.name,
            window: row.shape.window,
            code_bits: row.shape.length,
            near: row.near,
            matches: row.matches,
            hides_near_people: row.hides(),
            finds_matches_without_blocking: row.finds(),
        }
    }
}

impl<'a> Encoded<'a> {
    /// Puts together what was made.
    pub(super) fn of(
        file: String,
        records: usize,
        about: &'a AboutCodes,
        fill: Fill,
        sizing: &Sizing,
        remarks: Vec<String>,
    ) -> Self {
        let rows = sizing.rows();
        Self {
            file,
            records,
            profile: &about.profile,
            code_bits: about.length,
            filter_bits: sizing.filter_length,
            secret: &about.secret,
            schema_fingerprint: &about.schema_fingerprint,
            fill: FillTold { set: fill.set, of: fill.of, share: fill.share() },
            sizing: SizingTold {
                population: sizing.population,
                near: sizing.near,
                matches_assumed: sizing.matches,
                needed: rows.first().map_or(0.0, |row| row.needed),
                profiles: rows.iter().map(ProfileTold::of).collect(),
            },
            remarks,
        }
    }

    /// Describes it to a person.
    pub(super) fn describe(&self) -> String {
        let Self { sizing, fill, .. } = self;
        let mut text = format!(
            "{}: {} codes of {} bits, profile {}\nschema {}\nsecret {}\n",
            self.file,
            self.records,
            self.code_bits,
            self.profile,
            self.schema_fingerprint,
            self.secret
        );
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let share = fill.share.map_or("undefined".to_string(), percent);
        let _ = writeln!(
            text,
            "fill of the filters: {share} ({} of {} bits)\n\n\
             Sizing for {} records: near people differ in {} of bits (measured here), 99 in 100 \
             matches in less than {} (an assumption).\n\
             How far they stand out of chance, in standard deviations; near people should by 2 at \
             most, matches by {:.1} to be found without blocking.\n",
            fill.set,
            fill.of,
            sizing.population,
            percent(sizing.near),
            percent(sizing.matches_assumed),
            sizing.needed,
        );
        let _ = writeln!(text, "profile    window   code   near people          matches");
        for row in &sizing.profiles {
            let near = if row.hides_near_people { "hidden" } else { "stand out" };
            let found = if row.finds_matches_without_blocking { "found" } else { "need blocking" };
            let _ = writeln!(
                text,
                "{:<9} {:>7} {:>6} {:>6.1} {near:<12} {:>7.1} {found}",
                row.name, row.window, row.code_bits, row.near, row.matches
            );
        }
        // They belong to the result: who asks for quiet is to see them all the same.
        for remark in &self.remarks {
            let _ = write!(text, "\nnote: {remark}");
        }
        text
    }
}

//! Linkage settings written from guesses: what is sure as settings, what is not as comments.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::linkage_settings::VERSION;
use crate::record::AttributeKind;
use crate::schema::{
    AgencySchema, ColumnGuess, ColumnUse, Delimiter, EncodingGuess, Feeds, FileSurvey,
    LINKAGE_ATTRIBUTES,
};

/// Attributes of the exact key, as far as they are there.
const EXACT_KEY: [&str; 4] = ["given_name", "family_name", "date_of_birth", "sex"];

/// Attributes that a column of full names feeds.
const OF_FULL_NAMES: [(&str, AttributeKind); 2] =
    [("given_name", AttributeKind::GivenName), ("family_name", AttributeKind::FamilyName)];

/// File with what was found and guessed.
pub(super) struct Proposed {
    /// Path as the settings write it.
    pub(super) file: String,
    /// Name of the source.
    pub(super) source: String,
    /// What was counted.
    pub(super) survey: FileSurvey,
    /// What each column is for.
    pub(super) guesses: Vec<ColumnGuess>,
    /// Agency whose schema fits.
    pub(super) schema: Option<AgencySchema>,
}

/// Settings as proposed.
pub(super) struct Proposal {
    /// Text of the settings.
    pub(super) text: String,
    /// Whether the text can be read as settings as it stands.
    pub(super) complete: bool,
    /// What is left to a person.
    pub(super) choices: usize,
}

/// Writes settings for files.
pub(super) fn propose(files: &[Proposed]) -> Proposal {
    let sure = attributes(files, Proposed::sure);
    let open: Vec<(&str, AttributeKind)> = attributes(files, Proposed::open)
        .into_iter()
        .filter(|(name, _)| !sure.iter().any(|(known, _)| known == name))
        .collect();
    let mut text = String::new();
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line("# Linkage settings written by cci init. Each guess stands with its evidence. What was");
    line("# not sure is a comment that begins with CHOOSE: read it, then take the sign # away");
    line("# from the line that is right. Counts come from the rows named at each file.");
    line("");
    line(&format!("version = {VERSION}"));
    line("");
    let split = files.iter().any(|file| file.column(&ColumnUse::Split).is_some());
    let which = match (files.len(), split) {
        (1, false) => "within",
        _ => "both",
    };
    line("# between: records of different sources only; within: of one source; both: any two.");
    line(&format!("link = \"{which}\""));
    line("");
    line("[attributes]");
    sure.iter().for_each(|(name, kind)| line(&format!("{name} = \"{}\"", kind.name())));
    for (name, kind) in &open {
        line(&format!("# CHOOSE, with the column below: {name} = \"{}\"", kind.name()));
    }
    let mut choices = 0;
    let mut identified = true;
    for file in files {
        let (part, left) = source(file, &sure);
        line("");
        line(part.trim_end());
        choices += left;
        identified &= file.schema.is_some() || file.column(&ColumnUse::Identifier).is_some();
    }
    line("");
    line("# Which pairs are compared is chosen from the data, for want of a [[block]]. To say it");
    line("# yourself, name the keys of each rule; all must agree:");
    line("# [[block]]");
    line("# keys = [\"family_name\", \"date_of_birth\"]");
    line("");
    household(files, &sure, &mut line);
    let has = |name: &str| sure.iter().any(|(known, _)| *known == name);
    let by_number = has("nhs_number") && has("given_name") && has("date_of_birth");
    let key: Vec<String> =
        EXACT_KEY.into_iter().filter(|name| has(name)).map(|name| format!("\"{name}\"")).collect();
    line("[decide]");
    line("# key_then_probabilistic trusts an NHS number where birth and name agree.");
    let strategy = if by_number { "key_then_probabilistic" } else { "probabilistic" };
    line(&format!("strategy = \"{strategy}\""));
    line("cluster = \"merged\"");
    line(&format!("exact_key = [{}]", key.join(", ")));
    line("# Links are made where the expected F1 is best. To weigh false links against missed");
    line("# ones instead, say how many missed links one false link is as bad as:");
    line("# false_link_cost = 20.0");
    Proposal { complete: identified && !sure.is_empty(), text, choices }
}

impl Proposed {
    /// Returns the attributes that the file feeds for sure.
    fn sure(&self) -> Vec<(&'static str, AttributeKind)> {
        match &self.schema {
            Some(schema) => {
                let fed = |name: &str| {
                    schema.columns.iter().any(|column| {
                        column.request.attribute.as_deref() == Some(name)
                            && self.survey.columns.iter().any(|c| c.name == column.name())
                    })
                };
                LINKAGE_ATTRIBUTES.into_iter().filter(|(name, _)| fed(name)).collect()
            }
            None => {
                let sure = self.guesses.iter().filter_map(ColumnGuess::main);
                let sure = sure.map(|feeds| (feeds.attribute, feeds.kind));
                let full = self.column(&ColumnUse::FullName).map(|_| OF_FULL_NAMES);
                sure.chain(full.into_iter().flatten()).collect()
            }
        }
    }

    /// Returns the attributes that the file may feed.
    fn open(&self) -> Vec<(&'static str, AttributeKind)> {
        let none = self.schema.is_some();
        let guesses = self.guesses.iter().filter(|_| !none);
        let open = guesses.filter_map(|guess| match &guess.purpose {
            ColumnUse::Choice(ways) => Some(ways.iter().map(|way| (way.attribute, way.kind))),
            _ => None,
        });
        open.flatten().collect()
    }

    fn column(&self, purpose: &ColumnUse) -> Option<&ColumnGuess> {
        self.guesses.iter().find(|guess| guess.purpose == *purpose)
    }
}

/// Returns attributes of all files, each with the kind that the first file gives it.
fn attributes(
    files: &[Proposed],
    of: fn(&Proposed) -> Vec<(&'static str, AttributeKind)>,
) -> Vec<(&'static str, AttributeKind)> {
    let mut known: Vec<(&str, AttributeKind)> = Vec::new();
    for (name, kind) in files.iter().flat_map(of) {
        if !known.iter().any(|(other, _)| *other == name) {
            known.push((name, kind));
        }
    }
    known
}

/// Returns the part of the settings about one file, and the number of choices in it.
fn source(file: &Proposed, attributes: &[(&str, AttributeKind)]) -> (String, usize) {
    let survey = &file.survey;
    let mut part = String::new();
    let mut choices = 0;
    let mut line = |line: String| {
        part.push_str(&line);
        part.push('\n');
    };
    let sampled = match survey.every {
        1 => format!("# {} rows, all looked at", survey.rows),
        every => {
            format!("# {} rows, {} looked at: one in {every}", survey.rows, survey.sampled)
        }
    };
    let broken = match survey.broken {
        0 => String::new(),
        broken => format!("; {broken} with a broken structure, which will be in quarantine"),
    };
    line(format!("{sampled}{broken}."));
    line("[[source]]".into());
    line(format!("file = {}", quoted(&file.file)));
    line(format!("name = {}", quoted(&file.source)));
    if survey.delimiter != Delimiter::default() {
        line(survey.delimiter.setting());
    }
    let EncodingGuess { encoding, evidence } = &survey.encoding;
    match evidence {
        Some(evidence) if encoding.is_utf8() => line(format!("# {evidence}")),
        Some(why) => line(format!("encoding = \"{}\"  # {why}", encoding.name())),
        None => {}
    }
    if let Some(schema) = &file.schema {
        line(format!("# The header and the dates fit the schema of {}.", schema.label));
        line(format!("schema = \"{}\"", schema.name));
        return (part, choices);
    }
    match file.column(&ColumnUse::Identifier) {
        Some(guess) => line(format!("id = {}  # {}", quoted(&guess.column), guess.evidence)),
        None => {
            choices += 1;
            line("# CHOOSE: no column has a value of its own in every row; name or add one".into());
            line("# id = \"...\"".into());
        }
    }
    if let Some(guess) = file.column(&ColumnUse::Split) {
        line(format!("split_by = {}  # {}", quoted(&guess.column), guess.evidence));
    }
    if let Some(guess) = file.column(&ColumnUse::Entity) {
        line(format!("entity = {}  # {}", quoted(&guess.column), guess.evidence));
    }
    let sure = file.guesses.iter().filter_map(|guess| Some((guess, guess.main()?)));
    let sure: Vec<(&ColumnGuess, &Feeds)> = sure.collect();
    if let Some(format) = sure.iter().find_map(|(_, feeds)| feeds.date_format.as_ref()) {
        line(format!("date_format = \"{format}\""));
    }
    let open: Vec<&Feeds> = file.guesses.iter().flat_map(ways).collect();
    let dates = sure.iter().map(|(_, feeds)| *feeds).chain(open.iter().copied());
    let earliest = dates.filter_map(|feeds| feeds.earliest_year.as_ref()).min();
    if let Some((year, evidence)) = earliest {
        line(format!("earliest_year = {year}  # {evidence}"));
    }
    let formats: BTreeSet<&String> =
        open.iter().filter_map(|feeds| feeds.date_format.as_ref()).collect();
    formats.iter().for_each(|format| {
        line(format!("# CHOOSE, with the column below: date_format = \"{format}\""));
    });
    line(String::new());
    line("[source.columns]".into());
    for (guess, feeds) in sure {
        let name = feeds.attribute;
        let further = file.guesses.iter().filter(|other| {
            matches!(&other.purpose, ColumnUse::Attribute(f) if f.further && f.attribute == name)
        });
        let further: Vec<String> = further.map(|guess| quoted(&guess.column)).collect();
        let column = match further.as_slice() {
            [] => quoted(&guess.column),
            more => format!("[{}, {}]", quoted(&guess.column), more.join(", ")),
        };
        let fits = attributes.contains(&(name, feeds.kind));
        if fits {
            line(format!("{name} = {column}  # {}", guess.evidence));
        } else {
            choices += 1;
            line(format!("# CHOOSE: of another kind than in an earlier file; {}", guess.evidence));
            line(format!("# {name} = {column}"));
        }
    }
    if let Some(guess) = file.column(&ColumnUse::FullName) {
        let column = quoted(&guess.column);
        line(format!(
            "given_name = {{ column = {column}, part = \"given\" }}  # {}",
            guess.evidence
        ));
        line(format!("family_name = {{ column = {column}, part = \"family\" }}"));
    }
    for guess in &file.guesses {
        let ways: Vec<&Feeds> = ways(guess).collect();
        if !ways.is_empty() {
            choices += 1;
            line(format!("# CHOOSE: {}", guess.evidence));
        }
        let mut before: Option<&str> = None;
        for way in ways {
            if before != Some(way.attribute) {
                let beside = if way.further { "  # as a further value, in a list" } else { "" };
                line(format!("# {} = {}{beside}", way.attribute, quoted(&guess.column)));
            }
            before = Some(way.attribute);
        }
    }
    for (purpose, what) in [(ColumnUse::Unsupported, "supported"), (ColumnUse::Unused, "used")] {
        for guess in file.guesses.iter().filter(|guess| guess.purpose == purpose) {
            line(format!("# not {what}: {}: {}", quoted(&guess.column), guess.evidence));
        }
    }
    (part, choices)
}

/// Writes where other members of a household are learnt from, if the files tell.
fn household(
    files: &[Proposed],
    attributes: &[(&str, AttributeKind)],
    line: &mut impl FnMut(&str),
) {
    let has = |name: &str| attributes.iter().any(|(known, _)| *known == name);
    if !has("postcode") || !has("address") {
        return;
    }
    line("# What other children of a household look like is learnt from records at one address,");
    line("# in sources that hold nearly every child once.");
    let known = |file: &&Proposed| {
        file.schema.as_ref().is_some_and(|s| s.name == "health" || s.name == "education")
            && file.sure().iter().any(|(name, _)| *name == "address")
    };
    let mut sources: Vec<String> =
        files.iter().filter(known).map(|file| quoted(&file.source)).collect();
    let mut sign = "";
    if sources.is_empty() {
        line("# To tell siblings apart better, keep those sources here and take the signs away:");
        sources = files.iter().map(|file| quoted(&file.source)).collect();
        sign = "# ";
    }
    line(&format!("{sign}[household]"));
    line(&format!("{sign}sources = [{}]", sources.join(", ")));
    line(&format!("{sign}attributes = [\"postcode\", \"address\"]"));
    line("");
}

/// Returns the ways in which a column may feed an attribute, where a person decides.
fn ways(guess: &ColumnGuess) -> impl Iterator<Item = &Feeds> {
    let ways: &[Feeds] = match &guess.purpose {
        ColumnUse::Choice(ways) => ways,
        _ => &[],
    };
    ways.iter()
}

/// Returns a text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted + "\""
}

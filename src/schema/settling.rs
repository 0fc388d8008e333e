//! What guesses about columns become beside each other: one identifier, one first column for
//! each attribute, and nothing that another column says.

use super::concept::{HeaderReading, Role, Sureness};
use super::guess::{ColumnGuess, ColumnUse};
use super::survey::{ColumnSurvey, FileSurvey};
use crate::record::AttributeKind;

/// What follows from other attributes, each of which says more.
const SAID_BY: [(&str, &str); 5] = [
    ("birth_year", "date_of_birth"),
    ("birth_month", "date_of_birth"),
    ("birth_day", "date_of_birth"),
    ("age", "date_of_birth"),
    ("age", "birth_year"),
];
/// How many times as many cells as any other column must be filled to be the first of several.
const FULLER: u64 = 4;

/// Settles guesses that were made about each column by itself.
pub(super) fn settle(guesses: &mut [ColumnGuess], survey: &FileSurvey) {
    choose_identifier(guesses, survey);
    settle_rivals(guesses, survey);
    settle_dates(guesses, survey);
    settle_full_names(guesses);
}

/// Makes the likeliest unique column the identifier.
fn choose_identifier(guesses: &mut [ColumnGuess], survey: &FileSurvey) {
    let split = guesses.iter().any(|guess| guess.purpose == ColumnUse::Split);
    let unique = |column: &ColumnSurvey| column.unique || (split && column.unique_within_source);
    // A header that speaks of identifiers, then one that says nothing; the surest first, and
    // then the first.
    let rank = |column: &ColumnSurvey, guess: &ColumnGuess| match &column.header {
        _ if column.name.trim().is_empty() || !unique(column) => None,
        HeaderReading::Says { role: Role::Identifier, sureness, .. } => Some((0, *sureness)),
        HeaderReading::Nothing if guess.purpose == ColumnUse::Unused => Some((1, Sureness::Cells)),
        _ => None,
    };
    let ranked = survey.columns.iter().zip(guesses.iter()).enumerate();
    let best = ranked
        .filter_map(|(place, (column, guess))| rank(column, guess).map(|rank| (rank, place)))
        .min();
    if let Some((_, place)) = best {
        let within = if survey.columns[place].unique { "" } else { " within each source" };
        let guess = &mut guesses[place];
        guess.purpose = ColumnUse::Identifier;
        guess.evidence = format!("no two of {} rows share a value{within}", survey.rows);
    }
}

/// Keeps one column for each attribute, the surest; equals become choices, unless one is filled
/// far more often.
///
/// A column that is less sure may hold further values, as a second address does.
fn settle_rivals(guesses: &mut [ColumnGuess], survey: &FileSurvey) {
    let attributes: Vec<&str> = guesses.iter().filter_map(|g| Some(g.main()?.attribute)).collect();
    for (place, attribute) in attributes.iter().enumerate() {
        if attributes[..place].contains(attribute) {
            continue;
        }
        let of = |guess: &ColumnGuess| guess.main().is_some_and(|f| f.attribute == *attribute);
        let best = guesses.iter().filter(|g| of(g)).map(|g| g.sureness).min();
        let is_first = |guess: &ColumnGuess| of(guess) && Some(guess.sureness) == best;
        let filled = survey.columns.iter().map(|column| column.filled);
        let mut firsts: Vec<(u64, usize)> =
            filled.zip(0..).filter(|&(_, place)| is_first(&guesses[place])).collect();
        firsts.sort_unstable_by_key(|&(filled, place)| (std::cmp::Reverse(filled), place));
        if let [(most, _), (next, _), ..] = firsts[..]
            && most >= FULLER * next
        {
            firsts.truncate(1);
        }
        let first = if let [(_, place)] = firsts[..] { Some(place) } else { None };
        let rivals = guesses.iter_mut().enumerate().filter(|(_, guess)| of(guess));
        for (_, guess) in rivals.filter(|(place, _)| Some(*place) != first) {
            let Some(mut feeds) = guess.main().cloned() else { continue };
            let also = if first.is_some() { "another column fits better" } else { "ambiguous" };
            guess.evidence = format!("{}; {also}, several columns say {attribute}", guess.evidence);
            feeds.further = first.is_some();
            guess.purpose = if first.is_some() && !may_be_several(feeds.kind) {
                ColumnUse::Unused
            } else {
                ColumnUse::Choice(vec![feeds])
            };
        }
    }
    // A further value without a first one is the first.
    for place in 0..guesses.len() {
        let ColumnUse::Attribute(feeds) = &guesses[place].purpose else { continue };
        if !feeds.further {
            continue;
        }
        let (attribute, several) = (feeds.attribute, may_be_several(feeds.kind));
        let has_first = guesses.iter().any(|g| g.main().is_some_and(|f| f.attribute == attribute));
        if has_first && !several {
            guesses[place].purpose = ColumnUse::Unused;
        } else if !has_first && let ColumnUse::Attribute(feeds) = &mut guesses[place].purpose {
            feeds.further = false;
        }
    }
}

/// Leaves out dates under unknown headers where a header names the date of birth, and parts of
/// one beside a date: what they say is said already.
fn settle_dates(guesses: &mut [ColumnGuess], survey: &FileSurvey) {
    let is_date = |guess: &ColumnGuess| match &guess.purpose {
        ColumnUse::Attribute(feeds) => feeds.date_format.is_some(),
        ColumnUse::Choice(ways) => ways.iter().any(|way| way.date_format.is_some()),
        _ => false,
    };
    let says_birth = |column: &ColumnSurvey| {
        column.header.role() == Some(Role::Attribute("date_of_birth", AttributeKind::Date))
    };
    if survey.columns.iter().any(says_birth) {
        for guess in guesses.iter_mut().filter(|guess| guess.sureness == Sureness::Cells) {
            if is_date(guess) {
                guess.purpose = ColumnUse::Unused;
                guess.evidence = "dates of something else than birth".into();
            }
        }
    }
    let feeds = |guess: &ColumnGuess, attribute: &str| {
        guess.main().is_some_and(|feeds| feeds.attribute == attribute)
    };
    for (part, whole) in SAID_BY {
        if guesses.iter().any(|guess| feeds(guess, whole)) {
            for guess in guesses.iter_mut().filter(|guess| feeds(guess, part)) {
                guess.purpose = ColumnUse::Unused;
                guess.evidence = format!("{}; {whole} says it", guess.evidence);
            }
        }
    }
}

/// Keeps the first column of full names where no column holds given or family names alone.
fn settle_full_names(guesses: &mut [ColumnGuess]) {
    let names = |guess: &ColumnGuess| {
        guess.main().is_some_and(|f| ["given_name", "family_name"].contains(&f.attribute))
    };
    let mut said = guesses.iter().any(names);
    for guess in guesses.iter_mut().filter(|guess| guess.purpose == ColumnUse::FullName) {
        if said {
            guess.purpose = ColumnUse::Unused;
            guess.evidence = format!("{}; other columns say it", guess.evidence);
        }
        said = true;
    }
}

/// Says whether a record may hold several values of a kind.
fn may_be_several(kind: AttributeKind) -> bool {
    use AttributeKind::{Category, Date, Quantity, Sex};
    !matches!(kind, Date | Sex | Category | Quantity)
}

//! Caveats: fixed wording, each fired by a rule and by nothing else.

use super::disclosure::ShownRate;
use super::number::{self, Scale};
use super::view::View;
use crate::evaluate::{Gap, difference};

/// Wording for made-up records; the banner shows it.
pub(crate) const SYNTHETIC: &str = "These figures come from made-up records. They show how the method behaves, not how many children a real area would link.";

const GENERATOR: &str = "We chose the errors in these records. Real records may be harder to link.";
const RATE_IS_NOT_QUALITY: &str =
    "A high linkage rate does not mean the links are right. Read it with the false match rate.";
const TUNED: &str = "Expect slightly worse results on new records.";
const BELOW_SHORTLIST: &str = "Matches that no shortlist rule reached are not counted here.";
const USE: &str = "Do not use this report to make a decision about a named child.";

/// Returns the caveats of a run, in the order in which they are shown.
///
/// The one for synthetic records is left to the banner.
pub(crate) fn caveats(view: &View<'_>) -> Vec<String> {
    let run = &view.input.run;
    let rules: [(bool, Option<String>); 7] = [
        (run.synthetic, Some(GENERATOR.into())),
        (true, Some(RATE_IS_NOT_QUALITY.into())),
        (true, view.notable_gaps().iter().max_by(|a, b| a.points.total_cmp(&b.points)).map(gap)),
        (run.tuned, Some(TUNED.into())),
        (!run.synthetic, Some(BELOW_SHORTLIST.into())),
        (
            true,
            run.reviewed_pairs.map(|pairs| {
                format!(
                    "Based on {}, weighted to all pairs.",
                    number::several(view.profile.show(pairs), "reviewed pair")
                )
            }),
        ),
        (true, Some(USE.into())),
    ];
    rules.into_iter().filter(|(fires, _)| *fires).filter_map(|(_, text)| text).collect()
}

/// Returns the caveat of a group of children that is linked less often.
pub(crate) fn gap(gap: &Gap) -> String {
    let percent = |rate: crate::evaluate::Rate| number::rate(&shown(rate), Scale::Percent);
    format!(
        "Children in the group “{}: {}” were linked less often ({} against {}). Counts for this \
         group will be too low.",
        gap.grouping,
        gap.group,
        percent(gap.rate),
        percent(gap.overall)
    )
}

/// Returns the caveats of strategies that this run cannot tell apart from the one it used.
///
/// A difference is clear if Newcombe's interval for the missed or the false rate excludes zero.
/// Both strategies see the same records, which makes true intervals narrower: this rule is
/// slow to call a difference clear.
pub(crate) fn no_clear_difference(view: &View<'_>) -> Vec<String> {
    let rows = &view.input.strategies;
    let Some(used) = rows.iter().find(|row| row.name == view.input.run.strategy) else {
        return Vec::new();
    };
    rows.iter()
        .filter(|row| row.name != used.name)
        .filter(|row| {
            let clear = [
                difference(&used.missed, &row.missed),
                difference(&used.falsely_linked, &row.falsely_linked),
            ];
            clear.iter().all(|ends| ends.is_none_or(|ends| !ends.excludes_zero()))
        })
        .map(|row| {
            format!("This run does not show that {} is better than {}.", used.name, row.name)
        })
        .collect()
}

fn shown(rate: crate::evaluate::Rate) -> ShownRate {
    use super::disclosure::Shown::Count;
    ShownRate { numerator: Count(rate.numerator), denominator: Count(rate.denominator) }
}

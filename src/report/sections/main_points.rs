//! The first screen: four numbers, the few sentences that matter, and what they cannot tell.

use super::services::missed_most;
use crate::evaluate::{Partners, Rate};
use crate::report::caveat;
use crate::report::content::{Block, Tile};
use crate::report::disclosure::Shown;
use crate::report::number::{self, Scale};
use crate::report::section::Section;
use crate::report::view::View;

pub(super) struct MainPoints;

impl Section for MainPoints {
    fn id(&self) -> &'static str {
        "main-points"
    }

    fn title(&self) -> &'static str {
        "Main points"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        vec![
            Block::Tiles { tiles: tiles(view) },
            Block::Bullets { items: points(view) },
            Block::Heading { text: "What this cannot tell you".into() },
            Block::Caveats { items: caveat::caveats(view) },
        ]
    }
}

fn tiles(view: &View<'_>) -> Vec<Tile> {
    let all = &view.overall;
    let pairs = &view.input.evaluation.pairs;
    let tile =
        |label: &str, value: String, detail: String| Tile { label: label.into(), value, detail };
    let gap = match &view.largest_gap {
        Some(gap) => tile(
            "Largest gap",
            format!("{:.0} points", gap.points),
            format!(
                "{}{}: {:.1}% against {:.1}% of all (n = {})",
                if view.hides_groups() { "Of the groups shown, " } else { "" },
                gap.group,
                100.0 * gap.rate.value().unwrap_or_default(),
                100.0 * gap.overall.value().unwrap_or_default(),
                number::count(gap.rate.denominator)
            ),
        ),
        None => tile("Largest gap", number::NOT_APPLICABLE.into(), "no group can be ranked".into()),
    };
    vec![
        tile(
            "Linked",
            number::headline(&all.linked_of_linkable, Scale::Percent),
            format!(
                "of records with someone to link to; of all records {}",
                number::rate(&all.linked, Scale::Percent)
            ),
        ),
        tile(
            "Missed",
            number::headline(&all.missed, Scale::PerThousand),
            format!(
                "of records with a partner. Recall of pairs {}",
                number::rate(&view.rate(pairs.recall), Scale::Percent)
            ),
        ),
        tile(
            "False",
            number::headline(&all.falsely_linked, Scale::PerThousand),
            format!(
                "of linked records. Precision of pairs {}",
                number::rate(&view.rate(pairs.precision), Scale::Percent)
            ),
        ),
        gap,
    ]
}

/// Returns at most four sentences.
fn points(view: &View<'_>) -> Vec<String> {
    let all = &view.overall;
    let other = match view.input.evaluation.partners {
        Partners::OtherSources => "a record in another service",
        Partners::SameSource => "another record",
    };
    let share = format!(
        "{} of {} share an identifier with {other}.",
        number::shown(all.linked.numerator),
        number::several(all.linked.denominator, "record")
    );
    let mut points = vec![share];
    points.extend(missed_most(&view.sources).map(|source| {
        format!(
            "{} records are missed most often: {} of those with a partner elsewhere.",
            source.label,
            number::headline(&source.missed, Scale::PerThousand)
        )
    }));
    points.extend(main_cause(view));
    points.extend(main_kind(view));
    points
}

/// Says where most matches were lost.
fn main_cause(view: &View<'_>) -> Option<String> {
    let misses = view.input.evaluation.misses?;
    let causes = [
        (misses.blocking, "were never compared, because no blocking rule proposed them"),
        (misses.below_threshold, "were compared and fell short of the threshold"),
        (misses.separated, "were linked and taken apart again by clustering"),
    ];
    // Reversed, since the last of equals would win.
    let (most, words) = causes.into_iter().rev().max_by_key(|(count, _)| *count)?;
    let shown = view.rate(Rate::new(most, misses.total()));
    let (Some(_), Shown::Count(1..)) = (shown.rate(), shown.numerator) else { return None };
    Some(format!(
        "Of {} missed pairs, {} {words}.",
        number::shown(shown.denominator),
        number::shown(shown.numerator)
    ))
}

/// Says between whom false links are made.
fn main_kind(view: &View<'_>) -> Option<String> {
    let kinds = view.input.evaluation.false_links?;
    let family = kinds.multiple_birth + kinds.household;
    let shown = view.rate(Rate::new(family, kinds.total()));
    let (Some(_), Shown::Count(1..)) = (shown.rate(), shown.denominator) else { return None };
    Some(format!(
        "Of {} false links, {} join children of one household, twins included.",
        number::shown(shown.denominator),
        number::shown(shown.numerator)
    ))
}

//! Who is missed: linkage by the groups that children belong to.

use super::services::{describe, dot, status};
use crate::evaluate::MINIMUM_RANKED;
use crate::report::caveat;
use crate::report::chart::Words;
use crate::report::charts::{Panel, dot_intervals};
use crate::report::content::{Block, Figure, TableBuilder};
use crate::report::number::{self, Scale};
use crate::report::section::Section;
use crate::report::view::{ShownGrouping, View};

pub(super) struct Groups;

impl Section for Groups {
    fn id(&self) -> &'static str {
        "groups"
    }

    fn title(&self) -> &'static str {
        "Who is missed"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        if view.groupings.is_empty() {
            return Vec::new();
        }
        let gaps: Vec<String> = view.notable_gaps().iter().map(caveat::gap).collect();
        let mut blocks = if gaps.is_empty() {
            let groups = if view.hides_groups() { "group that may be shown" } else { "group" };
            let text = format!(
                "No {groups} of {MINIMUM_RANKED} records or more falls clearly more than two \
                 points below the overall linkage rate."
            );
            vec![Block::Paragraph { text }]
        } else {
            vec![Block::Bullets { items: gaps }]
        };
        let figures = view.groupings.iter().enumerate();
        blocks.extend(
            figures
                .map(|(place, grouping)| Block::Figure { figure: figure(view, place, grouping) }),
        );
        blocks
    }
}

fn figure(view: &View<'_>, place: usize, grouping: &ShownGrouping) -> Figure {
    let overall = view.overall.linked_of_linkable;
    let title = title(view, grouping);
    let reference = overall
        .rate()
        .and_then(|rate| rate.value())
        .map(|value| (100.0 * value, format!("All {}", number::rate(&overall, Scale::Percent))));
    let panels = [Panel {
        title: "Linked, of records with a partner".into(),
        unit: "%",
        from_zero: false,
        most: Some(100.0),
        reference,
        dots: grouping
            .groups
            .iter()
            .map(|group| dot(&group.label, group.linked_of_linkable, Scale::Percent))
            .collect(),
    }];
    let words = Words { title: title.clone(), description: describe(&panels) };

    let caption = format!("Linked, missed and false, by group: {}", grouping.label);
    let mut table =
        TableBuilder::new(&format!("table-groups-{place}"), caption).words(["Group"]).numbers([
            "Records with a partner",
            "Linked (95% range)",
            "Points below all",
            "Missed per 1,000 (95% range)",
            "False per 1,000 (95% range)",
        ]);
    for group in grouping.groups.iter().chain([&view.overall]) {
        let below = match (overall.rate(), group.linked_of_linkable.rate()) {
            (Some(all), Some(own)) => match (all.value(), own.value()) {
                (Some(all), Some(own)) => number::decimal(100.0 * (all - own)),
                _ => number::NOT_APPLICABLE.into(),
            },
            _ => number::HIDDEN.into(),
        };
        let total = std::ptr::eq(group, &view.overall);
        let cells = [
            group.label.clone(),
            number::shown(group.linked_of_linkable.denominator),
            number::rate_and_range(&group.linked_of_linkable, Scale::Percent),
            if total { String::new() } else { below },
            number::rate_and_range(&group.missed, Scale::PerThousand),
            number::rate_and_range(&group.falsely_linked, Scale::PerThousand),
        ];
        if total { table.total(cells) } else { table.row(cells) }
    }
    Figure {
        id: format!("figure-groups-{place}"),
        title,
        subtitle: format!(
            "{}: share of records with a partner that are linked, with 95% ranges. The axis does \
             not start at zero. {}",
            grouping.label,
            status(view)
        ),
        svg: dot_intervals(&format!("chart-groups-{place}"), &words, &panels),
        table: table.finish(),
    }
}

/// Names the group that falls furthest below, if its gap is notable.
fn title(view: &View<'_>, grouping: &ShownGrouping) -> String {
    let gaps = view.notable_gaps();
    let worst = gaps
        .iter()
        .filter(|gap| gap.grouping == grouping.label)
        .max_by(|a, b| a.points.total_cmp(&b.points));
    // A hidden group may be far below.
    let hidden = grouping.groups.iter().any(|group| group.is_hidden());
    match worst {
        Some(gap) => format!(
            "{}: {} is clearly below all, by {:.1} points",
            grouping.label, gap.group, gap.points
        ),
        None if hidden => format!("{}: linkage rate by group", grouping.label),
        None => format!("{}: no group is clearly far below all", grouping.label),
    }
}

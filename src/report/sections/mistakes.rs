//! Which mistakes cost links: missed records by what went wrong in them.

use std::cmp::Reverse;

use crate::evaluate::{GroupQuality, NOTHING_WRONG};
use crate::report::content::{Block, TableBuilder};
use crate::report::disclosure::Shown;
use crate::report::number::{self, Scale};
use crate::report::section::Section;
use crate::report::view::{View, sentence_case};

pub(super) struct Mistakes;

impl Section for Mistakes {
    fn id(&self) -> &'static str {
        "mistakes"
    }

    fn title(&self) -> &'static str {
        "Which mistakes cost links"
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        let all = &view.input.evaluation.by_mistake;
        let mut mistakes: Vec<&GroupQuality> =
            all.iter().filter(|group| group.label != NOTHING_WRONG).collect();
        // Rows overlap, which disclosure control does not expect of them; only what was invented has any.
        if mistakes.is_empty() || !view.input.run.synthetic {
            return Vec::new();
        }
        // Those first that most of the missed records have; the order tells nothing of what is hidden.
        mistakes.sort_by_key(|group| match view.rate(group.quality.missed).numerator {
            Shown::Count(missed) => Reverse(missed),
            Shown::Hidden => Reverse(0),
        });
        let caption = "Records with a partner by what went wrong in them";
        let mut table = TableBuilder::new("table-mistakes", caption)
            .words(["What went wrong"])
            .numbers(["Records with a partner", "Missed", "Missed per 1,000 (95% range)"]);
        let row = |group: &GroupQuality| {
            let missed = view.rate(group.quality.missed);
            [
                sentence_case(&group.label),
                number::shown(missed.denominator),
                number::shown(missed.numerator),
                number::rate_and_range(&missed, Scale::PerThousand),
            ]
        };
        mistakes.iter().for_each(|group| table.row(row(group)));
        all.iter()
            .filter(|group| group.label == NOTHING_WRONG)
            .for_each(|group| table.row(row(group)));
        let text = "A record in which several things went wrong stands in several rows, so that \
                    rows do not add up; and a record may be missed for what is wrong in its \
                    partner's.";
        vec![Block::Paragraph { text: text.into() }, Block::Table { table: table.finish() }]
    }
}

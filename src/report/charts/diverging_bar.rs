//! Bars to either side of zero, in groups, with the number at the end of each.

use crate::report::chart::{Anchor, Drawing, FILLS, INK, Scale, Width, Words, both, round_ends};
use crate::report::number;

/// Bar with its sign.
pub(crate) struct Bar {
    /// Name of the group that the bar belongs to; neighbours of one name stand together.
    pub(crate) group: String,
    /// Name of the bar.
    pub(crate) label: String,
    /// Length and side.
    pub(crate) value: f64,
}

const ROW: f64 = 30.0;
const BAR: f64 = 18.0;
const HEAD: f64 = 26.0;

/// Draws bars around zero: to the right for, to the left against.
pub(crate) fn diverging_bars(id: &str, words: &Words, bars: &[Bar]) -> String {
    both(id, |id, width| {
        let mut drawing = Drawing::new(width);
        let scale = scale(width, bars);
        let row_height = ROW + width.label_height();
        let groups: Vec<&[Bar]> = bars.chunk_by(|a, b| a.group == b.group).collect();
        let bottom = groups.len() as f64 * HEAD + bars.len() as f64 * row_height + 4.0;
        drawing.axis(&scale, 4.0, bottom, "");
        let mut y = 4.0;
        for group in groups {
            drawing.bold(4.0, y + 18.0, &group[0].group);
            y += HEAD;
            for bar in group {
                drawing.label(width, (y, row_height), 0.0, &bar.label);
                draw(&mut drawing, &scale, y + width.label_height() + (ROW - BAR) / 2.0, bar.value);
                y += row_height;
            }
        }
        let zero = scale.place(0.0);
        drawing.line((zero, 4.0), (zero, bottom), INK, 1.5);
        drawing.finish(id, bottom + 28.0, words)
    })
}

fn draw(drawing: &mut Drawing, scale: &Scale, y: f64, value: f64) {
    if !value.is_finite() {
        drawing.text(scale.place(0.0) + 6.0, y + 14.0, Anchor::Start, number::NOT_APPLICABLE);
        return;
    }
    let (zero, end) = (scale.place(0.0), scale.place(value));
    let (left, right) = (zero.min(end), zero.max(end));
    let fill = if value < 0.0 { FILLS[3] } else { FILLS[0] };
    drawing.rect(left, y, (right - left).max(0.5), BAR, fill);
    let text = number::signed(value);
    if value < 0.0 {
        drawing.text(left - 5.0, y + 14.0, Anchor::End, &text);
    } else {
        drawing.text(right + 5.0, y + 14.0, Anchor::Start, &text);
    }
}

fn scale(width: Width, bars: &[Bar]) -> Scale {
    let values = || bars.iter().map(|bar| bar.value).filter(|value| value.is_finite());
    let (from, to) = round_ends(values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    // Room for the numbers at the ends of the longest bars.
    let left = width.label_room() + if width == Width::Narrow { 48.0 } else { 44.0 };
    Scale { from, to, left, right: width.pixels() - 52.0 }
}

//! Dots with intervals, one row a group, one panel a measure.

use crate::report::chart::{Anchor, Drawing, FILLS, INK, Scale, Width, Words, both, round_ends};

/// Panel of rows on one axis.
pub(crate) struct Panel {
    /// What is measured.
    pub(crate) title: String,
    /// Unit written after the values of the axis.
    pub(crate) unit: &'static str,
    /// Whether the axis starts at zero; if not, it starts near the lowest interval.
    pub(crate) from_zero: bool,
    /// Highest value that can be, if there is one.
    pub(crate) most: Option<f64>,
    /// Value that all rows are compared with, and its name.
    pub(crate) reference: Option<(f64, String)>,
    /// Rows in order.
    pub(crate) dots: Vec<Dot>,
}

/// Row of a panel.
pub(crate) struct Dot {
    /// Name of the row.
    pub(crate) label: String,
    /// Value with the ends of its interval; `None` draws the text alone.
    pub(crate) value: Option<(f64, f64, f64)>,
    /// Value in words, written at the end of the row.
    pub(crate) text: String,
}

const ROW: f64 = 36.0;
const VALUE_ROOM: f64 = 158.0;

/// Draws panels of dots with intervals.
pub(crate) fn dot_intervals(id: &str, words: &Words, panels: &[Panel]) -> String {
    both(id, |id, width| {
        let mut drawing = Drawing::new(width);
        let mut top = 0.0;
        for (place, panel) in panels.iter().enumerate() {
            top = draw(&mut drawing, width, top, panel, FILLS[2 * (place % 2)]);
        }
        drawing.finish(id, top, words)
    })
}

/// Draws one panel and returns where the next may start.
fn draw(drawing: &mut Drawing, width: Width, top: f64, panel: &Panel, fill: &str) -> f64 {
    let scale = scale(width, panel);
    let row_height = ROW + width.label_height();
    drawing.bold(scale.left.min(width.label_room()), top + 18.0, &panel.title);
    let first = top + if panel.reference.is_some() { 50.0 } else { 30.0 };
    let bottom = first + row_height * panel.dots.len() as f64;
    drawing.axis(&scale, first, bottom, panel.unit);
    if let Some((value, name)) = &panel.reference {
        let x = scale.place(*value);
        drawing.dashed(x, first - 8.0, bottom);
        let anchor = match (x - scale.left) / (scale.right - scale.left) {
            share if share < 0.25 => Anchor::Start,
            share if share > 0.75 => Anchor::End,
            _ => Anchor::Middle,
        };
        drawing.text(x, first - 13.0, anchor, name);
    }
    for (place, dot) in panel.dots.iter().enumerate() {
        let row = first + row_height * place as f64;
        drawing.label(width, (row, row_height), VALUE_ROOM - 14.0, &dot.label);
        let y = row + width.label_height() + ROW / 2.0;
        if let Some((value, lower, upper)) = dot.value {
            let (left, right) = (scale.place(lower), scale.place(upper));
            drawing.line((left, y), (right, y), INK, 2.0);
            for end in [left, right] {
                drawing.line((end, y - 5.0), (end, y + 5.0), INK, 2.0);
            }
            drawing.dot(scale.place(value), y, fill);
        }
        match width {
            Width::Wide => {
                let x = width.pixels() - VALUE_ROOM + 14.0;
                drawing.text(x, y + 5.0, Anchor::Start, &dot.text);
            }
            Width::Narrow => {
                drawing.text(width.pixels() - 8.0, row + 13.0, Anchor::End, &dot.text);
            }
        }
    }
    bottom + 36.0
}

fn scale(width: Width, panel: &Panel) -> Scale {
    let values = panel.dots.iter().filter_map(|dot| dot.value);
    let lowest = values.clone().map(|(_, lower, _)| lower).fold(f64::INFINITY, f64::min);
    let highest = values.map(|(_, _, upper)| upper).fold(f64::NEG_INFINITY, f64::max);
    let lowest = if panel.from_zero || !lowest.is_finite() { 0.0 } else { lowest };
    let highest = if highest.is_finite() { highest } else { 1.0 };
    let (from, to) = round_ends(lowest, highest);
    let to = panel.most.map_or(to, |most| to.min(most));
    let right = match width {
        Width::Wide => width.pixels() - VALUE_ROOM,
        Width::Narrow => width.pixels() - 24.0,
    };
    let inset = if width == Width::Narrow { 16.0 } else { 0.0 };
    Scale { from, to, left: width.label_room() + inset, right }
}

//! Bars of 100 %, one row a group, with printed shares.

use crate::report::chart::{Anchor, Drawing, FILLS, Scale, Width, Words, both};

/// Row of parts that make a whole.
pub(crate) struct Stack {
    /// Name of the row.
    pub(crate) label: String,
    /// Share of each series, from 0 to 1; `None` if it may not be shown.
    pub(crate) shares: Option<Vec<f64>>,
}

const ROW: f64 = 40.0;
const BAR: f64 = 28.0;

/// Smallest share that has room for its number.
fn printed(width: Width) -> f64 {
    match width {
        Width::Wide => 0.07,
        Width::Narrow => 0.1,
    }
}

/// Draws rows of stacked bars; the last series is what is left over, and is drawn empty.
pub(crate) fn stacked_bars(id: &str, words: &Words, series: &[&str], rows: &[Stack]) -> String {
    both(id, |id, width| {
        let mut drawing = Drawing::new(width);
        let top = legend(&mut drawing, width, series);
        let inset = if width == Width::Narrow { 8.0 } else { 0.0 };
        let right = width.pixels() - 28.0;
        let scale = Scale { from: 0.0, to: 100.0, left: width.label_room() + inset, right };
        let height = ROW + width.label_height();
        let bottom = top + height * rows.len() as f64;
        drawing.axis(&scale, top, bottom, "%");
        for (place, row) in rows.iter().enumerate() {
            let y = top + height * place as f64;
            drawing.label(width, (y, height), 0.0, &row.label);
            let y = y + width.label_height() + (ROW - BAR) / 2.0;
            match &row.shares {
                Some(shares) => stack(&mut drawing, width, &scale, y, shares),
                None => drawing.text(scale.left + 4.0, y + 19.0, Anchor::Start, "[c]"),
            }
        }
        drawing.finish(id, bottom + 28.0, words)
    })
}

fn stack(drawing: &mut Drawing, width: Width, scale: &Scale, y: f64, shares: &[f64]) {
    let mut sum = 0.0;
    for (series, &share) in shares.iter().enumerate() {
        let (left, right) = (scale.place(100.0 * sum), scale.place(100.0 * (sum + share)));
        sum += share;
        if right - left < 0.5 {
            continue;
        }
        // A white gap parts neighbours whose fills are alike in grey.
        let gap = if right - left > 4.0 { 2.0 } else { 0.0 };
        let text = (share >= printed(width)).then(|| format!("{:.0}%", 100.0 * share));
        let middle = (left + right - gap) / 2.0;
        if series + 1 == shares.len() {
            drawing.empty_rect(left, y, (right - left - gap).max(0.5), BAR);
            if let Some(text) = text {
                drawing.text(middle, y + 19.0, Anchor::Middle, &text);
            }
        } else {
            let fill = FILLS[series % FILLS.len()];
            drawing.rect(left, y, (right - left - gap).max(0.5), BAR, fill);
            if let Some(text) = text {
                drawing.text_on(middle, y + 19.0, fill, &text);
            }
        }
    }
}

/// Draws the names of the series and returns where the rows may start.
fn legend(drawing: &mut Drawing, width: Width, series: &[&str]) -> f64 {
    let start = width.label_room();
    let (mut x, mut y) = (start, 4.0);
    for (place, name) in series.iter().enumerate() {
        let room = 26.0 + 7.6 * name.chars().count() as f64 + 16.0;
        if x > start && x + room > width.pixels() {
            (x, y) = (start, y + 24.0);
        }
        if place + 1 == series.len() {
            drawing.empty_rect(x, y, 16.0, 16.0);
        } else {
            drawing.rect(x, y, 16.0, 16.0, FILLS[place % FILLS.len()]);
        }
        drawing.text(x + 22.0, y + 13.0, Anchor::Start, name);
        x += room;
    }
    y + 30.0
}

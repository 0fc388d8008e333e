//! What every chart shares: colours, scale, text and the SVG frame with title and description.
//!
//! Charts are drawn twice, for wide and for narrow pages, so that their text is never
//! smaller than 12 pixels; the style sheet shows one of the two.

use std::fmt::Write;

/// Fills of the series, from the palette of the Government Analysis Function.
///
/// The second and fourth are too light to be text, or to have white text on them.
pub(crate) const FILLS: [&str; 4] = ["#12436D", "#28A197", "#801650", "#F46A25"];

/// Colour of text, lines of data and borders.
pub(crate) const INK: &str = "#0B0C0C";

/// Colour of grid lines, behind everything.
const GRID: &str = "#B1B4B6";

/// White edge around text, so that grid lines do not cross its letters.
const HALO: &str = " paint-order=\"stroke\" stroke=\"#FFFFFF\" stroke-width=\"4\"";

/// Size of all chart text, in pixels.
pub(crate) const TEXT_SIZE: f64 = 14.0;

/// Mean width of a letter at that size, for breaking labels.
const LETTER: f64 = 7.2;

/// Page width that a drawing is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Wide,
    Narrow,
}

impl Width {
    /// Returns the width of the drawing, in pixels.
    pub(crate) fn pixels(self) -> f64 {
        match self {
            Width::Wide => 760.0,
            Width::Narrow => 320.0,
        }
    }

    /// Returns the room for labels to the left; on narrow pages labels stand above.
    pub(crate) fn label_room(self) -> f64 {
        match self {
            Width::Wide => 200.0,
            Width::Narrow => 8.0,
        }
    }

    /// Returns the height that labels take above their row.
    pub(crate) fn label_height(self) -> f64 {
        match self {
            Width::Wide => 0.0,
            Width::Narrow => 18.0,
        }
    }
}

/// Linear scale from values to pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) left: f64,
    pub(crate) right: f64,
}

impl Scale {
    /// Returns the place of a value, kept within the drawing.
    pub(crate) fn place(&self, value: f64) -> f64 {
        let share = ((value - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        self.left + share * (self.right - self.left)
    }

    /// Returns round values along the scale, ends included, ten at most.
    pub(crate) fn ticks(&self) -> Vec<f64> {
        let step = step(self.to - self.from);
        let first = (self.from / step).ceil() as i64;
        let last = (self.to / step + 1e-9).floor() as i64;
        (first..=last).map(|tick| tick as f64 * step).collect()
    }
}

/// Returns ends for an axis that holds all values, on round numbers.
pub(crate) fn round_ends(from: f64, to: f64) -> (f64, f64) {
    let step = step((to - from).max(1e-9));
    ((from / step + 1e-9).floor() * step, ((to / step - 1e-9).ceil() * step).max(step))
}

/// Returns the step that divides a span into four to eight parts: 1, 2 or 5 times a power of ten.
fn step(span: f64) -> f64 {
    let raw = span / 5.0;
    let power = 10f64.powf(raw.log10().floor());
    match raw / power {
        part if part < 1.5 => power,
        part if part < 3.5 => 2.0 * power,
        part if part < 7.5 => 5.0 * power,
        _ => 10.0 * power,
    }
}

/// Where text is anchored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// SVG under construction.
pub(crate) struct Drawing {
    width: f64,
    body: String,
}

impl Drawing {
    pub(crate) fn new(width: Width) -> Self {
        Self { width: width.pixels(), body: String::new() }
    }

    pub(crate) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        self.push(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"{fill}\"/>"
        ));
    }

    /// Draws a rectangle that stands for nothing counted: white, with a border.
    pub(crate) fn empty_rect(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.push(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             fill=\"#FFFFFF\" stroke=\"{INK}\" stroke-width=\"1\"/>"
        ));
    }

    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        self.push(format_args!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{stroke}\" \
             stroke-width=\"{width}\"/>",
            from.0, from.1, to.0, to.1
        ));
    }

    /// Draws a dashed vertical line, for a value that all rows are compared with.
    pub(crate) fn dashed(&mut self, x: f64, top: f64, bottom: f64) {
        self.push(format_args!(
            "<line x1=\"{x:.1}\" y1=\"{top:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" \
             stroke=\"{INK}\" stroke-width=\"1.5\" stroke-dasharray=\"5 4\"/>"
        ));
    }

    pub(crate) fn dot(&mut self, x: f64, y: f64, fill: &str) {
        self.push(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\" fill=\"{fill}\"/>"));
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, text: &str) {
        self.styled(x, y, anchor, HALO, INK, text);
    }

    pub(crate) fn bold(&mut self, x: f64, y: f64, text: &str) {
        self.styled(x, y, Anchor::Start, &format!("{HALO} font-weight=\"bold\""), INK, text);
    }

    /// Draws text on a fill, white where the fill is dark enough.
    pub(crate) fn text_on(&mut self, x: f64, y: f64, fill: &str, text: &str) {
        let dark = fill == FILLS[0] || fill == FILLS[2];
        let ink = if dark { "#FFFFFF" } else { INK };
        self.styled(x, y, Anchor::Middle, "", ink, text);
    }

    /// Draws a row's label: two lines at most to the left of its middle, or one above its row.
    ///
    /// `beside` is the room that other text takes on the line above the row.
    pub(crate) fn label(&mut self, width: Width, row: (f64, f64), beside: f64, label: &str) {
        let (top, height) = row;
        match width {
            Width::Narrow => {
                let room = ((width.pixels() - 16.0 - beside) / LETTER) as usize;
                self.text(8.0, top + 13.0, Anchor::Start, &lines(label, room, 1)[0]);
            }
            Width::Wide => {
                let lines = lines(label, ((width.label_room() - 12.0) / LETTER) as usize, 2);
                let first = top + height / 2.0 + 5.0 - 8.0 * (lines.len() - 1) as f64;
                for (place, line) in lines.iter().enumerate() {
                    let y = first + 16.0 * place as f64;
                    self.text(width.label_room() - 12.0, y, Anchor::End, line);
                }
            }
        }
    }

    /// Draws grid lines from top to bottom with the values under them.
    pub(crate) fn axis(&mut self, scale: &Scale, top: f64, bottom: f64, unit: &str) {
        for tick in scale.ticks() {
            let x = scale.place(tick);
            self.line((x, top), (x, bottom), GRID, 1.0);
            let digits = if tick.fract().abs() > 1e-9 { 1 } else { 0 };
            let text = format!("{tick:.digits$}{unit}").replace('-', "−");
            self.text(x, bottom + 17.0, Anchor::Middle, &text);
        }
    }

    /// Ends the drawing: a complete SVG with its title and description.
    pub(crate) fn finish(self, id: &str, height: f64, words: &Words) -> String {
        format!(
            "<svg role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             viewBox=\"0 0 {:.0} {height:.0}\" font-family=\"Arial, sans-serif\" \
             font-size=\"{TEXT_SIZE}\">\n<title id=\"{id}-title\">{}</title>\n\
             <desc id=\"{id}-desc\">{}</desc>\n{}</svg>",
            self.width,
            escaped(&words.title),
            escaped(&words.description),
            self.body
        )
    }

    fn styled(&mut self, x: f64, y: f64, anchor: Anchor, style: &str, ink: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.push(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{ink}\"{style}>{}</text>",
            escaped(text)
        ));
    }

    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        writeln!(self.body, "{element}").expect("writing to a string never fails");
    }
}

/// Title and description that stand for a chart where it cannot be seen.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub(crate) title: String,
    pub(crate) description: String,
}

/// Draws a chart for both page widths.
pub(crate) fn both(id: &str, draw: impl Fn(&str, Width) -> String) -> String {
    format!(
        "<div class=\"wide\">{}</div>\n<div class=\"narrow\">{}</div>",
        draw(id, Width::Wide),
        draw(&format!("{id}-narrow"), Width::Narrow)
    )
}

/// Returns text with the five letters replaced that mean something in markup.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// Breaks a label into a few lines at its spaces, cut with an ellipsis where it is too long.
fn lines(label: &str, room: usize, most: usize) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let mut lines = vec![String::new()];
    for word in label.split_whitespace() {
        let last = lines.last_mut().expect("there is always a line");
        if last.is_empty() {
            last.push_str(word);
        } else if length(last) + 1 + length(word) <= room || lines.len() == most {
            let last = lines.last_mut().expect("there is always a line");
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_string());
        }
    }
    for line in &mut lines {
        if length(line) > room {
            *line = line.chars().take(room - 1).collect::<String>().trim_end().to_string() + "…";
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        let scale = Scale { from: 0.0, to: 100.0, left: 0.0, right: 100.0 };
        assert_eq!(scale.ticks(), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(round_ends(84.3, 99.2), (84.0, 100.0));
        assert_eq!(round_ends(0.0, 0.0).0, 0.0);
        for span in [0.3, 1.0, 7.0, 42.0, 181.0, 1000.0] {
            let (from, to) = round_ends(0.0, span);
            let ticks = Scale { from, to, left: 0.0, right: 1.0 }.ticks().len();
            assert!((3..=10).contains(&ticks), "{span} gives {ticks}");
            assert!(to >= span);
        }
    }

    #[test]
    fn long_labels_break_at_spaces_and_end_in_an_ellipsis() {
        assert_eq!(lines("Social care", 26, 2), ["Social care"]);
        assert_eq!(lines("Any other Asian background", 15, 2), ["Any other Asian", "background"]);
        assert_eq!(lines("Unbreakablelabel of many words", 10, 2), ["Unbreakab…", "of many w…"]);
        assert_eq!(lines("", 10, 2), [""]);
    }
}

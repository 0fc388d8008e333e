//! Numbers as readers see them: one decimal in tables, whole in headlines, comma thousands.
//!
//! `[c]` hidden, `[z]` not applicable, `[low]` rounds to zero without being zero.

use super::disclosure::{Shown, ShownRate};
use crate::evaluate::{Gap, Interval, Rate};

/// Mark of a hidden number.
pub(crate) const HIDDEN: &str = "[c]";

/// Mark of a number that does not exist, such as a rate among nobody.
pub(crate) const NOT_APPLICABLE: &str = "[z]";

/// Mark of a number that rounds to zero and is not.
const LOW: &str = "[low]";

/// Returns a count with comma thousands.
pub(crate) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns a count as it may be shown.
pub(crate) fn shown(number: Shown) -> String {
    match number {
        Shown::Count(number) => count(number),
        Shown::Hidden => HIDDEN.into(),
    }
}

/// Returns a noun with its number, for example `1 record` or `2,000 records`.
pub(crate) fn several(number: Shown, noun: &str) -> String {
    match number {
        Shown::Count(1) => format!("1 {noun}"),
        other => format!("{} {noun}s", shown(other)),
    }
}

/// How a rate is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Out of a hundred, with a percent sign.
    Percent,
    /// Out of a thousand.
    PerThousand,
}

impl Scale {
    pub(crate) fn factor(self) -> f64 {
        match self {
            Scale::Percent => 100.0,
            Scale::PerThousand => 1000.0,
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Scale::Percent => "%",
            Scale::PerThousand => "",
        }
    }
}

/// Returns a rate with one decimal, for tables.
pub(crate) fn rate(rate: &ShownRate, scale: Scale) -> String {
    with(rate, |rate, value| {
        let text = format!("{:.1}", value * scale.factor());
        if rate.numerator > 0 && text == "0.0" { LOW.into() } else { text + scale.unit() }
    })
}

/// Returns the ends of a rate's interval, for example `95.5 to 96.1`.
pub(crate) fn range(rate: &ShownRate, scale: Scale) -> String {
    with(rate, |rate, _| interval(rate.interval(), scale, 1))
}

/// Returns a rate and its range with one decimal, for example `95.8% (95.5 to 96.1)`.
pub(crate) fn rate_and_range(shown: &ShownRate, scale: Scale) -> String {
    match shown.rate().map(|rate| rate.value()) {
        Some(Some(_)) => format!("{} ({})", rate(shown, scale), range(shown, scale)),
        _ => rate(shown, scale),
    }
}

/// Returns a rate as a whole number, for headlines: `96%` or `40 in 1,000`.
pub(crate) fn headline(rate: &ShownRate, scale: Scale) -> String {
    let text = whole(rate, scale);
    match scale {
        Scale::PerThousand if !text.starts_with('[') => format!("{text} in 1,000"),
        _ => text,
    }
}

/// Returns a rate as a whole number; a rate that is neither none nor all is never shown as such.
pub(crate) fn whole(rate: &ShownRate, scale: Scale) -> String {
    with(rate, |rate, value| {
        let (all, unit) = (scale.factor(), scale.unit());
        let rounded = (value * all).round();
        if rounded == 0.0 && rate.numerator > 0 {
            format!("under 1{unit}")
        } else if rounded == all && rate.numerator < rate.denominator {
            format!("over {}{unit}", all - 1.0)
        } else {
            format!("{rounded:.0}{unit}")
        }
    })
}

/// Returns a whole rate with its range, for example `40 (38 to 43)`.
pub(crate) fn whole_and_range(shown: &ShownRate, scale: Scale) -> String {
    match shown.rate().and_then(|rate| rate.interval()) {
        Some(ends) => format!("{} ({})", whole(shown, scale), interval(Some(ends), scale, 0)),
        None => whole(shown, scale),
    }
}

/// Returns a gap in percentage points with one decimal, without the unit.
pub(crate) fn points(gap: Option<&Gap>) -> String {
    gap.map_or(NOT_APPLICABLE.into(), |gap| format!("{:.1}", gap.points))
}

/// Returns a number with its sign and one decimal, using a true minus sign.
pub(crate) fn signed(number: f64) -> String {
    if !number.is_finite() {
        return NOT_APPLICABLE.into();
    }
    let text = format!("{number:+.1}");
    if text == "-0.0" || text == "+0.0" { "0.0".into() } else { text.replace('-', "−") }
}

/// Returns a number with one decimal, and a sign only below zero.
pub(crate) fn decimal(number: f64) -> String {
    signed(number).trim_start_matches('+').to_string()
}

/// Returns a probability with three significant digits.
pub(crate) fn probability(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".into() } else { NOT_APPLICABLE.into() };
    }
    let places = (2 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    format!("{value:.places$}")
}

/// Returns the odds that a match weight stands for, for example `4,096 to 1`.
///
/// Formula: odds are 2 to the power of the weight.
pub(crate) fn odds(weight: f64) -> String {
    let side = |weight: f64| match weight.exp2() {
        odds if odds < 9.95 => format!("{odds:.1}").trim_end_matches(".0").to_string(),
        odds if odds < 1e15 => count(odds.round() as u64),
        _ => "over a thousand million million".into(),
    };
    match weight {
        weight if weight.is_nan() => NOT_APPLICABLE.into(),
        weight if weight >= 0.0 => format!("{} to 1", side(weight)),
        weight => format!("1 to {}", side(-weight)),
    }
}

fn with(shown: &ShownRate, text: impl Fn(Rate, f64) -> String) -> String {
    match shown.rate() {
        None => HIDDEN.into(),
        Some(rate) => rate.value().map_or(NOT_APPLICABLE.into(), |value| text(rate, value)),
    }
}

fn interval(ends: Option<Interval>, scale: Scale, decimals: usize) -> String {
    ends.map_or(NOT_APPLICABLE.into(), |ends| {
        let (lower, upper) = (ends.lower * scale.factor(), ends.upper * scale.factor());
        format!("{lower:.decimals$} to {upper:.decimals$}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numerator: u64, denominator: u64) -> ShownRate {
        ShownRate { numerator: Shown::Count(numerator), denominator: Shown::Count(denominator) }
    }

    #[test]
    fn thousands_have_commas() {
        assert_eq!(
            [0, 999, 1000, 20_681, 1_000_000].map(count).join(" "),
            "0 999 1,000 20,681 1,000,000"
        );
    }

    #[test]
    fn tables_have_one_decimal_and_headlines_none() {
        let linked = of(958, 1000);
        assert_eq!(rate_and_range(&linked, Scale::Percent), "95.8% (94.4 to 96.9)");
        assert_eq!(headline(&linked, Scale::Percent), "96%");
        assert_eq!(headline(&of(40, 1000), Scale::PerThousand), "40 in 1,000");
    }

    #[test]
    fn nothing_is_not_a_little_and_all_is_not_nearly_all() {
        assert_eq!(rate(&of(0, 9), Scale::Percent), "0.0%");
        assert_eq!(rate(&of(1, 100_000), Scale::Percent), "[low]");
        assert_eq!(headline(&of(1, 100_000), Scale::PerThousand), "under 1 in 1,000");
        assert_eq!(headline(&of(99_999, 100_000), Scale::Percent), "over 99%");
        assert_eq!(headline(&of(10, 10), Scale::Percent), "100%");
    }

    #[test]
    fn undefined_and_hidden_have_marks() {
        assert_eq!(rate_and_range(&of(0, 0), Scale::Percent), "[z]");
        let hidden = ShownRate { numerator: Shown::Hidden, denominator: Shown::Count(100) };
        assert_eq!(rate_and_range(&hidden, Scale::PerThousand), "[c]");
        assert_eq!(headline(&hidden, Scale::PerThousand), "[c]");
    }

    /// 2¹² = 4,096; 2^8.9 = 478; 2^−3 = 1/8.
    #[test]
    fn odds_are_powers_of_two() {
        assert_eq!(
            [12.0, 8.9, -3.0, 0.0].map(odds).join("; "),
            "4,096 to 1; 478 to 1; 1 to 8; 1 to 1"
        );
        assert_eq!([0.95, 0.000123, 1.0].map(probability).join(" "), "0.950 0.000123 1.00");
        assert_eq!([3.25, -0.04, -2.0].map(signed).join(" "), "+3.2 0.0 −2.0");
    }
}

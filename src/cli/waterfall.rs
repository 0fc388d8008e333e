//! Steps in bits that add up to a weight, drawn as bars.

use crate::model::Step;

/// Longest bar, in bits.
const LONGEST: f64 = 30.0;

/// Returns the line of one step.
pub(super) fn step_line(Step { name, outcome, bits }: &Step) -> String {
    let length = bits.abs().round().min(LONGEST) as usize;
    let bar = if *bits < 0.0 { "<" } else { ">" }.repeat(length);
    format!("  {name:<16} {outcome:<30} {bits:>+7.1}  {bar}")
}

/// Returns the line of the sum.
pub(super) fn sum_line(bits: f64) -> String {
    format!("  {:<16} {:<30} {bits:>+7.1}", "match weight", "")
}

//! The charts of the report, one file each.

mod diverging_bar;
mod dot_interval;
mod stacked_bar;

pub(crate) use diverging_bar::{Bar, diverging_bars};
pub(crate) use dot_interval::{Dot, Panel, dot_intervals};
pub(crate) use stacked_bar::{Stack, stacked_bars};

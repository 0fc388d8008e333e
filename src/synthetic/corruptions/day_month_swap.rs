//! Day and month in each other's place.

use crate::synthetic::corruption::{Corruption, Subject};
use crate::synthetic::family::is_past;
use crate::synthetic::held::{Held, Values};
use crate::synthetic::random::Stream;

/// Day and month in each other's place.
pub(in crate::synthetic) struct DayMonthSwap;

impl Corruption for DayMonthSwap {
    fn name(&self) -> &'static str {
        "day_month_swap"
    }

    fn strikes(&self) -> &'static [Held] {
        &[Held::DateOfBirth]
    }

    fn applies(&self, _: Held, values: &Values, _: &Subject) -> bool {
        let date = values.of(Held::DateOfBirth);
        !date.is_empty() && date[5..7] != date[8..] && is_past(&swapped(date))
    }

    fn corrupt(&self, _: Held, values: &mut Values, _: &Subject, _: &mut Stream) {
        values.set(Held::DateOfBirth, swapped(values.of(Held::DateOfBirth)));
    }
}

fn swapped(date: &str) -> String {
    format!("{}-{}-{}", &date[..4], &date[8..], &date[5..7])
}

//! What a column with a type holds, and days and integers as text.

use std::fmt::{Display, Write};

use jiff::Span;
use jiff::civil::date;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as PhysicalType};
use parquet::schema::types::ColumnDescriptor;

use crate::normalise::write_date;
use crate::record::AttributeKind;
use crate::schema::source_file::ColumnRequest;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Texts.
    Text,
    /// Signed integers.
    Integer,
    /// Integers of 32 or 64 bits without a sign.
    Unsigned,
    /// Binary fractions.
    Fraction,
    /// True or false.
    Truth,
    /// Days.
    Day,
    /// Days with a time of day, without a zone; so many of the unit are a second.
    DayAndTime(i64),
    /// What is not read, with the word for it.
    Other(&'static str),
}

impl Holds {
    /// Returns what a column of Parquet holds, by its declared types.
    pub(super) fn of(column: &ColumnDescriptor) -> Self {
        if column.max_rep_level() > 0 || column.path().parts().len() > 1 {
            return Self::Other("lists or structures");
        }
        match column.logical_type_ref() {
            Some(LogicalType::String | LogicalType::Enum | LogicalType::Json) => Self::Text,
            Some(LogicalType::Date) => Self::Day,
            Some(LogicalType::Timestamp(of)) if of.is_adjusted_to_u_t_c => Self::INSTANTS,
            Some(LogicalType::Timestamp(of)) => Self::DayAndTime(match of.unit {
                TimeUnit::MILLIS => 1_000,
                TimeUnit::MICROS => 1_000_000,
                TimeUnit::NANOS => 1_000_000_000,
            }),
            Some(LogicalType::Integer(of)) if of.is_signed => Self::Integer,
            Some(LogicalType::Integer(_)) => Self::Unsigned,
            Some(LogicalType::Unknown) => Self::plain(column),
            Some(LogicalType::Decimal(_)) => Self::Other("decimals"),
            Some(LogicalType::Time(_)) => Self::Other("times of day"),
            Some(_) => Self::Other("values of another type"),
            None => Self::converted(column),
        }
    }

    /// Points in time, whose day depends on a zone.
    pub(super) const INSTANTS: Self = Self::Other("instants (timestamps with a time zone)");

    fn converted(column: &ColumnDescriptor) -> Self {
        use ConvertedType as Type;
        match column.converted_type() {
            Type::UTF8 | Type::ENUM | Type::JSON => Self::Text,
            Type::DATE => Self::Day,
            // Without the newer type, these are instants.
            Type::TIMESTAMP_MILLIS | Type::TIMESTAMP_MICROS => Self::INSTANTS,
            Type::UINT_8 | Type::UINT_16 | Type::UINT_32 | Type::UINT_64 => Self::Unsigned,
            Type::NONE | Type::INT_8 | Type::INT_16 | Type::INT_32 | Type::INT_64 => {
                Self::plain(column)
            }
            Type::DECIMAL => Self::Other("decimals"),
            _ => Self::Other("values of another type"),
        }
    }

    fn plain(column: &ColumnDescriptor) -> Self {
        match column.physical_type() {
            PhysicalType::BOOLEAN => Self::Truth,
            PhysicalType::INT32 | PhysicalType::INT64 => Self::Integer,
            PhysicalType::FLOAT | PhysicalType::DOUBLE => Self::Fraction,
            PhysicalType::INT96 => Self::Other("timestamps of 96 bits"),
            _ => Self::Other("bytes without a type of text"),
        }
    }

    /// Says why a column cannot give what is asked for, and what to write in its place.
    pub(super) fn refusal(self, request: &ColumnRequest) -> Option<(&'static str, &'static str)> {
        let days = request.kind == Some(AttributeKind::Date);
        let expected = if days { "days or text" } else { "text" };
        match self {
            Self::Other(what) => Some((what, expected)),
            Self::Integer | Self::Unsigned | Self::Fraction if days => Some(("numbers", expected)),
            Self::Integer | Self::Unsigned | Self::Fraction if request.needs_text() => {
                Some(("numbers, which lose zeros at the start", expected))
            }
            _ => None,
        }
    }
}

/// Writes a number or a truth.
pub(super) fn show(value: impl Display, text: &mut String) {
    let _ = write!(text, "{value}"); // writing to a text does not fail
}

/// Writes an integer as the text of what its column holds.
pub(super) fn write_integer(value: i64, holds: Holds, date_format: &str, text: &mut String) {
    let day_of = |days: i64| date(1970, 1, 1).checked_add(Span::new().try_days(days).ok()?).ok();
    let written = match holds {
        Holds::Day => day_of(value).map(|day| write_date(day, date_format, text)),
        Holds::DayAndTime(units) => day_of(value.div_euclid(units * 86_400)).map(|day| {
            let rest = value.rem_euclid(units * 86_400);
            write_date(day, date_format, text);
            if rest != 0 {
                let seconds = rest / units;
                let (hour, minute) = (seconds / 3_600, seconds / 60 % 60);
                let sign = if date_format.ends_with("T%T") { 'T' } else { ' ' };
                let _ = write!(text, "{sign}{hour:02}:{minute:02}:{:02}", seconds % 60);
            }
        }),
        _ => None,
    };
    if written.is_none() {
        show(value, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_in_the_format_of_their_column() {
        let written = |value, holds, format| {
            let mut text = String::new();
            write_integer(value, holds, format, &mut text);
            text
        };
        // 16,467 days are 45 years, 11 leap days and 31 days of January: 1 February 2015.
        assert_eq!(written(16_467, Holds::Day, ""), "2015-02-01");
        assert_eq!(written(16_467, Holds::Day, "%d/%m/%Y"), "01/02/2015");
        assert_eq!(written(-1, Holds::Day, "%Y%m%d"), "19691231");
        let noon = (16_467 * 86_400 + 43_200) * 1_000;
        assert_eq!(written(noon, Holds::DayAndTime(1_000), ""), "2015-02-01 12:00:00");
        assert_eq!(written(16_467 * 86_400, Holds::DayAndTime(1), ""), "2015-02-01");
        assert_eq!(written(noon, Holds::DayAndTime(1_000), "%d %b %yT%T"), "01 Feb 15T12:00:00");
        assert_eq!(written(16_467 * 86_400, Holds::DayAndTime(1), "%d/%m/%Y %T"), "01/02/2015");
        // Two digits would mean 2068.
        assert_eq!(written(-366, Holds::Day, "%d/%m/%y"), "31/12/1968");
        assert_eq!(written(i64::MAX, Holds::Day, ""), "9223372036854775807");
        assert_eq!(written(-7, Holds::Integer, ""), "-7");
    }
}

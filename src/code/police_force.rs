//! Two-digit codes of the territorial police forces in England and Wales.

use super::Refusal;

/// Police force by its two-digit code on the Police National Computer.
///
/// Every line of the list is recalled: an assumption until checked against a source.
/// That 60 to 63 are Welsh is recalled, which of them is which force is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PoliceForce {
    code: &'static str,
    name: &'static str,
}

const fn force(code: &'static str, name: &'static str) -> PoliceForce {
    PoliceForce { code, name }
}

/// Every force, in the order of the codes (recalled).
pub const POLICE_FORCES: &[PoliceForce] = &[
    force("01", "Metropolitan Police"),
    force("03", "Cumbria"),
    force("04", "Lancashire"),
    force("05", "Merseyside"),
    force("06", "Greater Manchester"),
    force("07", "Cheshire"),
    force("10", "Northumbria"),
    force("11", "Durham"),
    force("12", "North Yorkshire"),
    force("13", "West Yorkshire"),
    force("14", "South Yorkshire"),
    force("16", "Humberside"),
    force("17", "Cleveland"),
    force("20", "West Midlands"),
    force("21", "Staffordshire"),
    force("22", "West Mercia"),
    force("23", "Warwickshire"),
    force("30", "Derbyshire"),
    force("31", "Nottinghamshire"),
    force("32", "Lincolnshire"),
    force("33", "Leicestershire"),
    force("34", "Northamptonshire"),
    force("35", "Cambridgeshire"),
    force("36", "Norfolk"),
    force("37", "Suffolk"),
    force("40", "Bedfordshire"),
    force("41", "Hertfordshire"),
    force("42", "Essex"),
    force("43", "Thames Valley"),
    force("44", "Hampshire"),
    force("45", "Surrey"),
    force("46", "Kent"),
    force("47", "Sussex"),
    force("48", "City of London"),
    force("50", "Devon and Cornwall"),
    force("52", "Avon and Somerset"),
    force("53", "Gloucestershire"),
    force("54", "Wiltshire"),
    force("55", "Dorset"),
    force("60", "a force in Wales"),
    force("61", "a force in Wales"),
    force("62", "a force in Wales"),
    force("63", "a force in Wales"),
];

impl PoliceForce {
    /// Reads a code of two digits.
    ///
    /// # Errors
    /// `Empty`, or `Unlisted`; a code that lost its zero is not in the list.
    ///
    /// ```
    /// use cci::code::PoliceForce;
    /// assert_eq!(PoliceForce::parse("43").unwrap().name(), "Thames Valley");
    /// ```
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::Empty);
        }
        let found = POLICE_FORCES.iter().find(|force| force.code == text.trim());
        found.copied().ok_or(Refusal::Unlisted)
    }

    /// Returns the two digits.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Returns the name of the force (recalled).
    pub fn name(&self) -> &'static str {
        self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn england_and_wales_have_forty_three_forces_in_ascending_codes() {
        assert_eq!(POLICE_FORCES.len(), 43);
        assert!(POLICE_FORCES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }
}

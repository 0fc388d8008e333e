//! Postcodes that many children share because an institution stands there.

use super::{Postcode, Refusal};

/// Postcodes of institutions (children's homes, refuges, hostels), as a caller lists them.
///
/// Agreement on one of them says little about two records. The toolkit holds no list of its
/// own: where children are looked after is known to the authority, and some of it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstitutionalPostcodes(Vec<Postcode>);

impl InstitutionalPostcodes {
    /// Reads one postcode a line; blank lines and lines that open with `#` are passed over.
    ///
    /// # Errors
    /// Every bad line by its number and the reason; a pseudo-postcode is `Unlisted`, since
    /// no institution stands nowhere.
    ///
    /// ```
    /// use cci::code::{InstitutionalPostcodes, Postcode, Refusal};
    /// let homes = InstitutionalPostcodes::read("# our homes\nm1 1ae\n").unwrap();
    /// assert!(homes.contains(&Postcode::parse("M1 1AE").unwrap()));
    /// let bad = InstitutionalPostcodes::read("ZZ99 3VZ\nM1 1AE\nM1");
    /// assert_eq!(bad, Err(vec![(1, Refusal::Unlisted), (3, Refusal::Length)]));
    /// ```
    pub fn read(text: &str) -> Result<Self, Vec<(u64, Refusal)>> {
        let (mut postcodes, mut bad) = (Vec::new(), Vec::new());
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            match Postcode::parse(line) {
                Ok(postcode) if postcode.is_pseudo() => bad.push((number, Refusal::Unlisted)),
                Ok(postcode) => postcodes.push(postcode),
                Err(refusal) => bad.push((number, refusal)),
            }
        }
        postcodes.sort_unstable();
        postcodes.dedup();
        if bad.is_empty() { Ok(Self(postcodes)) } else { Err(bad) }
    }

    /// Says whether the list has a postcode.
    pub fn contains(&self, postcode: &Postcode) -> bool {
        self.0.binary_search(postcode).is_ok()
    }
}

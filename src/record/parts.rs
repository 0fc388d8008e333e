//! Parts of a value that blocking and comparison both ask for.

/// Returns the sector of a postcode written `AB1 2CD`: everything up to the digit.
///
/// ```
/// assert_eq!(cci::record::postcode_sector("AB1 2CD"), Some("AB1 2"));
/// assert_eq!(cci::record::postcode_sector("4011"), None);
/// ```
pub fn postcode_sector(postcode: &str) -> Option<&str> {
    let space = postcode.find(' ')?;
    postcode.get(..space + 2)
}

/// Returns the district of a postcode written `AB1 2CD`: everything before the space.
///
/// ```
/// assert_eq!(cci::record::postcode_district("AB1 2CD"), Some("AB1"));
/// assert_eq!(cci::record::postcode_district("4011"), None);
/// ```
pub fn postcode_district(postcode: &str) -> Option<&str> {
    postcode.split_once(' ').map(|(district, _)| district)
}

/// Returns the area of a postcode written `AB1 2CD`: the letters before the first digit.
///
/// ```
/// assert_eq!(cci::record::postcode_area("AB1 2CD"), Some("AB"));
/// assert_eq!(cci::record::postcode_area("4011"), None);
/// ```
pub fn postcode_area(postcode: &str) -> Option<&str> {
    let digit = postcode.find(|c: char| c.is_ascii_digit())?;
    postcode.get(..digit).filter(|area| !area.is_empty())
}

/// Returns what stands before the `@` of a mail address, if anything does.
///
/// ```
/// assert_eq!(cci::record::mail_local_part("a.b@example.org"), Some("a.b"));
/// assert_eq!(cci::record::mail_local_part("@example.org"), None);
/// ```
pub fn mail_local_part(address: &str) -> Option<&str> {
    address.split_once('@').map(|(local, _)| local).filter(|local| !local.is_empty())
}

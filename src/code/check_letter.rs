//! The two alphabets of check letters: the same 23 letters, rotated by one place.
//!
//! Schools count from A, police from Z. Taking one for the other makes every letter wrong.

/// Check letters of the unique pupil number, valued 0 to 22; no I, O or S.
pub(super) const PUPIL_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// Check letters of police and criminal record numbers, valued 0 to 22; no I, O or S.
pub(super) const POLICE_LETTERS: &[u8; 23] = b"ZABCDEFGHJKLMNPQRTUVWXY";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn police_letters_are_pupil_letters_rotated_by_one() {
        for value in 0..23 {
            assert_eq!(POLICE_LETTERS[(value + 1) % 23], PUPIL_LETTERS[value]);
        }
        assert!(PUPIL_LETTERS.iter().all(|letter| !b"IOS".contains(letter)));
    }
}

//! Length-prefixed parts, so that no two lists of parts ever make the same bytes.
//!
//! Without it ("ab", "c") and ("a", "bc") would be one message.

/// Joins parts, each after its length as four bytes, most significant first.
pub(super) fn length_prefixed(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(parts.iter().map(|part| 4 + part.len()).sum());
    for part in parts {
        joined.extend_from_slice(&prefix(part));
        joined.extend_from_slice(part);
    }
    joined
}

/// Returns the length of a part as four bytes, most significant first.
///
/// # Panics
/// If the part is 4 GiB or longer; keys, labels and names are a few dozen bytes.
pub(super) fn prefix(part: &[u8]) -> [u8; 4] {
    u32::try_from(part.len()).expect("parts are keys, labels and short names").to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_boundary_changes_the_bytes() {
        assert_ne!(length_prefixed(&[b"ab", b"c"]), length_prefixed(&[b"a", b"bc"]));
        assert_ne!(length_prefixed(&[b"ab"]), length_prefixed(&[b"ab", b""]));
        assert_eq!(length_prefixed(&[b"ab", b"c"]), b"\0\0\0\x02ab\0\0\0\x01c");
    }
}

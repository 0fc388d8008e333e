//! Crockford's base 32: 32 symbols that are hard to misread or to hear wrongly.
//!
//! No I, L, O or U. Reading takes lower case, I and L for 1, and O for 0.
//! Source: Douglas Crockford, Base32 Encoding.

/// Symbols in the order of their values, 0 to 31.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Returns the symbol of a value from 0 to 31.
pub(super) fn symbol(value: u8) -> char {
    char::from(SYMBOLS[usize::from(value)])
}

/// Returns the value of a symbol as people write it; `None` if it is not one.
pub(super) fn value(symbol: char) -> Option<u8> {
    let canonical = match symbol.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    };
    let place = SYMBOLS.iter().position(|&known| char::from(known) == canonical)?;
    u8::try_from(place).ok()
}

/// Spreads 80 bits over 16 values of five bits, most significant first.
pub(super) fn spread(bytes: [u8; 10]) -> [u8; 16] {
    let bits = bytes.iter().fold(0u128, |bits, &byte| bits << 8 | u128::from(byte));
    std::array::from_fn(|place| (bits >> (5 * (15 - place)) & 31) as u8)
}

/// Packs 16 values of five bits into 80 bits; the inverse of [`spread`].
pub(super) fn pack(values: [u8; 16]) -> [u8; 10] {
    let bits = values.iter().fold(0u128, |bits, &value| bits << 5 | u128::from(value));
    std::array::from_fn(|place| (bits >> (8 * (9 - place))) as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_symbol_reads_back_in_both_cases() {
        for v in 0..32 {
            assert_eq!(value(symbol(v)), Some(v));
            assert_eq!(value(symbol(v).to_ascii_lowercase()), Some(v));
        }
        for (written, meant) in [('i', 1), ('I', 1), ('l', 1), ('L', 1), ('o', 0), ('O', 0)] {
            assert_eq!(value(written), Some(meant));
        }
    }

    #[test]
    fn exactly_60_characters_are_symbols() {
        // 10 digits, 22 letters in two cases, and I, L, O in two cases: 10 + 44 + 6. No digit or
        // letter outside ASCII is one, for example a full-width digit.
        let read = (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter_map(value).count();
        assert_eq!(read, 60);
    }

    proptest! {
        #[test]
        fn packing_undoes_spreading(bytes: [u8; 10]) {
            let values = spread(bytes);
            prop_assert!(values.iter().all(|&value| value < 32));
            prop_assert_eq!(pack(values), bytes);
        }
    }
}

//! Two check symbols over GF(32), shifted by the scope: a code that detects and never corrects.
//!
//! Twenty symbols are read as a polynomial. It is accepted if its values at α and α² are the two
//! symbols of the scope's mask. Within a scope any two accepted codes differ in three symbols
//! or more, so that every error in one or two symbols is found, a swap of any two among them;
//! of errors in three symbols, one in 961 passes, and of random codes one in 1,024.
//! Nothing is corrected: mending two wrong symbols could give another child's code.
//!
//! Source: Reed and Solomon (1960), J. SIAM 8(2), shortened to length 20; the mask makes it
//! a coset of that code, another one for each scope.

use super::CheckMask;

/// Symbols of a code, of which the last two are the check symbols.
pub(super) const LENGTH: usize = 20;

/// Symbols before the check symbols.
pub(super) const MESSAGE: usize = LENGTH - 2;

/// Inverse of α + α² in the field, by which the first check symbol is solved for.
const INVERSE: u8 = inverse(times_alpha(1) ^ times_alpha(times_alpha(1)));

/// Returns the check symbols that make a message acceptable in the scope of the mask.
///
/// # Formula
/// For check symbols a, b and message values s₁, s₂ at α, α² (as if a = b = 0):
/// s₁ + aα + b = mask₁ and s₂ + aα² + b = mask₂.
pub(super) fn check_symbols(message: [u8; MESSAGE], mask: CheckMask) -> [u8; 2] {
    let mut code = [0; LENGTH];
    code[..MESSAGE].copy_from_slice(&message);
    let [at_alpha, at_alpha_squared] = values(code);
    let [first_mask, second_mask] = mask.0;
    let a = multiply(at_alpha ^ first_mask ^ at_alpha_squared ^ second_mask, INVERSE);
    [a, at_alpha ^ first_mask ^ times_alpha(a)]
}

/// Says whether the check symbols of a code are right in the scope of the mask.
pub(super) fn accepts(code: [u8; LENGTH], mask: CheckMask) -> bool {
    accepting_mask(code) == mask
}

/// Returns the one mask under which the check symbols of a code are right.
pub(super) fn accepting_mask(code: [u8; LENGTH]) -> CheckMask {
    CheckMask(values(code))
}

/// Returns the values at α and α² of the polynomial whose highest coefficient comes first.
fn values(code: [u8; LENGTH]) -> [u8; 2] {
    code.iter().fold([0, 0], |[one, two], &symbol| {
        [times_alpha(one) ^ symbol, times_alpha(times_alpha(two)) ^ symbol]
    })
}

/// Multiplies by α in GF(32) made by x⁵ + x² + 1, of which α is a root.
const fn times_alpha(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 32 == 0 { shifted } else { shifted ^ 0b10_0101 }
}

/// Multiplies in GF(32).
const fn multiply(a: u8, b: u8) -> u8 {
    let (mut product, mut shifted, mut bit) = (0, a, 0);
    while bit < 5 {
        if b >> bit & 1 == 1 {
            product ^= shifted;
        }
        shifted = times_alpha(shifted);
        bit += 1;
    }
    product
}

/// Returns the inverse in GF(32): the 30th power, because the 31st is 1.
const fn inverse(value: u8) -> u8 {
    let (mut power, mut exponent) = (1, 0);
    while exponent < 30 {
        power = multiply(power, value);
        exponent += 1;
    }
    power
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values at α, α² of a code with one symbol, packed into ten bits. Errors add up.
    fn syndrome(place: usize, error: u8) -> u16 {
        let mut code = [0; LENGTH];
        code[place] = error;
        let [one, two] = values(code);
        u16::from(one) << 5 | u16::from(two)
    }

    #[test]
    fn alpha_generates_the_field() {
        let mut seen = std::collections::BTreeSet::new();
        let mut power = 1;
        for _ in 0..31 {
            seen.insert(power);
            power = times_alpha(power);
        }
        assert_eq!((power, seen.len()), (1, 31));
        assert!((1..32).all(|value| multiply(value, inverse(value)) == 1));
    }

    /// The code is linear, so this holds for every code and every mask.
    #[test]
    fn every_error_in_one_or_two_symbols_is_detected() {
        for first in 0..LENGTH {
            for a in 1..32 {
                assert_ne!(syndrome(first, a), 0);
                for second in first + 1..LENGTH {
                    for b in 1..32 {
                        assert_ne!(syndrome(first, a), syndrome(second, b));
                    }
                }
            }
        }
    }

    /// 31 of 29,791 for each three places: exactly one in 961, or 99.896 % detected.
    #[test]
    fn one_in_961_errors_in_three_symbols_passes() {
        let table: Vec<Vec<u16>> = (0..LENGTH)
            .map(|place| (1..32).map(|error| syndrome(place, error)).collect())
            .collect();
        for i in 0..LENGTH {
            for j in i + 1..LENGTH {
                let mut pairs = [0u32; 1024];
                for &a in &table[i] {
                    for &b in &table[j] {
                        pairs[usize::from(a ^ b)] += 1;
                    }
                }
                for errors in &table[j + 1..] {
                    let passing: u32 = errors.iter().map(|&c| pairs[usize::from(c)]).sum();
                    assert_eq!(passing, 31, "places {i}, {j} and a later one");
                }
            }
        }
    }

    /// A mask is a different code altogether: no code is accepted under two of them.
    #[test]
    fn a_code_is_accepted_under_one_mask_of_1024() {
        let message = std::array::from_fn(|place| (place * 7 % 32) as u8);
        let mut code = [0; LENGTH];
        code[..MESSAGE].copy_from_slice(&message);
        let mask = CheckMask([19, 6]);
        code[MESSAGE..].copy_from_slice(&check_symbols(message, mask));
        let accepted: Vec<u16> = (0..1024)
            .filter(|&n| accepts(code, CheckMask([(n >> 5) as u8, (n & 31) as u8])))
            .collect();
        assert_eq!(accepted, [mask.number()]);
    }

    proptest! {
        #[test]
        fn check_symbols_are_accepted(message in proptest::array::uniform18(0u8..32), mask in proptest::array::uniform2(0u8..32)) {
            let check = check_symbols(message, CheckMask(mask));
            let mut code = [0; LENGTH];
            code[..MESSAGE].copy_from_slice(&message);
            code[MESSAGE..].copy_from_slice(&check);
            prop_assert!(check.iter().all(|&symbol| symbol < 32));
            prop_assert!(accepts(code, CheckMask(mask)));
        }
    }
}

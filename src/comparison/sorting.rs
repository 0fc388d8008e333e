//! Sorting on several cores, each part by the standard library's sort.

/// Values below which one core sorts alone.
const FEW: usize = 1 << 16;

/// Sorts values; equal ones must be the same.
///
/// The standard library's sort foresees its branches and takes two thirds of the work of a parallel
/// quicksort that does not. So values are parted once, and each core sorts its own.
pub(crate) fn sort<T: Ord + Send>(values: &mut [T]) {
    sort_parts(values, (values.len() / rayon::current_num_threads()).max(FEW));
}

/// Sorts values in parts of so many, about.
fn sort_parts<T: Ord + Send>(values: &mut [T], many: usize) {
    if values.len() <= many {
        values.sort_unstable();
        return;
    }
    let middle = values.len() / 2;
    let (before, _, after) = values.select_nth_unstable(middle);
    rayon::join(|| sort_parts(before, many), || sort_parts(after, many));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_values_come_sorted_whatever_their_order() {
        let many = 5 * FEW as u32 + 3;
        for spread in [1, 7, many] {
            let mut values: Vec<u32> =
                (0..many).map(|place| place.wrapping_mul(2_654_435_761) % spread).collect();
            let mut expected = values.clone();
            expected.sort();
            let mut parted = values.clone();
            sort_parts(&mut parted, FEW);
            sort(&mut values);
            assert!(values == expected && parted == expected, "{spread}");
        }
    }
}

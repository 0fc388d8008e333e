//! Merkle trees over the entries of a log: a root for all of them, a short proof for each.
//!
//! Source: RFC 6962, section 2.1: leaves and nodes are hashed apart, and a tree whose size is no
//! power of two splits at the largest one below.

use sha2::{Digest, Sha256};

/// Hash of an entry, a node or a root.
pub(super) type Hash = [u8; 32];

/// Returns the hash of a leaf.
pub(super) fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Roots of the perfect trees that so many leaves fall into, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Frontier {
    /// Number of leaves.
    pub(super) size: u64,
    /// One root for each bit of the size that is set.
    pub(super) roots: Vec<Hash>,
}

impl Frontier {
    /// Adds a leaf.
    pub(super) fn push(&mut self, leaf: Hash) {
        let mut root = leaf;
        // Two trees of one size become one of twice the size, as in adding one to a number.
        for _ in 0..self.size.trailing_ones() {
            let left = self.roots.pop().expect("a tree for each bit that is set");
            root = node(&left, &root);
        }
        self.roots.push(root);
        self.size += 1;
    }

    /// Returns the root over all leaves; that of no leaf is the hash of nothing.
    pub(super) fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev().copied();
        let last = roots.next().unwrap_or_else(|| Sha256::digest([]).into());
        roots.fold(last, |right, left| node(&left, &right))
    }
}

/// Returns the hashes that lead from a leaf to the root, nearest first.
///
/// # Panics
/// If there is no such leaf.
pub(super) fn path(leaves: &[Hash], place: usize) -> Vec<Hash> {
    assert!(place < leaves.len(), "a proof is of a leaf that is there");
    if leaves.len() == 1 {
        return Vec::new();
    }
    let half = leaves.len().next_power_of_two() / 2;
    let (inside, outside, place) = if place < half {
        (&leaves[..half], &leaves[half..], place)
    } else {
        (&leaves[half..], &leaves[..half], place - half)
    };
    let mut path = path(inside, place);
    path.push(root(outside));
    path
}

/// Returns the root over some leaves.
fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::default();
    leaves.iter().for_each(|leaf| frontier.push(*leaf));
    frontier.root()
}

/// Returns the root that a leaf and its path lead to; `None` if the path has the wrong length.
///
/// Source: RFC 9162, section 2.1.3.2.
pub(super) fn root_of_path(leaf: Hash, place: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    let (mut place, mut last) = (place, size.checked_sub(1)?);
    if place > last {
        return None;
    }
    let mut root = leaf;
    for other in path {
        if last == 0 {
            return None;
        }
        if place & 1 == 1 || place == last {
            root = node(other, &root);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            root = node(&root, other);
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|number| leaf(&number.to_be_bytes())).collect()
    }

    /// The eight entries and roots of the reference implementation of Certificate Transparency,
    /// computed anew with Python's hashlib from the definition in RFC 6962.
    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let entries: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let expected = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let hex = |hash: Hash| crate::registry::event::hex(&hash);
        let mut frontier = Frontier::default();
        assert_eq!(
            hex(frontier.root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        for (entry, root) in entries.iter().zip(expected) {
            frontier.push(leaf(entry));
            assert_eq!(hex(frontier.root()), root);
        }
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proved_and_no_other() {
        for size in 1..=33 {
            let leaves = leaves(size);
            let root = root(&leaves);
            for (place, leaf) in leaves.iter().enumerate() {
                let path = path(&leaves, place);
                let proved = |leaf, place, path: &[Hash]| {
                    root_of_path(leaf, place as u64, size as u64, path) == Some(root)
                };
                assert!(proved(*leaf, place, &path));
                assert!((0..size).all(|other| other == place || !proved(*leaf, other, &path)));
                assert!(size == 1 || !proved(leaves[(place + 1) % size], place, &path));
                assert!(path.is_empty() || !proved(*leaf, place, &path[1..]));
                let longer = [&path[..], &[[0; 32]]].concat();
                assert!(!proved(*leaf, place, &longer));
            }
        }
    }
}

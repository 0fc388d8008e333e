//! Disjoint sets: which records are joined so far.

/// Disjoint sets of numbers from 0, joined one pair at a time.
///
/// Path halving and union by size make a million joins a matter of milliseconds.
/// Source: Tarjan and van Leeuwen (1984), Journal of the ACM 31(2).
#[derive(Debug, Clone)]
pub struct UnionFind {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl UnionFind {
    /// Starts with every number in a set of its own.
    pub fn new(count: usize) -> Self {
        Self { parent: (0..count as u32).collect(), size: vec![1; count] }
    }

    /// Returns the number that stands for a number's set.
    pub fn root(&mut self, mut number: u32) -> u32 {
        while self.parent[number as usize] != number {
            let above = self.parent[self.parent[number as usize] as usize];
            self.parent[number as usize] = above;
            number = above;
        }
        number
    }

    /// Returns the size of the set that a root stands for.
    pub fn size(&self, root: u32) -> u32 {
        self.size[root as usize]
    }

    /// Joins the sets of two numbers; returns (kept root, lost root), or `None` if already one.
    pub fn join(&mut self, a: u32, b: u32) -> Option<(u32, u32)> {
        let (mut a, mut b) = (self.root(a), self.root(b));
        if a == b {
            return None;
        }
        if self.size[a as usize] < self.size[b as usize] {
            std::mem::swap(&mut a, &mut b);
        }
        self.parent[b as usize] = a;
        self.size[a as usize] += self.size[b as usize];
        Some((a, b))
    }

    /// Returns the root of every number.
    pub fn roots(mut self) -> Vec<u32> {
        (0..self.parent.len() as u32).map(|number| self.root(number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_through_a_third_is_one_set() {
        let mut sets = UnionFind::new(4);
        assert!(sets.join(0, 1).is_some());
        assert!(sets.join(1, 2).is_some());
        assert!(sets.join(0, 2).is_none());
        assert_ne!(sets.root(3), sets.root(0));
    }
}

//! Quality counted in entities: B-cubed, and children rebuilt exactly.

use serde::{Deserialize, Serialize};

use super::rate::Rate;

/// Agreement of the entities with the children they should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EntityQuality {
    /// Mean over records of the share of its entity that is about its child.
    pub b_cubed_precision: Option<f64>,
    /// Mean over records of the share of its child's records that its entity holds.
    pub b_cubed_recall: Option<f64>,
    /// Harmonic mean of the two.
    pub b_cubed_f1: Option<f64>,
    /// Children whose records are exactly one entity, among children with a record.
    pub exact: Rate,
    /// The same among children with two records or more.
    pub exact_of_several: Rate,
}

/// Sizes of the sets around one record, itself included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SetSizes {
    pub(crate) child: u32,
    pub(crate) entity: u32,
    /// Records of its child in its entity.
    pub(crate) both: u32,
}

impl EntityQuality {
    /// Measures entities from the sizes around every record, with the record's child.
    ///
    /// # Formula
    /// `precision = mean |C ∩ E| / |E|`, `recall = mean |C ∩ E| / |C|` over records, where C holds
    /// the records of its child and E those of its entity.
    /// Source: Bagga and Baldwin (1998), LREC workshop on linguistic coreference.
    pub(crate) fn measure(children: u32, records: impl Iterator<Item = (u32, SetSizes)>) -> Self {
        let (mut precision, mut recall, mut n) = (0.0, 0.0, 0u64);
        // Size of each child with a record; 0 once a record of it stands elsewhere.
        let mut whole: Vec<Option<u32>> = vec![None; children as usize];
        let mut several = 0;
        for (child, size) in records {
            n += 1;
            precision += f64::from(size.both) / f64::from(size.entity);
            recall += f64::from(size.both) / f64::from(size.child);
            let exact = size.both == size.child && size.both == size.entity;
            let state = &mut whole[child as usize];
            if state.is_none() {
                several += u64::from(size.child > 1);
            }
            *state = Some(if exact && *state != Some(0) { size.child } else { 0 });
        }
        let seen = whole.iter().flatten().count() as u64;
        let at_least = |size| whole.iter().flatten().filter(|&&s| s >= size).count() as u64;
        let mean = |sum: f64| (n > 0).then(|| sum / n as f64);
        let (precision, recall) = (mean(precision), mean(recall));
        Self {
            b_cubed_precision: precision,
            b_cubed_recall: recall,
            b_cubed_f1: precision.zip(recall).map(|(p, r)| 2.0 * p * r / (p + r)),
            exact: Rate::new(at_least(1), seen),
            exact_of_several: Rate::new(at_least(2), several),
        }
    }
}

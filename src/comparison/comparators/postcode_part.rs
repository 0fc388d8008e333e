//! Postcodes that share their sector, their district or their area.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::{AttributeKind, postcode_area, postcode_district, postcode_sector};

/// Holds if two postcodes share a part of them.
pub(super) struct PostcodePart {
    name: &'static str,
    /// Whether the part takes in all that stands before the space.
    with_district: bool,
    part: fn(&str) -> Option<&str>,
}

/// Same sector, for example `AB1 2`.
pub(super) static SECTOR: PostcodePart =
    PostcodePart { name: "postcode_sector", with_district: true, part: postcode_sector };

/// Same district, for example `AB1`.
pub(super) static DISTRICT: PostcodePart =
    PostcodePart { name: "postcode_district", with_district: true, part: postcode_district };

/// Same area, for example `AB`.
pub(super) static AREA: PostcodePart =
    PostcodePart { name: "postcode_area", with_district: false, part: postcode_area };

impl Comparator for PostcodePart {
    fn name(&self) -> &'static str {
        self.name
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Postcode
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let part = (self.part)(values.short_text(a));
        f64::from(u8::from(part.is_some() && part == (self.part)(values.short_text(b))))
    }

    #[inline]
    fn bound(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        let (x, y) = (values.sketch(a), values.sketch(b));
        let common = x.common_start(y);
        let may_share = match self.with_district {
            true => common == 4 || x.start[..common].contains(&b' '),
            false => common > 0,
        };
        f64::from(u8::from(may_share))
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        if let Some(part) = (self.part)(values.text(code)) {
            keys(FixedState::with_seed(0).hash_one(part.as_bytes()));
        }
        true
    }
}

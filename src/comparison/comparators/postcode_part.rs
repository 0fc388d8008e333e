//! Postcodes that share their sector, their district or their area.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::comparison::{Comparator, Measure, Prepared};
use crate::record::{AttributeKind, postcode_area, postcode_district, postcode_sector};

/// Holds if two postcodes lie in the same sector, for example `AB1 2`.
pub(super) struct PostcodeSector;

/// Holds if two postcodes lie in the same district, for example `AB1`.
pub(super) struct PostcodeDistrict;

/// Holds if two postcodes lie in the same area, for example `AB`.
pub(super) struct PostcodeArea;

impl Comparator for PostcodeArea {
    fn name(&self) -> &'static str {
        "postcode_area"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Postcode
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        share(postcode_area(values.text(a)), postcode_area(values.text(b)))
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        if let Some(part) = postcode_area(values.text(code)) {
            keys(key(part));
        }
        true
    }
}

impl Comparator for PostcodeSector {
    fn name(&self) -> &'static str {
        "postcode_sector"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Postcode
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        share(postcode_sector(values.text(a)), postcode_sector(values.text(b)))
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        if let Some(part) = postcode_sector(values.text(code)) {
            keys(key(part));
        }
        true
    }
}

impl Comparator for PostcodeDistrict {
    fn name(&self) -> &'static str {
        "postcode_district"
    }

    fn measure(&self) -> Measure {
        Measure::Condition
    }

    fn suits(&self, kind: AttributeKind) -> bool {
        kind == AttributeKind::Postcode
    }

    fn compare(&self, values: &Prepared, a: u32, b: u32) -> f64 {
        share(postcode_district(values.text(a)), postcode_district(values.text(b)))
    }

    fn join_keys(
        &self,
        values: &Prepared,
        code: u32,
        _threshold: f64,
        keys: &mut dyn FnMut(u64),
    ) -> bool {
        if let Some(part) = postcode_district(values.text(code)) {
            keys(key(part));
        }
        true
    }
}

fn key(part: &str) -> u64 {
    FixedState::with_seed(0).hash_one(part.as_bytes())
}

fn share(x: Option<&str>, y: Option<&str>) -> f64 {
    f64::from(u8::from(x.is_some() && x == y))
}

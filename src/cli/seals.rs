//! Seals as a linkage meets them: who is retired, and which pairs are never to be linked.

use std::path::Path;

use hashbrown::HashSet;
use rayon::prelude::*;

use crate::error::{Error, ErrorKind, Result};
use crate::identifier::{SealKey, SealMark, SealToken};
use crate::record::{AttributeKind, RecordId, Records};
use crate::registry::{Memberships, RecordTag};
use crate::strategy::Sealed;

/// Name of the seal key in the custodian's folder.
pub(super) const SEAL_KEY: &str = "seal.key";

/// What one record is known by, blinded.
struct Marks {
    /// What tells the identity for certain: the record itself, a national number, or name, birth
    /// and postcode together.
    certain: Vec<SealMark>,
    /// Name and birth.
    name: Option<SealMark>,
}

/// The custodian's seals, with the key that tests them.
pub(super) struct Seals {
    key: SealKey,
    tokens: HashSet<SealToken>,
}

impl Seals {
    /// Reads the seals of a folder; `None` if nothing was ever sealed.
    ///
    /// # Errors
    /// `BadKey` if there are seals and no key to test them with: nothing is linked then.
    pub(super) fn read(folder: &Path, memberships: &Memberships) -> Result<Option<Self>> {
        let tokens: HashSet<SealToken> = memberships.seal_tokens()?.into_iter().collect();
        if tokens.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self { key: SealKey::from_file(&folder.join(SEAL_KEY))?, tokens }))
    }

    /// Says whether a record is retired, by its tag alone.
    pub(super) fn retires(&self, tag: &RecordTag) -> bool {
        self.tokens.contains(&self.key.retired(&of_tag(&self.key, tag)))
    }

    /// Finds who is retired among records, and what tests pairs of the others; returns the tokens
    /// by which those are known again that so far only their values gave away.
    pub(super) fn watch(
        self,
        records: &Records,
        tag: impl Fn(RecordId) -> RecordTag + Sync,
    ) -> (Sealed, Vec<SealToken>) {
        let known = Known::of(records);
        let all = 0..records.len() as RecordId;
        let marks: Vec<Marks> = all
            .into_par_iter()
            .map(|record| known.marks(&self.key, record, &tag(record)))
            .collect();
        let has = |token: SealToken| self.tokens.contains(&token);
        let retires = |marks: &Marks| marks.certain.iter().any(|m| has(self.key.retired(m)));
        let seals = |marks: &Marks| marks.all().any(|mark| has(self.key.sealed(mark)));
        let retired: Vec<bool> = marks.par_iter().map(retires).collect();
        let sealed: Vec<bool> = marks.par_iter().map(seals).collect();
        let tokens = marks
            .iter()
            .zip(&retired)
            .filter(|(_, retired)| **retired)
            .map(|(marks, _)| self.key.retired(&marks.certain[0]))
            .filter(|token| !self.tokens.contains(token))
            .collect();
        let test = move |a: RecordId, b: RecordId| {
            let (ours, theirs) = (&marks[a as usize], &marks[b as usize]);
            let pair = |x: &SealMark, y: &SealMark| self.tokens.contains(&self.key.pair(x, y));
            ours.all().any(|x| theirs.all().any(|y| pair(x, y)))
        };
        (Sealed::new(retired, sealed, Box::new(test)), tokens)
    }
}

/// Returns the tokens that seal the identity of some records off from that of others.
///
/// # Errors
/// `BadValue` if what would retire the one is true of the other as well.
pub(super) fn tokens(
    key: &SealKey,
    records: &Records,
    (old, new): (&[RecordId], &[RecordId]),
    tag: impl Fn(RecordId) -> RecordTag,
) -> Result<Vec<SealToken>> {
    let known = Known::of(records);
    let marks = |side: &[RecordId]| -> Vec<Marks> {
        side.iter().map(|&record| known.marks(key, record, &tag(record))).collect()
    };
    let (old, new) = (marks(old), marks(new));
    let certain: HashSet<&SealMark> = new.iter().flat_map(|marks| &marks.certain).collect();
    if old.iter().flat_map(|marks| &marks.certain).any(|mark| certain.contains(mark)) {
        return Err(Error::new(
            ErrorKind::BadValue,
            "a new record still has a national number, or all of name, birth and postcode, of an old one",
        )
        .help("have it prepared without them: whoever bears them is retired by the seal"));
    }
    // What both are known by tells nothing of either.
    let both: HashSet<&SealMark> = new.iter().filter_map(|marks| marks.name.as_ref()).collect();
    let own = |marks: &&SealMark| !both.contains(*marks);
    let mut tokens = Vec::new();
    for marks in &old {
        tokens.extend(marks.certain.iter().map(|mark| key.retired(mark)));
        for mark in marks.all().filter(own) {
            tokens.push(key.sealed(mark));
            tokens.extend(new.iter().flat_map(Marks::all).map(|other| key.pair(mark, other)));
        }
    }
    tokens.sort_unstable();
    tokens.dedup();
    Ok(tokens)
}

impl Marks {
    fn all(&self) -> impl Iterator<Item = &SealMark> {
        self.certain.iter().chain(&self.name)
    }
}

/// Columns by which records are known.
struct Known<'a> {
    records: &'a Records,
    numbers: Vec<usize>,
    name: Vec<usize>,
    postcode: Option<usize>,
}

impl<'a> Known<'a> {
    fn of(records: &'a Records) -> Self {
        let kinds: Vec<AttributeKind> =
            records.columns().iter().map(|column| column.attribute().kind()).collect();
        let first = |kind| kinds.iter().position(|known| *known == kind);
        let number = |kind| matches!(kind, AttributeKind::NhsNumber | AttributeKind::Upn);
        let name = [AttributeKind::GivenName, AttributeKind::FamilyName, AttributeKind::Date];
        let name: Option<Vec<usize>> = name.into_iter().map(first).collect();
        Self {
            records,
            numbers: (0..kinds.len()).filter(|&column| number(kinds[column])).collect(),
            name: name.unwrap_or_default(),
            postcode: first(AttributeKind::Postcode),
        }
    }

    fn marks(&self, key: &SealKey, record: RecordId, tag: &RecordTag) -> Marks {
        let columns = self.records.columns();
        let mut certain = vec![of_tag(key, tag)];
        for column in self.numbers.iter().map(|&place| &columns[place]) {
            let values = column.codes_of(record).map(|code| column.dictionary().value(code));
            let kind = column.attribute().kind().name();
            certain.extend(values.map(|value| key.mark(kind, &[value.as_bytes()])));
        }
        let value = |place: &usize| columns[*place].value(record).map(str::as_bytes);
        let name: Option<Vec<&[u8]>> = self.name.iter().map(value).collect();
        let name = name.filter(|name| !name.is_empty());
        let postcode = self.postcode.as_ref().and_then(value);
        if let (Some(name), Some(postcode)) = (&name, postcode) {
            certain.push(key.mark("name, birth and postcode", &[name, &[postcode][..]].concat()));
        }
        Marks { certain, name: name.map(|name| key.mark("name and birth", &name)) }
    }
}

fn of_tag(key: &SealKey, tag: &RecordTag) -> SealMark {
    key.mark("record", &[tag])
}

//! Links by a key: all allowed pairs of records that share it.

use super::{Assignment, Link, LinkInput, Method};
use crate::blocking::BlockingRule;
use crate::error::Result;
use crate::record::RecordId;

/// Links all allowed pairs that share a key.
///
/// `agreed` may refuse a pair that shares the key.
pub(super) fn links_by_key<S: AsRef<str>>(
    input: &LinkInput<'_>,
    method: Method,
    attributes: &[S],
    agreed: impl Fn(RecordId, RecordId) -> bool + Sync,
) -> Result<Assignment> {
    let rule = BlockingRule::parse(attributes)?;
    let blocking = input.block(&[rule])?;
    blocking.check_size(input.plan.most_pairs)?;
    let pairs = blocking.pairs_by_rule().iter().sum();
    input.progress.start(pairs);
    let parts = blocking.visit(
        Vec::new,
        |links, a, b, _| {
            if agreed(a, b) {
                links.push((method, Link { a, b, pattern: 0, weight: f32::INFINITY }));
            }
        },
        input.progress.counter(),
    );
    let mut links = parts.concat();
    links.sort_unstable_by_key(|(_, link)| (link.a, link.b));
    Ok(Assignment { links, pairs })
}

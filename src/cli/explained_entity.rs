//! What `cci explain entity` found: as JSON, and in words.

use serde::Serialize;

use super::judgement::{Judgement, Weighing};
use crate::blocking::Blocking;
use crate::error::Result;
use crate::record::{RecordId, UnionFind};
use crate::report::text;
use crate::strategy::Method;

/// Explanation of an entity; holds outcomes, never values.
#[derive(Serialize)]
pub(in crate::cli) struct ExplainedEntity {
    /// Number, as `entities.parquet` has it.
    entity: u32,
    strategy: &'static str,
    threshold: Option<f64>,
    members: Vec<Member>,
    /// Every pair of members, the lightest first.
    pairs: Vec<PairInside>,
}

/// One record of the entity.
#[derive(Serialize)]
struct Member {
    record: String,
    /// Links with other members.
    links: usize,
    /// Weight of its best pair inside the entity.
    best_inside: Option<f64>,
    /// Best candidate outside the entity.
    rival: Option<String>,
    /// Weight of that candidate.
    best_outside: Option<f64>,
    /// Bits between the two.
    margin: Option<f64>,
}

/// Two members and what holds them together.
#[derive(Serialize)]
struct PairInside {
    a: String,
    b: String,
    match_weight: f64,
    /// How the pair was linked; none if others joined it.
    linked_by: Option<&'static str>,
    /// Whether some blocking rule proposes it.
    candidate: bool,
    /// Whether no other link holds together what this one does.
    bridge: bool,
}

impl ExplainedEntity {
    /// Explains an entity.
    ///
    /// # Errors
    /// `BadValue` if the strategy scored nothing; what comparing refuses.
    pub(in crate::cli) fn of(judgement: &Judgement, entity: u32) -> Result<Self> {
        let members = judgement.members(entity);
        let weighing = judgement.weighing()?.ok_or_else(|| judgement.unscored())?;
        let links = links_inside(judgement, &members);
        let bridges = bridges(&links, members.len());
        let name = |place: usize| judgement.records().name(members[place]);
        let blocking = judgement.blocking()?;
        let mut pairs = Vec::new();
        for x in 0..members.len() {
            for y in x + 1..members.len() {
                let linked = links.binary_search_by_key(&(x, y), |&(a, b, _)| (a, b));
                pairs.push(PairInside {
                    a: name(x),
                    b: name(y),
                    match_weight: weighing.explain(members[x], members[y]).weight.bits(),
                    linked_by: linked.ok().map(|place| links[place].2.name()),
                    candidate: blocking.covers(members[x], members[y]),
                    bridge: bridges.contains(&(x, y)),
                });
            }
        }
        // The sort is stable, so that equals stay in the order of their records.
        pairs.sort_by(|x, y| x.match_weight.total_cmp(&y.match_weight));
        let of_member = |(place, &record): (usize, &RecordId)| {
            let links = links.iter().filter(|(a, b, _)| *a == place || *b == place).count();
            member(judgement, &blocking, &weighing, record, &members, links)
        };
        Ok(Self {
            entity,
            strategy: judgement.outcome.strategy.name(),
            threshold: Some(weighing.threshold()).filter(|bits| bits.is_finite()),
            members: members.iter().enumerate().map(of_member).collect(),
            pairs,
        })
    }

    /// Describes it in tables, with so many of its pairs, the lightest.
    pub(in crate::cli) fn describe(&self, most: usize) -> String {
        let bits = |bits: Option<f64>| bits.map_or("none".into(), |bits| format!("{bits:+.1}"));
        let rows = self.members.iter().map(|member| {
            vec![
                member.record.clone(),
                member.links.to_string(),
                bits(member.best_inside),
                bits(member.best_outside),
                member.margin.map_or(String::new(), |margin| format!("{margin:.1}")),
                member.rival.clone().unwrap_or_default(),
            ]
        });
        let header =
            ["Record", "Links", "Best inside", "Best outside", "Margin", "Candidate outside"];
        let threshold = match self.threshold {
            Some(bits) => format!("threshold {bits:.1} bits"),
            None => "no threshold could be chosen".into(),
        };
        let (entity, strategy) = (self.entity, self.strategy);
        let mut parts = vec![
            format!("Entity {entity} (strategy {strategy}, {threshold})\n"),
            text::aligned(&header, rows),
        ];
        if self.pairs.is_empty() {
            parts.push("One record; nothing is linked with it.\n".into());
            return parts.join("\n");
        }
        let rows = self.pairs.iter().take(most).map(|pair| {
            let decision = match (pair.linked_by, pair.candidate) {
                (Some(by), _) => format!("linked by {by}"),
                (None, true) => "joined through others".into(),
                (None, false) => "joined through others, no candidate pair".into(),
            };
            let bridge = if pair.bridge { "bridge" } else { "" };
            let name = format!("{} and {}", pair.a, pair.b);
            vec![name, format!("{:+.1}", pair.match_weight), decision, bridge.into()]
        });
        let header = match self.pairs.len() {
            all if all > most => format!("Pairs, the lightest {most} of {all}"),
            _ => "Pairs, the lightest first".into(),
        };
        parts.push(text::aligned(&[&header, "Bits", "Decision", "Sole link"], rows));
        parts.push(self.summary());
        parts.join("\n")
    }

    fn summary(&self) -> String {
        let links: Vec<&PairInside> =
            self.pairs.iter().filter(|pair| pair.linked_by.is_some()).collect();
        let weakest = links.first().map_or("No two members are linked.".into(), |pair| {
            format!("Weakest link: {} and {}, {:+.1} bits.", pair.a, pair.b, pair.match_weight)
        });
        let bridges = links.iter().filter(|pair| pair.bridge).count();
        format!("{weakest} Links that alone hold parts together: {bridges} of {}.\n", links.len())
    }
}

/// Weighs a member against the others and against its candidates outside.
fn member(
    judgement: &Judgement,
    blocking: &Blocking<'_>,
    weighing: &Weighing<'_>,
    record: RecordId,
    members: &[RecordId],
    links: usize,
) -> Member {
    let weigh = |other: RecordId| (weighing.explain(record, other).weight.bits(), other);
    // Of equal weights the record that comes first counts.
    let best = |weights: &mut dyn Iterator<Item = (f64, RecordId)>| {
        weights.max_by(|x, y| x.0.total_cmp(&y.0).then(y.1.cmp(&x.1)))
    };
    let others = members.iter().copied().filter(|&other| other != record);
    let inside = best(&mut others.map(weigh));
    let candidates = blocking.candidates(record);
    let constraints = &judgement.data.constraints;
    let strangers = candidates.filter(|&other| {
        members.binary_search(&other).is_err() && !constraints.forbids(record, other)
    });
    let outside = best(&mut strangers.map(weigh));
    Member {
        record: judgement.records().name(record),
        links,
        best_inside: inside.map(|(bits, _)| bits),
        rival: outside.map(|(_, other)| judgement.records().name(other)),
        best_outside: outside.map(|(bits, _)| bits),
        margin: inside.zip(outside).map(|(inside, outside)| inside.0 - outside.0),
    }
}

/// Returns the links between members, by their places, in order.
fn links_inside(judgement: &Judgement, members: &[RecordId]) -> Vec<(usize, usize, Method)> {
    let place = |record: RecordId| members.binary_search(&record).ok();
    let links = judgement.outcome.linkage.links.iter();
    let mut inside: Vec<(usize, usize, Method)> =
        links.filter_map(|(method, link)| Some((place(link.a)?, place(link.b)?, method))).collect();
    inside.sort_unstable();
    inside
}

/// Returns the links without which some members would hang together no more.
///
/// Only links that first join two parts can be bridges; each is taken away in turn.
fn bridges(links: &[(usize, usize, Method)], members: usize) -> Vec<(usize, usize)> {
    let joins = |without: Option<(usize, usize)>| -> Vec<(usize, usize)> {
        let mut parts = UnionFind::new(members);
        let mut joining = Vec::new();
        for &(a, b, _) in links.iter().filter(|(a, b, _)| without != Some((*a, *b))) {
            if parts.join(a as u32, b as u32).is_some() {
                joining.push((a, b));
            }
        }
        joining
    };
    let all = joins(None);
    all.iter().copied().filter(|&link| joins(Some(link)).len() < all.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bridges_are_links_on_no_circle() {
        let links = |pairs: &[(usize, usize)]| {
            pairs.iter().map(|&(a, b)| (a, b, Method::Probability)).collect::<Vec<_>>()
        };
        // A triangle, a tail of two links, and a pair apart.
        let tail = links(&[(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (5, 6)]);
        assert_eq!(bridges(&tail, 7), [(2, 3), (3, 4), (5, 6)]);
        // Two triangles that share a record have none.
        let bow = links(&[(0, 1), (0, 2), (1, 2), (2, 3), (2, 4), (3, 4)]);
        assert_eq!(bridges(&bow, 5), []);
        assert_eq!(bridges(&[], 1), []);
    }
}

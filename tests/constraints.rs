//! Decisions about single records: whatever the evidence says, by every strategy and clusterer.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic as tests may")]

mod worlds;

use cci::cluster::CLUSTERERS;
use cci::record::{Entities, RecordId, Records};
use cci::strategy::{Constraints, LinkInput, Linkage, Method, Progress, STRATEGIES, Strategy};
use worlds::plan;

/// Links and clusters under constraints.
fn linked(
    records: &Records,
    strategy: &dyn Strategy,
    constraints: &Constraints,
) -> (Linkage, Vec<(&'static str, Entities)>) {
    let plan = plan(records, true);
    let progress = Progress::default();
    let input = LinkInput::new(records, &plan, &progress).under(constraints);
    let linkage = strategy.link(&input).unwrap();
    let evidence = linkage.evidence(&input).unwrap();
    let cluster = |clusterer: &&'static dyn cci::cluster::Clusterer| {
        (clusterer.name(), clusterer.cluster(records, &linkage.links, &evidence))
    };
    let entities = CLUSTERERS.iter().map(cluster).collect();
    (linkage, entities)
}

/// Every fifth linked pair of a linkage, and as many pairs that share nothing to speak of.
fn chosen(records: &Records, linkage: &Linkage) -> Constraints {
    let apart: Vec<_> = linkage.links.iter().step_by(5).map(|(_, l)| (l.a, l.b)).collect();
    // Each record in one pair at most, and in none that is apart: nothing contradicts itself.
    let taken = |r: RecordId| apart.iter().any(|&(a, b)| a == r || b == r);
    let free: Vec<RecordId> = (0..records.len() as RecordId).filter(|&r| !taken(r)).collect();
    let half = free.len() / 2;
    let together = (0..half.min(apart.len())).map(|n| (free[half + n], free[n]));
    Constraints::new(apart.iter().copied(), together)
}

#[test]
fn what_is_decided_holds_in_every_strategy_and_every_clusterer() {
    for (seed, declared) in [(1, false), (2, true)] {
        let records = worlds::records(seed, 150);
        let records = if declared { worlds::declared(&records) } else { records };
        for strategy in STRATEGIES {
            let name = strategy.name();
            let free = linked(&records, *strategy, &Constraints::default()).0;
            if free.links.is_empty() {
                assert_eq!(name, "nhs_number", "the worlds hold no NHS numbers");
                continue;
            }
            let constraints = chosen(&records, &free);
            let broken = free.links.iter().filter(|(_, l)| constraints.forbids(l.a, l.b)).count();
            assert!(broken >= 5 && constraints.together().len() >= 5, "{name}: there is a choice");
            let (linkage, all) = linked(&records, *strategy, &constraints);
            assert!(linkage.links.iter().all(|(_, l)| !constraints.forbids(l.a, l.b)), "{name}");
            let decided = linkage.links.iter().filter(|(method, _)| *method == Method::Custodian);
            let decided: Vec<_> = decided.map(|(_, link)| (link.a, link.b)).collect();
            assert!(decided.iter().all(|pair| constraints.together().contains(pair)), "{name}");
            for (clusterer, entities) in all {
                let of = |record: RecordId| entities.entity_of()[record as usize];
                for &(a, b) in constraints.together() {
                    assert_eq!(of(a), of(b), "{name}, {clusterer}: {a} and {b} are together");
                }
                for members in entities.members() {
                    for (place, &a) in members.iter().enumerate() {
                        let rest = &members[place + 1..];
                        let kept = rest.iter().all(|&b| !constraints.forbids(a, b));
                        assert!(kept, "{name}, {clusterer}: {a} is apart");
                    }
                }
            }
        }
    }
}

#[test]
fn no_decision_changes_nothing() {
    let records = worlds::records(3, 120);
    for strategy in STRATEGIES {
        let (free, entities) = linked(&records, *strategy, &Constraints::default());
        // A decision about two records that nothing would ever link.
        let decided = Constraints::new([(0, 1)], []);
        let apart = free.links.iter().all(|(_, l)| (l.a, l.b) != (0, 1));
        let (bound, same) = linked(&records, *strategy, &decided);
        if apart {
            assert_eq!(free.links, bound.links, "{}", strategy.name());
            assert_eq!(entities, same, "{}", strategy.name());
        }
    }
}

//! What was true of a child over time: surnames, homes, placements in care, numbers, with their days.

use jiff::ToSpan;
use jiff::civil::Date;

use super::family::{Child, Family, Identity, Plan, REFERENCE};
use super::place::Address;
use super::random::{Purpose, Stream};

/// Most placements of one child; whoever moves every month stops there.
const MOST_PLACEMENTS: usize = 20;
/// Age at which care ends.
const OF_AGE: i64 = 18;

/// Something that was true for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spell<T> {
    /// What was true.
    pub(super) of: T,
    /// First day.
    pub(super) first: Date,
    /// First day on which it was true no longer; none if it goes on.
    pub(super) until: Option<Date>,
}

impl<T> Spell<T> {
    fn new(of: T, days_ago: u32, until_days_ago: Option<u32>) -> Self {
        Self { of, first: day(days_ago), until: until_days_ago.map(day) }
    }

    /// Returns the last day; none if it goes on.
    pub(super) fn last(&self) -> Option<Date> {
        self.until.map(|until| until.saturating_sub(1.days()))
    }

    /// Says whether it was true on a day.
    pub(super) fn holds_on(&self, day: Date) -> bool {
        self.first <= day && self.until.is_none_or(|until| day < until)
    }
}

/// Where a child in care lived.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Placement {
    pub(super) kind: PlacementKind,
    pub(super) address: Address,
}

/// Kind of placement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlacementKind {
    Foster,
    ChildrensHome,
    /// With those who will adopt: nobody is told where.
    ForAdoption,
}

/// What was true of a child, the first of each first.
pub(super) struct Past {
    /// Surnames, of which the last is the child's own.
    pub(super) surnames: Vec<Spell<String>>,
    /// Where the child lived, of which the last is its address.
    pub(super) homes: Vec<Spell<Address>>,
    /// Placements in care.
    pub(super) placements: Vec<Spell<Placement>>,
    /// Home from which the child was taken into care.
    pub(super) home_before_care: Option<Address>,
    /// NHS number that was replaced.
    pub(super) superseded: Option<Spell<String>>,
}

impl Past {
    /// Draws the past of a child, which ends as the child is today.
    ///
    /// The stream is the child's own, so that what agencies hold today does not depend on it.
    pub(super) fn of(plan: &Plan, family: &Family, child: &Child) -> Self {
        let mut past = Self {
            surnames: Vec::new(),
            homes: Vec::new(),
            placements: Vec::new(),
            home_before_care: None,
            superseded: None,
        };
        if child.identity == Identity::Unborn {
            return past;
        }
        let place = u64::from(child.number) * 2 + u64::from(child.identity != Identity::Child);
        // Families have even places of this purpose, children odd ones.
        let mut rng = Stream::new(plan.seed, place * 2 + 1, Purpose::Past);
        let here = child.here_days_ago();
        past.surnames = surnames(child, here);
        past.superseded = child.superseded_nhs_number.as_ref().and_then(|number| {
            let replaced = 1 + rng.below(here.max(1) as usize) as u32;
            let given = replaced + rng.below((here - replaced.min(here)).max(1) as usize) as u32;
            (given > replaced).then(|| Spell::new(number.clone(), given, Some(replaced)))
        });
        let in_family = homes(family, child, here);
        let Some((taken, left)) = care(plan, child, here, &mut rng) else {
            past.homes = in_family;
            return past;
        };
        past.placements = placements(plan, family, child, (taken, left), &mut rng);
        let (taken, left) = (day(taken), day(left));
        past.home_before_care = match in_family.iter().rev().find(|home| home.first <= taken) {
            Some(home) => Some(home.of.clone()),
            None => in_family.first().map(|home| home.of.clone()),
        }
        .filter(|_| !child.unaccompanied);
        past.homes = match child.identity {
            // The birth family's home is what agencies go on holding.
            Identity::BeforeAdoption => in_family,
            _ => {
                let placed = past.placements.iter().map(|placement| Spell {
                    of: placement.of.address.clone(),
                    first: placement.first,
                    until: placement.until,
                });
                let before = in_family.iter().filter_map(|home| within(home, None, Some(taken)));
                let after = in_family.iter().filter(|_| !child.looked_after);
                let after = after.filter_map(|home| within(home, Some(left), None));
                before.filter(|_| !child.unaccompanied).chain(placed).chain(after).collect()
            }
        };
        past
    }
}

/// Returns the day so many days before the extract.
pub(super) fn day(days_ago: u32) -> Date {
    REFERENCE.saturating_sub(i64::from(days_ago).days())
}

/// Returns how many days before the extract a day is, or after it.
pub(super) fn days_from(day: Date) -> u32 {
    day.until(REFERENCE).map_or(0, |span| span.get_days()).unsigned_abs()
}

/// Returns the part of a spell between two days, if it has one.
fn within<T: Clone>(spell: &Spell<T>, from: Option<Date>, until: Option<Date>) -> Option<Spell<T>> {
    let first = from.map_or(spell.first, |from| from.max(spell.first));
    let until = [spell.until, until].into_iter().flatten().min();
    until.is_none_or(|until| first < until).then(|| Spell { of: spell.of.clone(), first, until })
}

fn surnames(child: &Child, here: u32) -> Vec<Spell<String>> {
    let name = || child.family_name.clone();
    match child.previous_family_name.clone().zip(child.renamed_days_ago) {
        Some((earlier, days_ago)) if days_ago < here => {
            vec![Spell::new(earlier, here, Some(days_ago)), Spell::new(name(), days_ago, None)]
        }
        _ => vec![Spell::new(name(), here, None)],
    }
}

/// Returns where the child lived with its family since it was here, or where it lives by itself.
fn homes(family: &Family, child: &Child, here: u32) -> Vec<Spell<Address>> {
    let adopted = child.identity == Identity::Child && child.adopted_days_ago.is_some();
    if adopted {
        return vec![Spell::new(child.address.clone(), here, None)];
    }
    let mut homes = Vec::new();
    let mut until = None;
    for (since, address) in &family.homes {
        homes.push(Spell::new(address.clone(), (*since).min(here), until));
        if *since >= here {
            break;
        }
        until = Some(*since);
    }
    homes.reverse();
    homes
}

/// Returns since and until how many days ago the child was in care.
fn care(plan: &Plan, child: &Child, here: u32, rng: &mut Stream) -> Option<(u32, u32)> {
    // In a steady state time since entry has the distribution of the whole time in care.
    let days = rng.days_until(plan.chances.left_care_in_a_year);
    if child.unaccompanied {
        return Some((here.max(1), 0));
    }
    let left = match child.identity {
        Identity::BeforeAdoption => child.adopted_days_ago?,
        _ if child.looked_after => 0,
        _ if child.care_leaver => days_from(child.birth_date.saturating_add(OF_AGE.years())),
        _ => return None,
    };
    // The family's moves and changes of name that the child has seen came before.
    let seen = child.last_change_days_ago().filter(|_| child.looked_after).unwrap_or(here);
    let earliest = here.min(seen);
    Some((left.saturating_add(days).min(earliest), left)).filter(|(taken, left)| taken > left)
}

fn placements(
    plan: &Plan,
    family: &Family,
    child: &Child,
    (taken, left): (u32, u32),
    rng: &mut Stream,
) -> Vec<Spell<Placement>> {
    let chances = plan.chances;
    let (unit, _) = plan.places.home(family.number);
    let (mut placements, mut until) = (Vec::new(), left);
    while until < taken && placements.len() < MOST_PLACEMENTS {
        let days = rng.days_until(chances.placement_changed_in_a_year);
        let last = placements.len() + 1 == MOST_PLACEMENTS;
        let since = if last { taken } else { until.saturating_add(days).min(taken) };
        let home = rng.chance(chances.childrens_home);
        let near = rng.chance(chances.moved_within_neighbourhood);
        let other = plan.places.elsewhere(unit, near, rng);
        let foster = plan.places.unit(other).other_house(rng);
        let childrens_home = plan.places.childrens_home(unit);
        let now = placements.is_empty();
        let (kind, address) = match child.identity {
            Identity::BeforeAdoption if now => (PlacementKind::ForAdoption, foster),
            // The present placement is where the child lives.
            Identity::Child if now && left == 0 => {
                let address = child.address.clone();
                let home = address == childrens_home;
                let kind = if home { PlacementKind::ChildrensHome } else { PlacementKind::Foster };
                (kind, address)
            }
            _ if home => (PlacementKind::ChildrensHome, childrens_home),
            _ => (PlacementKind::Foster, foster),
        };
        let ended = (until > 0).then_some(until);
        placements.push(Spell::new(Placement { kind, address }, since, ended));
        until = since;
    }
    placements.reverse();
    placements
}

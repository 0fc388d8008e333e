//! A family: its children, their names and numbers, where they live and lived.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::births::{HORIZON, OLDEST, births};
use super::chances::Chances;
use super::coverage::Coverage;
use super::life_event::{self, Circumstances};
use super::life_events::Departure;
use super::numbers::Numbers;
use super::place::{Address, Places};
use super::population::{Ethnicity, LocalAuthority, Population};
use super::profile::Profile;
use super::propensity::normal_share;
use super::random::{Purpose, Stream};

/// Day on which the agencies' extracts are taken. Fixed, so that a world does not depend on the clock.
pub const REFERENCE: Date = date(2026, 3, 31);

/// Year in which parents are taken to have been born, before any for which names were counted.
const PARENTS_BORN: i16 = 1985;

/// What every family of a world is built from.
pub(super) struct Plan<'a> {
    pub(super) seed: u64,
    pub(super) profile: &'a Profile,
    pub(super) chances: &'a Chances,
    pub(super) coverage: &'a Coverage,
    pub(super) population: &'a Population,
    pub(super) places: &'a Places<'a>,
    pub(super) numbers: &'a Numbers,
}

/// What stands behind records: a child, or what is no child of its own to the law of linkage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Identity {
    /// A child.
    Child,
    /// A child before adoption: nobody may link it to the child's identity after.
    BeforeAdoption,
    /// A child that is not born yet.
    Unborn,
}

/// Child, as the truth has it.
#[derive(Clone)]
pub(super) struct Child {
    pub(super) identity: Identity,
    /// Number among all children, from 0.
    pub(super) number: u32,
    pub(super) birth_date: Date,
    pub(super) days_old: u32,
    /// Number of the pregnancy, if more than one baby of it is in the world.
    pub(super) multiple_birth: Option<u8>,
    pub(super) boy: bool,
    pub(super) given_name: &'static str,
    pub(super) other_given_name: &'static str,
    pub(super) family_name: String,
    pub(super) previous_family_name: Option<String>,
    /// Surname that the child goes by, if another.
    pub(super) preferred_family_name: Option<String>,
    pub(super) address: Address,
    /// Where the child lived before a move or a placement, if agencies may still hold it.
    pub(super) previous_address: Option<Address>,
    /// When the family moved and when it changed its surname, if the child was born by then.
    pub(super) moved_days_ago: Option<u32>,
    pub(super) renamed_days_ago: Option<u32>,
    pub(super) nhs_number: String,
    pub(super) superseded_nhs_number: Option<String>,
    /// Unique pupil number; none before school age.
    pub(super) upn: Option<String>,
    pub(super) looked_after: bool,
    /// Unaccompanied asylum-seeking child.
    pub(super) unaccompanied: bool,
    /// Came from abroad, with a name from another script.
    pub(super) arrived: bool,
    pub(super) arrived_days_ago: Option<u32>,
    /// When one identity ended and the other began.
    pub(super) adopted_days_ago: Option<u32>,
    /// Date of birth before an assessment revised it.
    pub(super) disputed_birth_date: Option<Date>,
    pub(super) care_leaver: bool,
    pub(super) died_days_ago: Option<u32>,
    /// Left England.
    pub(super) emigrated_days_ago: Option<u32>,
    /// Life events that could befall the child and those that did, a bit an event.
    pub(super) could_befall: u16,
    pub(super) befell: u16,
    /// Other identities that agencies have beside this one.
    pub(super) beside: Vec<Child>,
    /// Standard normal need for help; children of a family resemble each other.
    pub(super) need: f64,
}

impl Child {
    /// Returns the age in completed years.
    pub(super) fn age(&self) -> i16 {
        age_on(self.birth_date, REFERENCE)
    }

    /// Returns how many days ago the child died or left England, after which nothing is recorded.
    pub(super) fn gone_days_ago(&self) -> Option<u32> {
        self.died_days_ago.or(self.emigrated_days_ago)
    }

    /// Returns how many days ago the child began to be recorded here under this identity.
    pub(super) fn here_days_ago(&self) -> u32 {
        let adopted = self.adopted_days_ago.filter(|_| self.identity == Identity::Child);
        adopted.or(self.arrived_days_ago).unwrap_or(self.days_old)
    }

    /// Returns the latest of the family's changes that the child has seen, in days ago.
    pub(super) fn last_change_days_ago(&self) -> Option<u32> {
        [self.moved_days_ago, self.renamed_days_ago].into_iter().flatten().min()
    }
}

/// Family with its children, youngest first.
pub(super) struct Family<'a> {
    pub(super) number: u32,
    pub(super) authority: &'a LocalAuthority,
    /// Deprivation quintile, from 0, the most deprived.
    pub(super) quintile: usize,
    pub(super) decile: usize,
    pub(super) ethnicity: &'a Ethnicity,
    pub(super) mother_given_name: &'static str,
    pub(super) mother_family_name: &'static str,
    pub(super) father_given_name: &'static str,
    /// Says whether names of the family carry the father's name in the place of a surname.
    pub(super) patronymic: bool,
    /// School and hospital near by, whose addresses stand in for homes.
    pub(super) institutions: [Address; 2],
    /// Homes, the present one first, and since how many days ago each was the home.
    pub(super) homes: Vec<(u32, Address)>,
    pub(super) children: Vec<Child>,
}

/// Returns the year of the September after the fourth birthday, in which children start school.
pub(super) fn school_entry_year(birth: Date) -> i16 {
    birth.year() + 4 + i16::from(birth.month() >= 9)
}

/// Returns the age in completed years on a day.
pub(super) fn age_on(birth: Date, day: Date) -> i16 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    day.year() - birth.year() - i16::from(!had_birthday)
}

/// Builds a family, of which at most `limit` children are in the world.
pub(super) fn build<'a>(
    plan: &Plan<'a>,
    family: u32,
    first_child: u32,
    limit: usize,
) -> Family<'a> {
    let (population, chances) = (plan.population, plan.chances);
    let mut rng = Stream::new(plan.seed, u64::from(family), Purpose::Family);
    let rng = &mut rng;
    let (unit_number, place) = plan.places.home(family);
    let unit = plan.places.unit(unit_number);
    let ethnicity =
        &population.ethnicities[rng.weighted(population.ethnicity_weights(unit.quintile))];
    // With gradients off, names say nothing about the group: everybody draws from everybody's lists.
    let mut lives = Stream::new(plan.seed, u64::from(family), Purpose::Lives);
    let named_as = match plan.profile.gradients_apply() {
        true => ethnicity,
        false => &population.ethnicities[lives.weighted(population.ethnicity_shares())],
    };
    let origin = &named_as.origins[rng.weighted(named_as.origins.iter().map(|o| o.share))];
    let listed = "origins of the shipped population are lists; a test holds it";
    let given_lists = population.names.given(&origin.given).expect(listed);
    let british = population.names.given("british").expect(listed);
    let family_list = population.names.family(&origin.family).expect(listed);
    let given = |rng: &mut Stream, boy: bool, year: i16| {
        let lists = if rng.chance(named_as.assimilated) { british } else { given_lists };
        lists[usize::from(boy)].draw(year, rng)
    };

    let (father, mother) = (family_list.draw(rng), family_list.draw(rng));
    let joined = father != mother && rng.chance(chances.double_barrelled);
    let surname = match joined {
        true => format!("{mother}-{father}"),
        false if rng.chance(chances.mothers_surname) => mother.to_string(),
        false => father.to_string(),
    };
    let mother_given_name = given(rng, false, PARENTS_BORN);
    // Day of the separation after which all children bear the mother's surname.
    let renamed = (surname != mother && rng.chance(chances.surname_change))
        .then(|| rng.below(HORIZON as usize / 2) as u32);

    let home = unit.house(place);
    let moved = rng.chance(chances.moved).then(|| {
        let days_ago = rng.below(8 * 365) as u32;
        let near = rng.chance(chances.moved_within_neighbourhood);
        let earlier = plan.places.elsewhere(unit_number, near, rng);
        (days_ago, plan.places.unit(earlier).other_house(rng))
    });

    let mut births = births(plan.seed, family, &population.families, chances);
    births.truncate(limit);
    let last_changes = [moved.as_ref().map(|(days_ago, _)| *days_ago), renamed];
    let last_birth = births.iter().map(|birth| birth.days_ago).min();
    let departure = Departure {
        latest_days_ago: last_changes.into_iter().chain([last_birth]).flatten().min().unwrap_or(0),
        draw: lives.unit(),
        when: lives.unit(),
    };
    let family_need = rng.normal();
    let mut children: Vec<Child> = Vec::with_capacity(births.len());
    for (place, birth) in births.iter().enumerate() {
        let number = first_child + place as u32;
        let birth_date = REFERENCE.saturating_sub(i64::from(birth.days_ago).days());
        let twins = births.iter().filter(|other| other.maternity == birth.maternity).count() > 1;
        let boy = rng.chance(chances.boys);
        let elder_twin =
            children.last().filter(|last| twins && last.multiple_birth == Some(birth.maternity));
        let initial = elder_twin
            .filter(|_| rng.chance(chances.same_initial_multiples))
            .and_then(|twin| twin.given_name.chars().next());
        let taken = |name: &str| children.iter().any(|child| child.given_name == name);
        let mut given_name = given(rng, boy, birth_date.year());
        for _ in 0..200 {
            // A wish for an initial is given up after a while; a name of one's own never is.
            if !taken(given_name) && initial.is_none_or(|letter| given_name.starts_with(letter)) {
                break;
            }
            given_name = given(rng, boy, birth_date.year());
        }
        while taken(given_name) {
            given_name = given(rng, boy, birth_date.year());
        }
        let other_given_name = match rng.chance(chances.other_given_name) {
            true => Some(given(rng, boy, birth_date.year()))
                .filter(|&name| name != given_name)
                .unwrap_or_default(),
            false => "",
        };
        // Twins share their father, so the later of them keeps what the first drew.
        let own_name = match elder_twin {
            Some(twin) => twin.previous_family_name.clone().unwrap_or(twin.family_name.clone()),
            None if rng.chance(chances.half_sibling_surname) => family_list.draw(rng).to_string(),
            None => surname.clone(),
        };
        let changes =
            renamed.is_some_and(|days_ago| days_ago < birth.days_ago) && own_name != mother;
        let (family_name, previous_family_name) = match changes {
            true => (mother.to_string(), Some(own_name)),
            false => (own_name, None),
        };
        let need = (family_need + rng.normal()) * std::f64::consts::FRAC_1_SQRT_2;
        let age = age_on(birth_date, REFERENCE);
        let looked_after =
            age < 20 && normal_share(-need) < plan.coverage.looked_after(unit.quintile);
        let (address, previous_address) = if looked_after {
            let placement = match rng.chance(chances.childrens_home) {
                true => plan.places.childrens_home(unit_number),
                false => {
                    let near = rng.chance(chances.moved_within_neighbourhood);
                    let other = plan.places.elsewhere(unit_number, near, rng);
                    plan.places.unit(other).other_house(rng)
                }
            };
            (placement, Some(home.clone()))
        } else {
            let earlier = moved.as_ref().filter(|(days_ago, _)| *days_ago < birth.days_ago);
            (home.clone(), earlier.map(|(_, address)| address.clone()))
        };
        let entry_year = school_entry_year(birth_date);
        let authority = plan.places.authority(unit.authority).code;
        let mut child = Child {
            identity: Identity::Child,
            number,
            birth_date,
            days_old: birth.days_ago,
            multiple_birth: twins.then_some(birth.maternity),
            boy,
            given_name,
            other_given_name,
            family_name,
            previous_family_name,
            preferred_family_name: None,
            address,
            previous_address,
            moved_days_ago: moved
                .as_ref()
                .map(|(days_ago, _)| *days_ago)
                .filter(|&d| d < birth.days_ago),
            renamed_days_ago: renamed.filter(|_| changes),
            nhs_number: plan.numbers.nhs_number(number),
            superseded_nhs_number: None,
            upn: (age >= 4).then(|| plan.numbers.upn(number, authority, entry_year)),
            looked_after,
            unaccompanied: false,
            arrived: false,
            arrived_days_ago: None,
            adopted_days_ago: None,
            disputed_birth_date: None,
            care_leaver: false,
            died_days_ago: None,
            emigrated_days_ago: None,
            could_befall: 0,
            befell: 0,
            beside: Vec::new(),
            need,
        };
        let about = Circumstances {
            plan,
            unit: unit_number,
            quintile: unit.quintile,
            named_as: &named_as.code,
            transliterated: population.naming.transliterated.contains(&origin.family),
            given_names: given_lists,
            family_names: family_list,
            mother_family_name: mother,
            alone: births.len() == 1,
            youngest: place == 0,
            departure,
        };
        life_event::live(&mut child, &about, &mut lives);
        children.push(child);
    }
    Family {
        number: family,
        authority: plan.places.authority(unit.authority),
        quintile: unit.quintile,
        decile: unit.decile,
        ethnicity,
        mother_given_name,
        mother_family_name: mother,
        father_given_name: given_lists[1].draw(PARENTS_BORN, &mut lives),
        patronymic: population.naming.patronymic.contains(&origin.family),
        homes: homes(plan, family, unit_number, home, moved),
        institutions: [plan.places.school(unit_number), plan.places.hospital(unit_number)],
        children,
    }
}

/// Returns a family's homes, the present one first, back to before any of its children was born.
///
/// Draws from a stream of its own: what agencies hold today does not depend on it.
fn homes(
    plan: &Plan,
    family: u32,
    unit: u32,
    home: Address,
    moved: Option<(u32, Address)>,
) -> Vec<(u32, Address)> {
    let mut rng = Stream::new(plan.seed, u64::from(family), Purpose::Past);
    let mut homes = Vec::with_capacity(4);
    let (mut address, mut next) = (home, moved);
    while let Some((days_ago, earlier)) = next.filter(|(days_ago, _)| *days_ago < OLDEST) {
        homes.push((days_ago, std::mem::replace(&mut address, earlier)));
        let days = rng.days_until(plan.chances.moved_in_a_year);
        let near = rng.chance(plan.chances.moved_within_neighbourhood);
        let other = plan.places.elsewhere(unit, near, &mut rng);
        next = Some((days_ago.saturating_add(days), plan.places.unit(other).other_house(&mut rng)));
    }
    homes.push((u32::MAX, address));
    homes
}

/// Says whether a text is a date on which a child of the extract may have been born.
pub(super) fn is_past(date: &str) -> bool {
    date.parse::<jiff::civil::Date>().is_ok_and(|date| date <= REFERENCE)
}

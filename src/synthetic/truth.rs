//! The truth as tables: who is who, who was what, and what nobody may link.

use super::family::{Child, Family, Identity};
use super::life_event::{self, LIFE_EVENTS};
use super::table::Table;

/// Child and which of its identities a record is about.
pub(super) type Whose = (u32, Identity);

pub(super) const RECORDS_HEADER: &[&str] = &["source", "record_id", "child_id"];
pub(super) const CORRUPTIONS_HEADER: &[&str] = &["source", "record_id", "attribute", "corruption"];
pub(super) const HISTORY_ERRORS_HEADER: &[&str] =
    &["history", "record_id", "row", "attribute", "corruption"];
pub(super) const CHILDREN_HEADER: &[&str] = &[
    "child_id",
    "entity_type",
    "household_id",
    "multiple_birth_id",
    "sex",
    "date_of_birth",
    "ethnicity",
    "imd_quintile",
    "looked_after",
    "age_band",
    "life_events",
    "imd_decile",
    "local_authority",
    "icb",
    "police_force",
];
/// Pairs of identities of one child that nobody may link.
pub(super) const PROHIBITED_HEADER: &[&str] = &["child_id", "other_child_id", "reason"];

/// Returns the identifier of what a record is about.
///
/// What stands beside a child has the child's number and another last letter.
pub(super) fn child_id((number, identity): Whose) -> String {
    let ending = match identity {
        Identity::Child => "",
        Identity::BeforeAdoption => "A",
        Identity::Unborn => "U",
    };
    format!("C{:08}{ending}", number + 1)
}

/// Adds a child, the identities beside it, and what nobody may link.
pub(super) fn push_child(
    children: &mut Table,
    prohibited: &mut Table,
    family: &Family,
    child: &Child,
) {
    push_row(children, family, child);
    for other in &child.beside {
        push_row(children, family, other);
        if other.identity == Identity::BeforeAdoption {
            let [before, after] = [other, child].map(|one| child_id((one.number, one.identity)));
            prohibited.push([before.as_str(), &after, "adoption"]);
        }
    }
}

fn push_row(children: &mut Table, family: &Family, child: &Child) {
    let birth_household = format!("H{:08}", family.number + 1);
    // An adopted child lives with others; what was known before belongs to the birth family.
    let adopted = child.beside.iter().any(|other| other.identity == Identity::BeforeAdoption);
    let household = match adopted {
        true => format!("{birth_household}-A{}", child.number + 1),
        false => birth_household.clone(),
    };
    let multiple_birth =
        child.multiple_birth.map(|birth| format!("{birth_household}-{}", birth + 1));
    let band = child.age().max(0) / 5 * 5;
    let entity_type = match child.identity {
        Identity::Child => "child",
        Identity::BeforeAdoption => "identity_before_adoption",
        Identity::Unborn => "unborn",
    };
    let own = |place: &usize| child.identity == Identity::Child && child.befell >> place & 1 == 1;
    let events: Vec<&str> = (0..LIFE_EVENTS.len())
        .filter(own)
        .map(|place| life_event::name(LIFE_EVENTS[place]))
        .collect();
    children.push([
        child_id((child.number, child.identity)).as_str(),
        entity_type,
        &household,
        multiple_birth.as_deref().unwrap_or_default(),
        if child.boy { "M" } else { "F" },
        &child.birth_date.to_string(),
        family.ethnicity.group().label(),
        &(family.quintile + 1).to_string(),
        if child.looked_after { "yes" } else { "no" },
        &format!("{band}-{}", band + 4),
        &events.join(" "),
        &(family.decile + 1).to_string(),
        family.authority.code,
        family.authority.icb,
        family.authority.force,
    ]);
}

//! Other names and dates of birth that a person gave to the police.

use crate::record::Agency;
use crate::synthetic::agency_file::slashed;
use crate::synthetic::held::Held;
use crate::synthetic::history::{Book, History, HistoryRow};

/// Aliases: a former or preferred surname, a nickname, a date of birth before an assessment.
pub(in crate::synthetic) struct PoliceAliases;

impl History for PoliceAliases {
    fn agency(&self) -> Agency {
        Agency::Police
    }

    fn name(&self) -> &'static str {
        "aliases"
    }

    fn header(&self) -> &'static [&'static str] {
        &[
            "person_record_id",
            "recorded_date",
            "alias_surname",
            "alias_forenames",
            "alias_date_of_birth",
        ]
    }

    fn rows(&self, book: &mut Book) -> Vec<HistoryRow> {
        let mut rng = book.pen.rng.branch();
        let child = book.about.child;
        let nicknames = book.about.plan.population.names.nicknames(child.given_name);
        let nickname = (!nicknames.is_empty()).then(|| rng.pick(nicknames).1.to_string());
        let disputed = child.disputed_birth_date.map(|date| date.to_string());
        // What the person may have said, and the corruption with which the record says it already.
        let said = [
            (Held::FamilyName, child.previous_family_name.clone(), "previous_surname"),
            (Held::FamilyName, child.preferred_family_name.clone(), "preferred_surname_used"),
            (Held::GivenName, nickname, "nickname"),
            (Held::DateOfBirth, disputed, "disputed_date"),
        ];
        let said: Vec<_> = said
            .into_iter()
            .filter_map(|(held, value, corruption)| Some((held, value?, corruption)))
            .collect();
        if said.is_empty() {
            return Vec::new();
        }
        let (held, value, corruption) = rng.pick(&said);
        if book.has(corruption) {
            return Vec::new();
        }
        let (values, struck) = book.write(&[(*held, value)]);
        let alias = values.of(*held);
        if alias.is_empty() || alias == book.values.of(*held) {
            return Vec::new();
        }
        let cells = vec![
            book.cell("event_date"),
            values.of(Held::FamilyName).into(),
            values.of(Held::GivenName).into(),
            slashed(values.of(Held::DateOfBirth)),
        ];
        vec![HistoryRow { cells, struck }]
    }
}

//! Episodes of care: a row a placement, with the home that the child came from.

use crate::record::Agency;
use crate::synthetic::agency_file::slashed;
use crate::synthetic::family::Identity;
use crate::synthetic::held::Held;
use crate::synthetic::history::{Book, History, HistoryRow};
use crate::synthetic::past::PlacementKind;

/// Episodes of children who are or were looked after.
pub(in crate::synthetic) struct SocialCareEpisodes;

/// Days after which an interim care order has become a full one (assumption).
const INTERIM_DAYS: i32 = 182;

impl History for SocialCareEpisodes {
    fn agency(&self) -> Agency {
        Agency::SocialCare
    }

    fn name(&self) -> &'static str {
        "episodes"
    }

    fn header(&self) -> &'static [&'static str] {
        &["CHILD", "DECOM", "RNE", "LS", "PLACE", "DEC", "REC", "HOME_POST", "PL_POST"]
    }

    fn rows(&self, book: &mut Book) -> Vec<HistoryRow> {
        let (past, child) = (book.past, book.about.child);
        // A record that still has the home for the address says so of the home, not of the placement.
        let stale = book.has("stale_address");
        let home = past.home_before_care.as_ref().map_or("", |home| home.postcode.as_str());
        let (home, struck_home) = match stale {
            true => (book.values.clone(), Vec::new()),
            false => book.write(&[(Held::Postcode, home)]),
        };
        let Some(begun) = past.placements.first().map(|placement| placement.first) else {
            return Vec::new();
        };
        let last = past.placements.len() - 1;
        let mut rows = Vec::with_capacity(last + 1);
        for (place, placement) in past.placements.iter().enumerate() {
            let postcode = match placement.of.kind {
                PlacementKind::ForAdoption => "",
                _ => &placement.of.address.postcode,
            };
            let now = placement.until.is_none();
            let (written, mut struck) = match now && !stale {
                true => (book.values.clone(), Vec::new()),
                false => book.write(&[(Held::Postcode, postcode)]),
            };
            struck.extend(&struck_home);
            let since = begun.until(placement.first).map_or(0, |span| span.get_days());
            let adoption = placement.of.kind == PlacementKind::ForAdoption;
            // Codes and their meanings are recalled.
            let legal_status = match since {
                _ if adoption => "E1",
                _ if child.unaccompanied => "V2",
                ..INTERIM_DAYS => "C1",
                _ => "C2",
            };
            let place_code = match placement.of.kind {
                PlacementKind::Foster => "U6",
                PlacementKind::ChildrensHome => "K2",
                PlacementKind::ForAdoption => "A6",
            };
            let reason = match placement.until {
                None => "",
                Some(_) if place < last => "X1",
                Some(_) if child.identity == Identity::BeforeAdoption => "E12",
                Some(_) => "E6",
            };
            rows.push(HistoryRow {
                cells: vec![
                    slashed(&placement.first.to_string()),
                    if place == 0 { "S" } else { "T" }.into(),
                    legal_status.into(),
                    place_code.into(),
                    placement.until.map_or(String::new(), |day| slashed(&day.to_string())),
                    reason.into(),
                    home.of(Held::Postcode).into(),
                    written.of(Held::Postcode).into(),
                ],
                struck,
            });
        }
        rows
    }
}

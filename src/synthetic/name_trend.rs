//! How the popularity of given names changed with the year of birth.
//!
//! Fitted curves are in `synthetic_data/frequencies/given_name_trends.csv`; the README there says
//! how well they fit.

use std::collections::BTreeMap;

use super::names::cells_of;

const TRENDS: &str = include_str!("../../synthetic_data/frequencies/given_name_trends.csv");

/// Years of the counts that trends were fitted to.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrendYears {
    #[allow(dead_code, reason = "read by people, required in the file")]
    source: String,
    /// First and last year; births outside are taken for births in the nearer of them.
    counted: [i16; 2],
    /// First and last of the years whose counts rank the lists.
    ranked: [i16; 2],
    /// Year from which decades are counted.
    middle: i16,
}

impl TrendYears {
    /// Returns the years for which names are weighed.
    pub(super) fn all(&self) -> impl Iterator<Item = i16> {
        self.counted[0]..=self.counted[1]
    }
}

/// Trend of one name: its share is as `exp(slope·x + curvature·x²)`, x in decades.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trend {
    slope: f64,
    curvature: f64,
}

impl Trend {
    fn level(self, year: i16, middle: i16) -> f64 {
        let x = f64::from(year - middle) / 10.0;
        (self.slope * x + self.curvature * x * x).exp()
    }
}

/// Trends of all names that have one.
pub(super) struct NameTrends {
    years: TrendYears,
    /// By group, sex and name.
    trends: BTreeMap<(&'static str, &'static str, &'static str), Trend>,
}

impl NameTrends {
    /// Reads the shipped trends.
    pub(super) fn shipped(years: &TrendYears) -> Self {
        let number = |cell: &str| cell.parse().expect("slopes in shipped trends are numbers");
        let trends = cells_of(TRENDS).map(|[group, sex, name, slope, curvature]| {
            ((group, sex, name), Trend { slope: number(slope), curvature: number(curvature) })
        });
        Self { years: years.clone(), trends: trends.collect() }
    }

    /// Returns the factor of a name's weight in each year of [`TrendYears::all`].
    ///
    /// Its mean over the years that rank the lists is 1. A name without a trend has none.
    pub(super) fn factors(
        &self,
        group: &'static str,
        sex: &'static str,
        name: &'static str,
    ) -> Option<Vec<f64>> {
        let trend = self.trends.get(&(group, sex, name))?;
        let (TrendYears { ranked: [first, last], middle, .. }, years) = (&self.years, &self.years);
        let count = f64::from(last - first + 1);
        let mean = (*first..=*last).map(|year| trend.level(year, *middle)).sum::<f64>() / count;
        Some(years.all().map(|year| trend.level(year, *middle) / mean).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::population::Population;

    /// Counts of ONS, Baby names in England and Wales (Open Government Licence v3.0), of 2001 and
    /// 2020. How far one name gained on another does not depend on who else was born, so that the
    /// two can be compared. Curves of two parameters round peaks off: over these names (the most
    /// given of either year and a few more) they miss 13 % of the change of the logarithm.
    #[test]
    fn names_gain_on_each_other_as_the_official_counts_say() {
        let population = Population::shipped().unwrap();
        let (mut missed, mut changed) = (0.0, 0.0);
        for (sex, falling, rising) in [
            (0, ("Chloe", 6_984.0, 980.0), ("Amelia", 1_709.0, 3_319.0)),
            (0, ("Jessica", 4_888.0, 1_156.0), ("Olivia", 4_001.0, 3_640.0)),
            (0, ("Chloe", 6_984.0, 980.0), ("Lily", 1_368.0, 2_150.0)),
            (1, ("Thomas", 8_337.0, 2_646.0), ("Oliver", 4_534.0, 4_225.0)),
            (1, ("Jack", 9_000.0, 2_900.0), ("Noah", 320.0, 4_042.0)),
            (1, ("Callum", 4_142.0, 332.0), ("Joshua", 7_182.0, 1_989.0)),
        ] {
            let list = &population.names.given("british").unwrap()[sex];
            let gain = |name| list.share(name, 2020) / list.share(name, 2001);
            let made = gain(rising.0) / gain(falling.0);
            let counted = (rising.2 / rising.1) / (falling.2 / falling.1);
            missed += (made / counted).ln().abs();
            changed += counted.ln().abs();
        }
        assert!(missed < 0.2 * changed, "{missed} of {changed}");
    }

    #[test]
    fn births_outside_the_counts_are_taken_for_the_nearest_year() {
        let population = Population::shipped().unwrap();
        let list = &population.names.given("british").unwrap()[0];
        let share = |year| list.share("Chloe", year);
        assert_eq!((share(1970), share(2026)), (share(1996), share(2020)));
        assert!(share(1996) > 3.0 * share(2020));
    }

    #[test]
    fn factors_have_mean_one_over_the_years_that_rank_the_lists() {
        let years = TrendYears {
            source: String::new(),
            counted: [2000, 2004],
            ranked: [2001, 2003],
            middle: 2002,
        };
        let trends =
            BTreeMap::from([(("british", "F", "Olivia"), Trend { slope: 2.0, curvature: -1.0 })]);
        let trends = NameTrends { years, trends };
        let factors = trends.factors("british", "F", "Olivia").unwrap();
        assert_eq!(factors.len(), 5);
        assert!((factors[1..4].iter().sum::<f64>() / 3.0 - 1.0).abs() < 1e-12);
        // Two tenths of a decade from the middle: exp(2·0.2 − 0.04) against exp(−2·0.2 − 0.04).
        assert!((factors[4] / factors[0] - 0.8f64.exp()).abs() < 1e-12);
        assert_eq!(trends.factors("british", "M", "Olivia"), None);
    }

    #[test]
    fn every_trend_is_of_a_name_of_its_list() {
        let population = Population::shipped().unwrap();
        let known = |&(group, sex, name): &(&str, &str, &str)| {
            let lists = population.names.given(group).unwrap();
            lists[usize::from(sex == "M")].share(name, 2010) > 0.0
        };
        let trends = NameTrends::shipped(&TrendYears {
            source: String::new(),
            counted: [1996, 2020],
            ranked: [2006, 2020],
            middle: 2008,
        });
        assert!(trends.trends.len() > 1_800 && trends.trends.keys().all(known));
    }
}

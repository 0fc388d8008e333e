//! The `population` rates of a profile, looked up once for millions of families.

use super::profile::Profile;

macro_rules! chances {
    ($($name:ident)+) => {
        /// Chances by which families differ; what each means is in the profile.
        pub(super) struct Chances { $(pub(super) $name: f64,)+ }

        impl Chances {
            /// Keys that a profile must give.
            pub(super) const KEYS: &[&str] = &[$(concat!("population.", stringify!($name)),)+];

            /// Looks the chances up.
            pub(super) fn of(profile: &Profile) -> Self {
                Self { $($name: profile.rate(concat!("population.", stringify!($name))),)+ }
            }
        }
    };
}

chances! {
    multiple_maternities triplets_among_multiples boys same_initial_multiples other_given_name
    double_barrelled mothers_surname half_sibling_surname surname_change moved
    moved_within_neighbourhood moved_in_a_year looked_after childrens_home left_care_in_a_year
    placement_changed_in_a_year known_to_25
}

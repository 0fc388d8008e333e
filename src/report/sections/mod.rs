//! The sections of the report, one file each. Adding one is a file here and a line in the list.

mod banner;
mod blocking;
mod calibration;
mod glossary;
mod groups;
mod inputs;
mod main_points;
mod method_sheet;
mod mistakes;
mod model;
mod services;
mod strategies;

use super::section::Section;

/// Every section, in the order of the page.
pub static SECTIONS: &[&dyn Section] = &[
    &banner::Banner,
    &main_points::MainPoints,
    &services::Services,
    &groups::Groups,
    &mistakes::Mistakes,
    &strategies::Strategies,
    &inputs::Inputs,
    &model::Model,
    &calibration::Calibration,
    &blocking::Blocking,
    &method_sheet::MethodSheet,
    &glossary::Glossary,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sections_are_unique_and_fit_links() {
        for (place, section) in SECTIONS.iter().enumerate() {
            let id = section.id();
            assert!(id.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'), "{id}");
            assert!(SECTIONS[..place].iter().all(|other| other.id() != id), "{id} twice");
        }
    }
}

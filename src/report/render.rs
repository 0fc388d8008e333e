//! Turns the blocks of every section into one HTML page.
//!
//! The only file that knows the template engine. Everything is escaped but the charts,
//! which escape their own text.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::Serialize;

use super::content::Block;
use super::disclosure::Profile;
use super::input::ReportInput;
use super::sections::SECTIONS;
use super::view::View;
use crate::error::{Error, ErrorKind, Result};

/// Templates by the name under which they include one another.
const TEMPLATES: &[(&str, &str)] = &[
    ("page.html", include_str!("templates/page.html")),
    ("block.html", include_str!("templates/block.html")),
    ("table.html", include_str!("templates/table.html")),
    ("style.css", include_str!("templates/style.css")),
];

/// Section as the template reads it.
#[derive(Serialize)]
struct Rendered {
    id: &'static str,
    title: &'static str,
    blocks: Vec<Block>,
}

/// Renders the report as one HTML page that needs no other file, script or network.
///
/// The same input and profile give the same bytes.
///
/// # Errors
/// `BadValue` if the profile is not for these records; `Bug` if a template is broken.
pub fn render(input: &ReportInput, profile: Profile) -> Result<String> {
    let view = View::new(input, profile)?;
    let sections: Vec<Rendered> = SECTIONS
        .iter()
        .map(|section| Rendered {
            id: section.id(),
            title: section.title(),
            blocks: section.blocks(&view),
        })
        .filter(|section| !section.blocks.is_empty())
        .collect();
    // The name goes into the style sheet, where escaping for HTML does not protect.
    let run_id: String =
        input.run.run_id.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    page(&sections, &run_id).map_err(|cause| {
        Error::new(ErrorKind::Bug, format!("the report's template failed: {cause}"))
            .help("report this with the version of cci")
    })
}

fn page(sections: &[Rendered], run_id: &str) -> std::result::Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()?;
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    let sections = Value::from(Serde(sections));
    environment.get_template("page.html")?.render(context! { sections, run_id })
}

//! Status of the data, before anything else.

use crate::report::caveat;
use crate::report::content::Block;
use crate::report::disclosure::{Profile, Shown};
use crate::report::number;
use crate::report::section::Section;
use crate::report::view::View;

pub(super) struct Banner;

impl Section for Banner {
    fn id(&self) -> &'static str {
        "status"
    }

    fn title(&self) -> &'static str {
        ""
    }

    fn blocks(&self, view: &View<'_>) -> Vec<Block> {
        let run = &view.input.run;
        let records = number::several(view.overall.linked.denominator, "record");
        let sources = view.sources.len();
        let coverage = match run.children {
            Some(children) => format!(
                "{records} in {sources} services about {}",
                match view.profile.show(children) {
                    Shown::Count(1) => "1 child".into(),
                    shown => format!("{} children", number::shown(shown)),
                }
            ),
            None => format!("{records} in {sources} sources"),
        };
        let mut facts = vec![coverage, format!("Run {}", run.run_id)];
        facts.extend(run.date.clone());
        facts.push(format!("cci {}", run.version));
        let (status, meaning) = if run.synthetic {
            ("Synthetic data", caveat::SYNTHETIC)
        } else {
            ("Not synthetic", "These figures come from records that are not stamped synthetic.")
        };
        let control = match view.profile {
            Profile::Synthetic => "",
            Profile::Publish => " Counts from 1 to 9 are hidden [c], the others rounded to 5.",
        };
        vec![Block::Banner { status: status.into(), text: format!("{meaning}{control}"), facts }]
    }
}

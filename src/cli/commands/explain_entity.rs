//! `cci explain entity`: what holds the records of an entity together, and what would part them.

use crate::cli::arguments::ExplainEntityArguments;
use crate::cli::console::{Console, print};
use crate::cli::explained_entity::ExplainedEntity;
use crate::cli::judgement::Judgement;
use crate::cli::manifest::to_json;
use crate::error::{Error, ErrorKind, Result};
use crate::record::RecordId;

/// Runs the command.
///
/// # Errors
/// `RecordNotFound` for an entity or a record that is not there; `BadValue` if the strategy of the
/// settings scores no pairs; what the strategy cannot do.
pub(in crate::cli) fn run(
    options: &ExplainEntityArguments,
    console: &Console,
    json: bool,
) -> Result<()> {
    let judgement = Judgement::of(&options.data, console)?;
    let entity = match options.entity.parse::<u32>() {
        Ok(number) => {
            let count = judgement.outcome.entities.count();
            let retired = |record: RecordId| judgement.data.constraints.retires(record);
            if number >= count || judgement.members(number).into_iter().any(retired) {
                return Err(Error::new(
                    ErrorKind::RecordNotFound,
                    format!("no entity {number}; they are numbered from 0, and there are {count}"),
                )
                .help("copy the number from entities.parquet, or name one of its records"));
            }
            number
        }
        Err(_) => judgement.entity_of(judgement.data.find_record(&options.entity)?),
    };
    let explained = ExplainedEntity::of(&judgement, entity)?;
    if json {
        print(&to_json(&explained)?);
    } else {
        print(&explained.describe(options.most));
    }
    Ok(())
}

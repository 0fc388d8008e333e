//! Where a command finds a trained model, and how data are given one.

use std::path::{Path, PathBuf};

use super::arguments::ScoredDataArguments;
use super::console::Console;
use super::data::{Data, MODEL};
use crate::error::{Error, Result};
use crate::model::{Model, ModelFile};
use crate::normalise::CANON_VERSION;

/// Returns what a reader of a model must be warned of.
pub(super) fn warnings(model: &Model) -> Vec<String> {
    let mut warnings = Vec::new();
    if model.may_be_of_households() {
        warnings.push(
            "Warning: this model may have learnt households in place of children: most of its \
             matches share a surname or a place, but fewer than half a given name or a date of \
             birth. Name a roll under [household], or add a [[train]] rule on given name and date of birth"
                .into(),
        );
    }
    if let Some((first, rest)) = model.training.unlearnt.split_first() {
        let names = rest.iter().fold(first.clone(), |all, name| all + ", " + name);
        warnings.push(format!(
            "Warning: every rule that was trained on asks for {names}, so what agreement there is \
             worth could not be learnt and the usual values are kept. Add a [[train]] rule without"
        ));
    }
    warnings.extend(model.against().map(|of| {
        format!(
            "Warning: agreement on {name} ({level}) counts against a match: it is rarer among \
             matches than by chance, as where one source writes {name} otherwise than another. \
             Leave it out of the comparisons, or give it other levels",
            name = of.attribute,
            level = of.labels[0],
        )
    }));
    warnings
}

/// Reads a model file, or that of a run folder.
///
/// # Errors
/// `Unreadable` if there is none; `BadModel` if it cannot be used.
pub(super) fn read(path: &Path) -> Result<ModelFile> {
    let path = file_of(path);
    ModelFile::read(&bytes(&path)?, &name(&path))
}

/// Returns the model file that a path means: the path itself, or the file in a run folder.
pub(super) fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(MODEL) } else { path.to_path_buf() }
}

/// Returns the bytes of a file.
///
/// # Errors
/// `Unreadable`, with the next step for a missing model.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|cause| {
        let error = Error::unreadable(path, &cause);
        match cause.kind() {
            std::io::ErrorKind::NotFound => {
                error.help("make a model with cci run or cci link, then name its folder or file")
            }
            _ => error,
        }
    })
}

/// Returns a file's name without its folder, for messages.
pub(super) fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Finds data as a command's options say, with the model to score them with, if one is named.
///
/// # Errors
/// What [`read`], [`Data::find`] and [`give`] refuse.
pub(super) fn find_data(options: &ScoredDataArguments, console: &Console) -> Result<Data> {
    let of_run = options.data.run.join(MODEL);
    let model = match &options.model {
        Some(path) => Some(read(path)?),
        // What a run decided it decided by its own model.
        None if options.data.config.is_none() && of_run.is_file() => Some(read(&of_run)?),
        None => None,
    };
    let mut data = Data::find(&options.data, console)?;
    data.keep_to(options.custodian.as_deref())?;
    if let Some(file) = model {
        give(file, &mut data, console)?;
    }
    Ok(data)
}

/// Gives data a model to be scored with in place of one trained on them.
///
/// # Errors
/// `BadModel` if it was trained on other comparisons or under another canonicalisation.
pub(super) fn give(file: ModelFile, data: &mut Data, console: &Console) -> Result<()> {
    file.check_fits(CANON_VERSION, &data.plan.comparisons)
        .map_err(|error| error.note(format!("settings: {}", data.settings.name())))?;
    if file.model.household_prior.is_none() && data.plan.household.is_some() {
        console.say(
            "The model knows no household class, though one could be learnt from these records",
        );
    }
    data.plan.model = Some(file.model);
    Ok(())
}

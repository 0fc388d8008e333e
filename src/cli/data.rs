//! Data as a command finds them: settings, records read through them, the plan.

use std::path::{Path, PathBuf};

use super::arguments::DataArguments;
use super::console::Console;
use super::custodian::Custodian;
use super::digest;
use super::linkage_settings::{LinkageSettings, data_folder};
use super::manifest::{as_at_of, decided_by};
use super::run_folder::{MANIFEST, RunFolder};
use super::token_exchange;
use crate::error::{Error, ErrorKind, Result};
use crate::record::RecordId;
use crate::schema::{self, AsAt, Reading, read_with_quarantine};
use crate::strategy::{Constraints, Plan};

/// Name of the settings in a run folder.
pub(super) const SETTINGS: &str = "settings.toml";
/// Name of the trained model in a run folder.
pub(super) const MODEL: &str = "model.toml";
/// Folder of a run that holds generated data.
pub(super) const DATA: &str = "data";

/// Settings and the records read through them.
pub(super) struct Data {
    /// Settings.
    pub(super) settings: LinkageSettings,
    /// Folder that holds the files.
    pub(super) folder: PathBuf,
    /// Records, accounts and faults.
    pub(super) reading: Reading,
    /// What the settings ask of these records.
    pub(super) plan: Plan,
    /// What the custodian has decided of single records.
    pub(super) constraints: Constraints,
    /// Digest of the seals among them.
    pub(super) seals: Option<String>,
    /// Day as at which ages were judged, if one was given.
    pub(super) as_at: Option<AsAt>,
    /// Name and digest of each file read.
    pub(super) inputs: Vec<(String, String)>,
}

impl Data {
    /// Reads the files that settings name, from a folder; bad rows go to `out`, if there is one.
    ///
    /// Ages are judged as at the day given, else that of the settings, else that on which the
    /// folder's files were generated.
    ///
    /// # Errors
    /// Whatever is wrong with settings or files; `Unwritable` if the disk is full.
    pub(super) fn read(
        settings: LinkageSettings,
        folder: &Path,
        as_at: Option<AsAt>,
        out: Option<&RunFolder>,
    ) -> Result<Self> {
        let files = settings.files(folder)?;
        let attributes = settings.attributes()?;
        let mut options = settings.read_options()?;
        options.as_at = match as_at.or(options.as_at) {
            None => as_at_of(folder)?,
            given => given,
        };
        let reading = match out {
            Some(out) => read_with_quarantine(&files, &attributes, &options, &out.stage(""))?,
            None => schema::read(&files, &attributes, &options)?,
        };
        token_exchange::refuse_several(&reading.records)?;
        let plan = settings.plan(&reading.records)?;
        let name = |path: &Path| {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let histories = reading.histories.iter().map(|history| Path::new(&history.file));
        let read = files.iter().map(|file| file.path.as_path()).chain(histories);
        let inputs: Result<Vec<(String, String)>> =
            read.map(|path| Ok((name(path), digest::of_file(path)?))).collect();
        let (as_at, folder) = (options.as_at, folder.to_path_buf());
        let (constraints, inputs) = (Constraints::default(), inputs?);
        Ok(Self { settings, folder, reading, plan, constraints, seals: None, as_at, inputs })
    }

    /// Keeps to what was decided and sealed in a custodian's folder, if one is named.
    ///
    /// # Errors
    /// `BadKey` or `BadStore` if the folder cannot be used.
    pub(super) fn keep_to(&mut self, custodian: Option<&Path>) -> Result<()> {
        if let Some(folder) = custodian {
            let mut custodian = Custodian::open(folder)?;
            self.constraints = custodian.constraints(&self.reading.records)?;
            self.seals = custodian.seals_digest()?;
        }
        Ok(())
    }

    /// Finds a record by its full name; one that is retired is not there.
    ///
    /// # Errors
    /// `RecordNotFound`, with the nearest that is.
    pub(super) fn find_record(&self, name: &str) -> Result<RecordId> {
        self.reading.records.find_among(name, |record| !self.constraints.retires(record))
    }

    /// Finds settings and files as a command's options say, and reads them.
    ///
    /// # Errors
    /// `Unreadable`, with the next step, if there is no run and no settings were given.
    pub(super) fn find(options: &DataArguments, console: &Console) -> Result<Self> {
        let data = options.data.as_deref();
        let (settings, folder, as_at) = match &options.config {
            Some(path) => (LinkageSettings::read(path)?, data_folder(path, data), None),
            None => {
                let (settings, run) = (of_run(&options.run)?, &options.run);
                (settings, files_of_run(run, data)?, as_at_of(run)?)
            }
        };
        let of_folder = match folder.as_os_str().is_empty() {
            true => String::new(),
            false => format!("{} ", folder.display()),
        };
        console.say(&format!("Reading {of_folder}by {}", settings.name()));
        Self::read(settings, &folder, as_at, None)
    }
}

/// Returns the settings of a run, with the strategy and the clusterer that decided there.
///
/// # Errors
/// `Unreadable` if there is no complete run there.
pub(super) fn of_run(run: &Path) -> Result<LinkageSettings> {
    if !run.join(MANIFEST).is_file() {
        return Err(Error::new(
            ErrorKind::Unreadable,
            format!("{}: no complete run is here", run.display()),
        )
        .help("make one with cci run, or name another with --run"));
    }
    let (strategy, clusterer) = decided_by(run)?;
    Ok(LinkageSettings::read(&run.join(SETTINGS))?.decided_by(strategy, clusterer))
}

/// Returns the folder of the files that a run read: the one named, or the run's own.
///
/// # Errors
/// `Unreadable` if none is named and the run has none.
pub(super) fn files_of_run(run: &Path, named: Option<&Path>) -> Result<PathBuf> {
    let own = run.join(DATA);
    match named {
        Some(folder) => Ok(folder.to_path_buf()),
        None if own.is_dir() => Ok(own),
        None => Err(Error::new(
            ErrorKind::Unreadable,
            format!("{}: the files that were linked are not in the run's folder", run.display()),
        )
        .help("name the folder that holds them with --data")),
    }
}

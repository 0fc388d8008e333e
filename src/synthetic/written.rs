//! A world in files, written as it is made.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use super::calibration::Measured;
use super::file_format::{FileFormat, FileWriter};
use super::generate::{Errors, Settings, build};
use super::shuffle::Wait;
use super::world::{File, Output};
use crate::error::{Error, Result};
use crate::record::Agency;
use crate::schema::WholeFile;

/// Children above whose number records wait in files for their order.
const IN_MEMORY: u32 = 100_000;
/// Folder of those files; it is gone when all is written.
const SCRATCH: &str = ".scratch";

/// Files that were written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Path and number of rows of each file, the header left out.
    pub files: Vec<(PathBuf, usize)>,
    /// Every rate that the world was to have, and what was found.
    pub measured: Vec<Measured>,
}

/// Makes a world and writes `health.csv`, `health_addresses.csv` and their like, or Parquet, and
/// `truth/records.csv`, `children.csv`, `corruptions.csv`, `histories.csv`, `prohibited.csv`.
///
/// The format is that of the agencies' files and histories; the truth is CSV always. Files get their
/// names once all are complete. Memory does not grow with the number of children. Another thread
/// may read `done`, which counts up to [`Settings::steps`].
///
/// # Errors
/// As for [`generate`](super::generate()); `Unwritable` if the folder or a file cannot be written.
pub fn write(
    settings: &Settings,
    folder: &Path,
    format: FileFormat,
    done: &AtomicU64,
) -> Result<Written> {
    let scratch = folder.join(SCRATCH);
    let wait = match settings.children > IN_MEMORY {
        true => Wait::Folder(&scratch),
        false => Wait::Memory,
    };
    let written = write_by(settings, folder, format, wait, done);
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(|cause| Error::unwritable(&scratch, &cause))?;
    }
    written
}

fn write_by(
    settings: &Settings,
    folder: &Path,
    format: FileFormat,
    wait: Wait,
    done: &AtomicU64,
) -> Result<Written> {
    let mut files = Files::create(folder, format)?;
    let measured = build(settings, Errors::Made, wait, &mut files, done)?;
    Ok(Written { files: files.finish()?, measured })
}

/// Files under construction.
struct Files {
    /// In the order in which they are listed.
    open: Vec<OpenFile>,
    /// All rows are in these, the first of the list. Each gets its name with the others, so that a
    /// run that fails leaves none.
    closed: Vec<(PathBuf, usize, WholeFile)>,
}

struct OpenFile {
    file: File,
    path: PathBuf,
    rows: usize,
    writer: FileWriter,
}

impl Files {
    fn create(folder: &Path, agencies: FileFormat) -> Result<Self> {
        let truth = folder.join("truth");
        fs::create_dir_all(&truth).map_err(|cause| Error::unwritable(&truth, &cause))?;
        let open = |file: File| {
            let (folder, format) = match file.agency() {
                Some(_) => (folder, agencies),
                None => (truth.as_path(), FileFormat::Csv),
            };
            let path = folder.join(format!("{}.{}", file.name(), format.name()));
            let writer = format.create(&path, file.header())?;
            Ok(OpenFile { file, path, rows: 0, writer })
        };
        Ok(Self { open: File::all().map(open).collect::<Result<_>>()?, closed: Vec::new() })
    }

    /// Writes what waits in memory of the files of an agency, or of the truth.
    fn close(&mut self, agency: Option<Agency>) -> Result<()> {
        for open in self.open.extract_if(.., |open| open.file.agency() == agency) {
            self.closed.push((open.path, open.rows, open.writer.close()?));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<(PathBuf, usize)>> {
        self.close(None)?;
        let finish = |(path, rows, file): (PathBuf, usize, WholeFile)| {
            file.finish()?;
            Ok((path, rows))
        };
        self.closed.into_iter().map(finish).collect()
    }
}

impl Output for Files {
    fn row(&mut self, file: File, cells: &[&str]) -> Result<()> {
        let open = self.open.iter_mut().find(|open| open.file == file);
        let open = open.expect("a file is open until its agency is complete");
        open.rows += 1;
        open.writer.row(cells)
    }

    fn complete(&mut self, agency: Agency) -> Result<()> {
        self.close(Some(agency))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::synthetic::profile::Profile;

    #[test]
    fn files_are_the_same_wherever_records_waited() {
        let profile = Profile::find("typical").unwrap();
        let settings = Settings { children: 2_000, seed: 7, profile, overrides: vec![] };
        let [one, other] = [0, 1].map(|_| tempfile::tempdir().unwrap());
        let scratch = one.path().join(SCRATCH);
        let done = [0, 1].map(|_| AtomicU64::new(0));
        let by_files = Wait::Folder(&scratch);
        let by_files =
            write_by(&settings, one.path(), FileFormat::Csv, by_files, &done[0]).unwrap();
        let by_memory =
            write_by(&settings, other.path(), FileFormat::Csv, Wait::Memory, &done[1]).unwrap();
        assert!(done.iter().all(|done| done.load(Ordering::Relaxed) == settings.steps()));
        assert_eq!(by_files.measured, by_memory.measured);
        for ((a, rows), (b, others)) in by_files.files.iter().zip(&by_memory.files) {
            assert_eq!(rows, others);
            assert!(fs::read(a).unwrap() == fs::read(b).unwrap(), "{}", a.display());
        }
    }
}

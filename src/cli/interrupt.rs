//! Ctrl-C: leave at once, and leave nothing half written behind.
//!
//! Files are staged under names that are not final, so a stop at any moment is safe; the handler
//! only takes the staging folder away.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::error::ErrorKind;

/// Folders to take away if the user stops the command.
static STAGING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Installs the handler; called once, at the start.
pub(super) fn install() {
    // A second handler can only be an embedding program's own, which then rules.
    let _ = ctrlc::set_handler(|| {
        if let Ok(folders) = STAGING.lock() {
            for folder in folders.iter() {
                let _ = std::fs::remove_dir_all(folder);
                // An output folder that this command made goes too, if it is empty.
                let _ = folder.parent().map(std::fs::remove_dir);
            }
        }
        eprintln!("\nerror[{}]: stopped; no output was changed", ErrorKind::Interrupted.code());
        std::process::exit(i32::from(ErrorKind::Interrupted.exit_status()));
    });
}

/// Remembers a staging folder.
pub(super) fn watch(folder: &Path) {
    if let Ok(mut folders) = STAGING.lock() {
        folders.push(folder.to_path_buf());
    }
}

/// Forgets a staging folder that is gone.
pub(super) fn forget(folder: &Path) {
    if let Ok(mut folders) = STAGING.lock() {
        folders.retain(|known| known != folder);
    }
}

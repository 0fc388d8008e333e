//! Ctrl-C: leave at once, and leave nothing half written behind.
//!
//! Files are staged under names that are not final, so a stop at any moment is safe; the handler
//! only takes the staging folder away. While final names are given it waits: that is short.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use crate::error::ErrorKind;

/// Folders to take away if the user stops the command.
static STAGING: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Whether the user has stopped the command.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Installs the handler; called once, at the start.
pub(super) fn install() {
    // A second handler can only be an embedding program's own, which then rules.
    let _ = ctrlc::set_handler(|| {
        STOPPING.store(true, Ordering::SeqCst);
        let staging = lock();
        for folder in staging.iter() {
            take_away(folder);
            // An output folder that this command made goes too, if it is empty.
            let _ = folder.parent().map(std::fs::remove_dir);
        }
        let said = if staging.is_empty() { "stopped" } else { "stopped; no output was changed" };
        // Nobody may read the message, and a panic here would leave the command waiting for ever.
        let _ = writeln!(std::io::stderr(), "\nerror[{}]: {said}", ErrorKind::Interrupted.code());
        std::process::exit(i32::from(ErrorKind::Interrupted.exit_status()));
    });
}

/// Takes a folder away, again if work that is still going on puts something into it.
fn take_away(folder: &Path) {
    for _ in 0..20 {
        let _ = std::fs::remove_dir_all(folder);
        std::thread::sleep(Duration::from_millis(10));
        if !folder.exists() {
            return;
        }
    }
}

/// Never returns if the user has stopped the command: the handler ends the process.
///
/// The work may fail because the handler took its files away; that is no error to tell of.
pub(super) fn wait_if_stopping() {
    while STOPPING.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Remembers a staging folder.
pub(super) fn watch(folder: &Path) {
    lock().push(folder.to_path_buf());
}

/// Forgets a staging folder, and keeps the handler waiting until the guard is dropped.
pub(super) fn forget(folder: &Path) -> MutexGuard<'static, Vec<PathBuf>> {
    let mut staging = lock();
    staging.retain(|known| known != folder);
    staging
}

fn lock() -> MutexGuard<'static, Vec<PathBuf>> {
    // A thread that panicked while it held the list left it as it was.
    STAGING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

//! What a person sees while a command works: stage lines, and a bar for what takes long.
//!
//! Results go to standard output, everything else to standard error. No colours are used.

use std::io::{IsTerminal, Write};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::manifest::to_json;
use crate::error::Result;
use crate::strategy::Progress;

/// Time after which a stage shows a bar on a terminal.
const BAR_AFTER: Duration = Duration::from_secs(2);
/// Longest silence where standard error is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How much a command says, and to what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Console {
    /// Whether stage lines are shown.
    pub(super) quiet: bool,
    /// Whether bars may be drawn.
    pub(super) bars: bool,
}

impl Console {
    /// Does one stage of the work, and says what came of it and how long it took.
    ///
    /// `work` returns its result and the stage's line.
    ///
    /// # Errors
    /// Those of the work.
    pub(super) fn stage<T>(
        &self,
        place: &str,
        name: &str,
        progress: &Progress,
        work: impl FnOnce() -> Result<(T, String)>,
    ) -> Result<T> {
        let start = Instant::now();
        let (result, line) = self.watched(name, progress, work)?;
        self.say(&format!("{place} {name:<9}  {line:<76} {:>5.1}s", start.elapsed().as_secs_f64()));
        Ok(result)
    }

    /// Writes a line to standard error unless asked to be quiet.
    pub(super) fn say(&self, line: &str) {
        if !self.quiet {
            // A closed standard error is no reason to stop the work.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    /// Runs work while another thread shows how far it is.
    fn watched<T>(&self, name: &str, progress: &Progress, work: impl FnOnce() -> T) -> T {
        if self.quiet {
            return work();
        }
        progress.start(0);
        let done = (Mutex::new(false), Condvar::new());
        std::thread::scope(|scope| {
            scope.spawn(|| self.watch(name, progress, &done));
            let guard = SetOnDrop(&done);
            let result = work();
            drop(guard);
            result
        })
    }

    fn watch(&self, name: &str, progress: &Progress, (flag, changed): &(Mutex<bool>, Condvar)) {
        let on_terminal = self.bars && std::io::stderr().is_terminal();
        let mut bar: Option<ProgressBar> = None;
        let start = Instant::now();
        let mut last_line = start;
        let tick = Duration::from_millis(100);
        let Ok(mut finished) = flag.lock() else { return };
        while !*finished {
            finished = match changed.wait_timeout(finished, tick) {
                Ok((guard, _)) => guard,
                Err(_) => return,
            };
            let (done, of) = progress.read();
            if on_terminal && start.elapsed() > BAR_AFTER {
                let bar = bar.get_or_insert_with(|| new_bar(name));
                bar.set_style(style(if of > 0 { KNOWN } else { UNKNOWN }));
                bar.set_length(of);
                bar.set_position(done.min(of));
            } else if !on_terminal && last_line.elapsed() > LINE_EVERY {
                last_line = Instant::now();
                let share = (100 * done.min(of)).checked_div(of);
                let share = share.map_or(String::new(), |percent| format!("{percent}% done, "));
                self.say(&format!("    {name}: {share}{} s", start.elapsed().as_secs()));
            }
        }
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }
}

/// Says that the work is over, even if it panicked, so that the watcher ends.
struct SetOnDrop<'a>(&'a (Mutex<bool>, Condvar));

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        if let Ok(mut flag) = self.0.0.lock() {
            *flag = true;
        }
        self.0.1.notify_all();
    }
}

/// Bar of a step whose length is known.
const KNOWN: &str = "    {msg} {wide_bar} {percent}%, {eta} left";
/// Line of a step whose length is not known.
const UNKNOWN: &str = "    {msg} {elapsed}";

fn new_bar(name: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
    bar.with_message(name.to_string())
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Writes what was done as a line, or as JSON.
///
/// # Errors
/// `Bug` if it cannot be written as JSON.
pub(super) fn say(done: &impl Serialize, line: &str, json: bool) -> Result<()> {
    print(&if json { to_json(done)? } else { line.to_string() });
    Ok(())
}

/// Writes a result to standard output; a reader that has gone away is no error.
pub(super) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}

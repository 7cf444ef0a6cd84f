//! Progress on a terminal; nothing in a pipe.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use innkeeper_engine::{Event, Progress};
use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Draws a line for everything that is read, and one for a run.
pub(crate) struct Bars {
    all: MultiProgress,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    /// Draws only where somebody looks.
    pub(crate) fn new() -> Self {
        let all = MultiProgress::new();
        if !std::io::stderr().is_terminal() {
            all.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        Self { all, bars: Mutex::default() }
    }

    /// Takes everything from the screen.
    pub(crate) fn clear(&self) {
        for (_, bar) in self.bars.lock().unwrap_or_else(PoisonError::into_inner).drain() {
            bar.finish_and_clear();
        }
    }

    fn with(&self, name: &str, total: Option<u64>, act: impl FnOnce(&ProgressBar)) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bars.entry(name.to_owned()).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::no_length()).with_prefix(name.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let template = match total {
            Some(total) => {
                bar.set_length(total);
                "{spinner} {prefix:16!} {wide_bar} {pos}/{len} {msg}"
            }
            None => "{spinner} {prefix:16!} {pos} {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━━ "));
        }
        act(bar);
    }
}

impl Progress for Bars {
    fn event(&self, event: Event<'_>) {
        if self.all.is_hidden() {
            return;
        }
        match event {
            Event::Read { from, what, read, total } => self.with(from, total.map(u64::from), |bar| {
                bar.set_position(read as u64);
                bar.set_message(what);
            }),
            Event::ReadAll { from } => {
                if let Some(bar) = self.bars.lock().unwrap_or_else(PoisonError::into_inner).remove(from) {
                    bar.finish_and_clear();
                }
            }
            Event::Changed { app, done, of } => self.with("apply", Some(of as u64), |bar| {
                bar.set_position(done as u64);
                bar.set_message(app.to_owned());
            }),
        }
    }
}

//! Runs of the program that are killed at a moment that chance chose.

use std::fs::{self, File};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use innkeeper_fakes::scim::{Moment, ScimServer, Trap};

use crate::dice::Dice;
use crate::workspace::{Run, Workspace};

/// A run that takes longer than this hangs.
const LONGEST: Duration = Duration::from_secs(120);
/// How often it is looked whether a run has ended.
const GLANCE: Duration = Duration::from_millis(1);

/// When a run is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// So long after its start, whatever it does by then.
    After(Duration),
    /// At its request of this number, counted from 0; where that is answered, so long afterwards.
    AtRequest(usize, Moment, Duration),
}

impl When {
    /// A moment of a run that takes some time or makes some requests.
    pub(super) fn chosen(dice: &mut Dice, time: Duration, requests: u64) -> Self {
        let micros = |dice: &mut Dice, most: u64| Duration::from_micros(dice.below(most.max(1)));
        if requests == 0 || dice.once_in(4) {
            return Self::After(micros(dice, u64::try_from(time.as_micros()).unwrap_or(u64::MAX)));
        }
        let number = usize::try_from(dice.below(requests)).unwrap_or(0);
        let moment = [Moment::Lost, Moment::CarriedOut, Moment::Answered][dice.place(3)];
        // What is written down after an answer takes a few milliseconds.
        Self::AtRequest(number, moment, micros(dice, 8_000))
    }

    /// What kind of moment it is, for the count.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::After(_) => "at some time",
            Self::AtRequest(_, Moment::Lost, _) => "before a request was carried out",
            Self::AtRequest(_, Moment::CarriedOut, _) => "before a request was answered",
            Self::AtRequest(_, Moment::Answered, _) => "after an answer",
        }
    }
}

/// Runs the program and kills it then; none for a run that was killed, and otherwise what it left.
pub(super) fn run(
    workspace: &Workspace,
    server: &ScimServer,
    arguments: &[&str],
    when: Option<When>,
) -> Result<Option<Run>, String> {
    let line = arguments.join(" ");
    let failed = |error: std::io::Error| format!("`{line}`: {error}");
    // Into files: nobody empties a pipe while the run is watched.
    let (out, err) = (workspace.path("stdout.txt"), workspace.path("stderr.txt"));
    let mut command = workspace.command(arguments);
    command.stdout(File::create(&out).map_err(failed)?).stderr(File::create(&err).map_err(failed)?);
    let child = Arc::new(Mutex::new(command.spawn().map_err(failed)?));
    let killed = Arc::new(AtomicBool::new(false));
    let kill = {
        let (child, killed) = (Arc::clone(&child), Arc::clone(&killed));
        move || {
            let mut child = lock(&child);
            if let Ok(None) = child.try_wait() {
                killed.store(child.kill().is_ok(), Ordering::Release);
            }
        }
    };
    let begun = Instant::now();
    let mut due = None;
    match when {
        None => server.set_trap(None),
        Some(When::After(wait)) => due = Some(wait),
        Some(When::AtRequest(after, moment, wait)) => {
            let kill = kill.clone();
            let spring: Box<dyn FnOnce() + Send> = match moment {
                Moment::Lost | Moment::CarriedOut => Box::new(kill),
                // The answer has to leave first: the kill comes from elsewhere.
                Moment::Answered => Box::new(move || {
                    thread::spawn(move || {
                        thread::sleep(wait);
                        kill();
                    });
                }),
            };
            server.set_trap(Some(Trap { after, moment, spring }));
        }
    }
    let status = loop {
        let ended = lock(&child).try_wait();
        match ended.map_err(failed)? {
            Some(status) => break status,
            None if due.is_some_and(|due| begun.elapsed() >= due) => {
                due = None;
                kill();
            }
            None if begun.elapsed() > LONGEST => {
                kill();
                return Err(format!("`{line}` came to no end within {LONGEST:?}"));
            }
            None => thread::sleep(GLANCE.min(due.map_or(GLANCE, |due| due.saturating_sub(begun.elapsed())))),
        }
    };
    server.set_trap(None);
    if status.code().is_none() && killed.load(Ordering::Acquire) {
        return Ok(None);
    }
    let stdout = fs::read(&out).map_err(failed)?;
    let stderr = fs::read(&err).map_err(failed)?;
    Ok(Some(workspace.ended(arguments, &std::process::Output { status, stdout, stderr })))
}

fn lock(child: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

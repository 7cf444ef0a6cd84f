//! `[run]`.

use super::section::{Entry, entries};
use crate::expression::Quoted;
use crate::problem::{Problem, Problems};
use crate::schedule::Schedule;
use crate::suggest;
use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// More often than this no listing is done with the last.
const SHORTEST: SignedDuration = SignedDuration::from_secs(1);

/// Less often than this nobody can mean.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

/// `sources` and `apps` are those that there are.
pub(super) fn schedule(entry: Option<Entry<'_>>, sources: &[&str], apps: &[&str], problems: &mut Problems) -> Schedule {
    let mut schedule = Schedule::default();
    let Some(mut section) = entry.and_then(|entry| entry.section("[run]", problems)) else { return schedule };
    if let Some(every) = section.take("every").and_then(|entry| duration(&entry, problems)) {
        schedule.every = every;
    }
    schedule.sources = section.take("sources").map(|entry| of_each(&entry, "source", sources, problems)).unwrap_or_default();
    schedule.apps = section.take("apps").map(|entry| of_each(&entry, "app", apps, problems)).unwrap_or_default();
    if let Some(quoted) = section.take("listen").and_then(|entry| entry.name(problems)) {
        match quoted.text.parse::<SocketAddr>() {
            Ok(address) => schedule.listen = Some(address),
            Err(_) => problems.push(
                Problem::new(&quoted.spot, format!("`{}` is no address to listen at", quoted.text), "expected ADDRESS:PORT")
                    .help("for example `listen = \"127.0.0.1:8411\"`"),
            ),
        }
    }
    section.finish(problems);
    schedule
}

fn of_each<N: for<'a> From<&'a str> + Ord>(
    entry: &Entry<'_>,
    what: &str,
    known: &[&str],
    problems: &mut Problems,
) -> BTreeMap<N, SignedDuration> {
    let mut each = BTreeMap::new();
    let Some(table) = entry.table(problems) else { return each };
    for inner in entries(entry.file, table) {
        if !known.contains(&inner.key) {
            let problem = Problem::new(&inner.key_spot, format!("there is no {what} `{}`", inner.key), format!("unknown {what}"));
            problems.push(problem.maybe_help(suggest::help(inner.key, known.iter().copied())));
            continue;
        }
        if let Some(every) = duration(&inner, problems) {
            each.insert(N::from(inner.key), every);
        }
    }
    each
}

fn duration(entry: &Entry<'_>, problems: &mut Problems) -> Option<SignedDuration> {
    let Quoted { text, spot, .. } = entry.name(problems)?;
    match text.parse::<SignedDuration>() {
        Ok(duration) if (SHORTEST..=LONGEST).contains(&duration) => Some(duration),
        _ => {
            let message = format!("`{text}` is not a time between two looks");
            problems
                .push(Problem::new(&spot, message, "expected from 1s to 31 days").help("for example `15m`, `1h` or `1h 30m`"));
            None
        }
    }
}

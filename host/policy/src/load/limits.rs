//! `[limits]`, and `limits` of a source or an app: what the operator lets connectors use.

use super::section::Entry;
use crate::limits::Limits;
use crate::problem::Problems;

/// What is above was meant otherwise: in another unit, or as "no limit", which there is not.
const MOST_MEBIBYTES: u32 = 65_536;
const MOST_SECONDS: u32 = 86_400;
const MOST_COUNT: u32 = 1_000_000;

pub(super) fn limits(entry: Option<Entry<'_>>, problems: &mut Problems) -> Limits {
    let Some(mut section) = entry.and_then(|entry| entry.section("a set of limits", problems)) else { return Limits::default() };
    // None of them can be 0: nothing would run.
    let mut number = |key, most| section.take(key).and_then(|entry| entry.number(1..=most, problems));
    let limits = Limits {
        memory_mb: number("memory-mb", MOST_MEBIBYTES),
        call_seconds: number("call-seconds", MOST_SECONDS),
        cpu_seconds: number("cpu-seconds", MOST_SECONDS),
        requests: number("requests", MOST_COUNT),
        response_mb: number("response-mb", MOST_MEBIBYTES),
        transfer_mb: number("transfer-mb", MOST_MEBIBYTES),
        log_lines: number("log-lines", MOST_COUNT),
        log_kb: number("log-kb", MOST_COUNT),
    };
    section.finish(problems);
    limits
}

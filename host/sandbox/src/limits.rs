//! What one call may use, and who says so.

mod ceiling;
mod setting;

pub use ceiling::{Ceiling, Ceilings};
pub use setting::{Limit, SetBy, Setters};
pub(crate) use setting::{Remedy, Setting};

use std::time::Duration;

/// What one call of a connector may use. A call that wants more is stopped, and its instance with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory, summed over all memories of the instance.
    pub memory: usize,
    /// Elements of all tables together; each takes a pointer on the host.
    pub table_elements: usize,
    /// Core instances and tables, each; memories are fewer.
    pub objects: usize,
    /// Handles that are open at once, to what the host gives and to what the guest itself makes: the host keeps a list of them.
    pub handles: usize,
    /// From the first instruction to the answer, with everything that is waited for.
    pub wall_clock: Duration,
    /// The time for which the guest keeps a thread busy; what it waits for is not counted.
    pub cpu: Duration,
    /// Bytes that the guest may hand to the host at once: an answer, or the arguments of one import.
    pub host_call_bytes: usize,
    /// Requests.
    pub requests: u32,
    /// Bytes of one response's content. The HTTP client enforces it; here it is for what is said about it.
    pub response_bytes: usize,
    /// Bytes of all requests, and of the contents of all responses, together.
    pub transfer_bytes: u64,
    /// Lines of log; those beyond are dropped and counted.
    pub log_lines: u32,
    /// Bytes of log; lines beyond are dropped and counted.
    pub log_bytes: usize,
    /// Bytes of standard error that are kept for the fault; the last ones, because a panic is written last.
    pub stderr_bytes: usize,
    /// Who set those that can be set.
    pub setters: Setters,
}

const MEBIBYTE: u64 = 1 << 20;
const KIBIBYTE: u64 = 1 << 10;

impl Default for Limits {
    /// Room for the hungriest language with an ordinary page, and little more.
    fn default() -> Self {
        Self {
            // A Python guest starts at 12.5 MiB, and StarlingMonkey was seen at 94 MiB after 500 pages in one instance.
            memory: 256 << 20,
            // Python's modules have some 30,000 functions in their tables.
            table_elements: 100_000,
            // Python has 14 core instances, QuickJS 3 memories.
            objects: 64,
            // A standard library holds some ten streams; a handle takes the host a hundred bytes or two.
            handles: 4_096,
            // A slow system takes half a minute for a page, and a call sends few requests, some of which wait for the rate budget.
            wall_clock: Duration::from_secs(120),
            // 1,000 accounts take 2 ms in Rust and 50 ms in the slowest script engine.
            cpu: Duration::from_secs(10),
            // A page of 1,000 accounts with all their attributes is below 2 MB.
            host_call_bytes: 32 << 20,
            // A read of many accounts one by one, where the system has nothing better.
            requests: 1_000,
            // A page of 10,000 accounts, which no system gives at once.
            response_bytes: 16 << 20,
            // Four full responses of the largest size.
            transfer_bytes: 64 << 20,
            log_lines: 1_000,
            log_bytes: 256 << 10,
            stderr_bytes: 16 << 10,
            setters: Setters::default(),
        }
    }
}

/// The most that a connector gets by asking in its manifest, where the operator has set no ceiling, in the units of the manifest.
mod most {
    pub(super) const MEMORY_MB: u64 = 1024;
    pub(super) const CALL_SECONDS: u64 = 600;
    pub(super) const CPU_SECONDS: u64 = 60;
    pub(super) const REQUESTS: u64 = 10_000;
    pub(super) const RESPONSE_MB: u64 = 32;
    pub(super) const TRANSFER_MB: u64 = 256;
}

impl Limits {
    /// What a connector gets: what its manifest asks for, or else the default, and never more than the ceiling, which is the
    /// operator's or else the host's own. How much is logged is nobody's to ask for: there the operator's number holds, or else the
    /// default.
    pub fn of(asked: &innkeeper_bundle::Limits, ceilings: &Ceilings) -> Self {
        let default = Self::default();
        let mut setters = Setters::default();
        let mut of = |setting, asked: Option<u32>, default: u64, ceiling: Option<Ceiling>, built_in: u64| {
            let (value, set_by) = effective(asked, default, ceiling, built_in);
            setters.note(setting, set_by);
            value
        };
        let memory_mb =
            of(Setting::Memory, asked.memory_mb, default.memory as u64 / MEBIBYTE, ceilings.memory_mb, most::MEMORY_MB);
        let call = default.wall_clock.as_secs();
        let call_seconds = of(Setting::CallSeconds, asked.call_seconds, call, ceilings.call_seconds, most::CALL_SECONDS);
        let cpu_seconds =
            of(Setting::CpuSeconds, asked.cpu_seconds, default.cpu.as_secs(), ceilings.cpu_seconds, most::CPU_SECONDS);
        let requests = of(Setting::Requests, asked.requests, default.requests.into(), ceilings.requests, most::REQUESTS);
        let response = default.response_bytes as u64 / MEBIBYTE;
        let response_mb = of(Setting::Response, asked.response_mb, response, ceilings.response_mb, most::RESPONSE_MB);
        let transfer = default.transfer_bytes / MEBIBYTE;
        let transfer_mb = of(Setting::Transfer, asked.transfer_mb, transfer, ceilings.transfer_mb, most::TRANSFER_MB);
        let mut operators = |setting, ceiling: Option<Ceiling>, default: u64| {
            let Some(Ceiling { most, set_by }) = ceiling else { return default };
            setters.note(setting, set_by);
            most.into()
        };
        let log_lines = operators(Setting::LogLines, ceilings.log_lines, default.log_lines.into());
        let log_kb = operators(Setting::LogKilobytes, ceilings.log_kb, default.log_bytes as u64 / KIBIBYTE);
        Self {
            memory: bytes(memory_mb, MEBIBYTE),
            wall_clock: Duration::from_secs(call_seconds),
            cpu: Duration::from_secs(cpu_seconds),
            requests: u32::try_from(requests).unwrap_or(u32::MAX),
            response_bytes: bytes(response_mb, MEBIBYTE),
            transfer_bytes: transfer_mb.saturating_mul(MEBIBYTE),
            log_lines: u32::try_from(log_lines).unwrap_or(u32::MAX),
            log_bytes: bytes(log_kb, KIBIBYTE),
            setters,
            ..default
        }
    }

    /// Each memory, however small, takes a piece of the address space that any memory could grow into: 4 GiB of 128 TiB, which a
    /// thousand calls at once must not use up. QuickJS has 3.
    pub(crate) fn most_memories(&self) -> usize {
        self.objects.min(16)
    }

    /// A limit with who set it, for a message.
    pub(crate) fn told<T>(&self, setting: Setting, value: T) -> Limit<T> {
        Limit { value, set_by: self.setters.of(setting) }
    }
}

/// What holds, and whose word it is. Where two say the same, the one who asks is named: a higher ceiling alone would change nothing.
fn effective(asked: Option<u32>, default: u64, ceiling: Option<Ceiling>, built_in: u64) -> (u64, SetBy) {
    let (wanted, by) = asked.map_or((default, SetBy::Default), |asked| (asked.into(), SetBy::Manifest));
    let (most, held_by) = ceiling.map_or((built_in, SetBy::BuiltIn), |ceiling| (ceiling.most.into(), ceiling.set_by));
    if wanted <= most { (wanted, by) } else { (most, held_by) }
}

fn bytes(count: u64, unit: u64) -> usize {
    usize::try_from(count.saturating_mul(unit)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;

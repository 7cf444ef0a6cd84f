//! What one call may use.

use std::time::Duration;

/// What one call of a connector may use. A call that wants more is stopped, and its instance with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory, summed over all memories of the instance.
    pub memory: usize,
    /// Elements of all tables together; each takes a pointer on the host.
    pub table_elements: usize,
    /// Core instances, memories and tables, each.
    pub objects: usize,
    /// From the first instruction to the answer, with everything that is waited for.
    pub wall_clock: Duration,
    /// The time for which the guest keeps a thread busy; what it waits for is not counted.
    pub cpu: Duration,
    /// Bytes that the guest may hand to the host at once: an answer, or the arguments of one import.
    pub host_call_bytes: usize,
    /// Requests.
    pub requests: u32,
    /// Bytes of all response bodies and request bodies together.
    pub transfer_bytes: u64,
    /// Lines of log; those beyond are dropped and counted.
    pub log_lines: u32,
    /// Bytes of log; lines beyond are dropped and counted.
    pub log_bytes: usize,
    /// Bytes of standard error that are kept for the fault; the last ones, because a panic is written last.
    pub stderr_bytes: usize,
}

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
            // A slow system takes half a minute for a page, and a call sends few requests, some of which wait for the rate budget.
            wall_clock: Duration::from_secs(120),
            // 1,000 accounts take 2 ms in Rust and 50 ms in the slowest script engine.
            cpu: Duration::from_secs(10),
            // A page of 1,000 accounts with all their attributes is below 2 MB.
            host_call_bytes: 32 << 20,
            // A read of many accounts one by one, where the system has nothing better.
            requests: 1_000,
            // Eight full responses of the largest size that the HTTP client takes.
            transfer_bytes: 64 << 20,
            log_lines: 1_000,
            log_bytes: 256 << 10,
            stderr_bytes: 16 << 10,
        }
    }
}

/// The most that a connector gets by asking in its manifest. An operator can give more.
const MOST_MEMORY: usize = 1 << 30;
const MOST_WALL_CLOCK: Duration = Duration::from_secs(600);
const MOST_REQUESTS: u32 = 10_000;

impl Limits {
    /// The default, with what the connector's manifest asks for instead, up to the most that it can get. The size of one response is
    /// the HTTP client's to limit.
    pub fn asked_for(asked: &innkeeper_bundle::Limits) -> Self {
        let default = Self::default();
        Self {
            memory: asked.memory_mb.map_or(default.memory, |mebibytes| (mebibytes as usize) << 20).min(MOST_MEMORY),
            wall_clock: asked
                .call_seconds
                .map_or(default.wall_clock, |seconds| Duration::from_secs(seconds.into()))
                .min(MOST_WALL_CLOCK),
            requests: asked.requests.unwrap_or(default.requests).min(MOST_REQUESTS),
            ..default
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_gets_what_it_asks_for_up_to_the_most() {
        let modest = innkeeper_bundle::Limits { memory_mb: Some(32), requests: Some(5), ..Default::default() };
        assert_eq!(Limits::asked_for(&modest), Limits { memory: 32 << 20, requests: 5, ..Limits::default() });
        let greedy = innkeeper_bundle::Limits {
            memory_mb: Some(u32::MAX),
            call_seconds: Some(u32::MAX),
            requests: Some(u32::MAX),
            response_mb: None,
        };
        let most = Limits { memory: MOST_MEMORY, wall_clock: MOST_WALL_CLOCK, requests: MOST_REQUESTS, ..Limits::default() };
        assert_eq!(Limits::asked_for(&greedy), most);
    }
}

//! The state of one instance: what its store holds, and what of the host it sees.

use crate::clock::{Clock, Random};
use crate::fault::Mark;
use crate::host::log::LogBudget;
use crate::kept::KeptAnswers;
use crate::memory::MemoryLimiter;
use crate::stderr::Stderr;
use crate::traffic::Traffic;
use crate::{Limits, Outgoing};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// What all calls for one app share.
pub(crate) struct Surroundings {
    pub(crate) app: String,
    /// Name and version.
    pub(crate) connector: String,
    /// The settings, validated, as JSON text.
    pub(crate) configuration: String,
    pub(crate) http: Arc<dyn Outgoing>,
    pub(crate) kept: KeptAnswers,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) limits: Limits,
}

/// The state of one instance.
pub(crate) struct Guest {
    pub(crate) surroundings: Arc<Surroundings>,
    pub(crate) operation: &'static str,
    /// When the host stops waiting for the call.
    pub(crate) deadline: Instant,
    pub(crate) limiter: MemoryLimiter,
    pub(crate) traffic: Traffic,
    pub(crate) log: LogBudget,
    pub(crate) stderr: Stderr,
    /// Whether the instance was made: what breaks before is no fault of the called function.
    pub(crate) started: bool,
    wasi: WasiCtx,
    table: ResourceTable,
}

impl Guest {
    pub(crate) fn new(surroundings: &Arc<Surroundings>, operation: &'static str) -> Self {
        let limits = &surroundings.limits;
        let stderr = Stderr::new(limits.stderr_bytes);
        Self {
            operation,
            deadline: Instant::now() + limits.wall_clock,
            limiter: MemoryLimiter::new(limits),
            traffic: Traffic::new(limits),
            log: LogBudget::new(limits),
            started: false,
            wasi: empty_wasi(stderr.clone(), surroundings.clock.clone()),
            table: handles(limits.handles),
            stderr,
            surroundings: surroundings.clone(),
        }
    }

    /// Where a limit leaves its mark.
    pub(crate) fn mark(&mut self) -> &mut Mark {
        &mut self.limiter.mark
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// Where the host keeps what the guest's handles stand for.
fn handles(most: usize) -> ResourceTable {
    let mut table = ResourceTable::new();
    table.set_max_capacity(most);
    table
}

/// The most random bytes that a guest gets from WASI at once. The host makes them one by one and does not yield meanwhile; a seed,
/// for which standard libraries want them, has a few dozen.
const MOST_RANDOM_BYTES: u64 = 64 << 10;

/// WASI with nothing in it but clocks and randomness: standard libraries import all of it and start with little. No folder is
/// open, no variable set, no argument given; names are not resolved and every socket is refused.
fn empty_wasi(stderr: Stderr, clock: Arc<dyn Clock>) -> WasiCtx {
    WasiCtxBuilder::new()
        .stderr(stderr)
        .wall_clock(WallClock(clock))
        .max_random_size(MOST_RANDOM_BYTES)
        .allow_tcp(false)
        .allow_udp(false)
        .allow_ip_name_lookup(false)
        .socket_addr_check(|_, _| Box::pin(async { false }))
        .build()
}

struct WallClock(Arc<dyn Clock>);

impl HostWallClock for WallClock {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        self.0.now()
    }
}

//! When a connector breaks, or wants more than it may have.

use crate::limits::{Limit, Limits, Remedy, Setting};
use crate::printable;
use std::fmt;
use std::time::Duration;
use wasmtime::Trap;
use wasmtime::component::ResourceTableError;

/// A connector broke, or wanted more than it may have. Its instance was thrown away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The app that it was called for.
    pub app: String,
    /// The connector, with its version.
    pub connector: String,
    /// What was called: `accounts.list`.
    pub operation: &'static str,
    /// What happened.
    pub kind: FaultKind,
    /// The last of what the guest wrote to standard error: a panic's text, a traceback.
    pub stderr: String,
    /// Whether the operation is a write and a request that writes may have reached the system.
    pub write_sent: bool,
}

/// What happened. A limit that was hit comes with its value and, where somebody can set it, with who did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It wanted more memory.
    OutOfMemory {
        /// Bytes that it would have had.
        wanted: usize,
        /// Bytes that it may have.
        limit: Limit<usize>,
    },
    /// It wanted larger tables.
    TablesTooLarge {
        /// Elements that it would have had.
        wanted: usize,
        /// Elements that it may have.
        limit: usize,
    },
    /// It consists of too many parts.
    TooManyObjects {
        /// Of which: `instances`, `memories` or `tables`.
        what: &'static str,
        /// How many it may have.
        limit: usize,
    },
    /// It held too many handles at once.
    TooManyHandles {
        /// How many it may hold.
        limit: usize,
    },
    /// It computed for too long.
    OutOfCpu {
        /// For how long it may.
        limit: Limit<Duration>,
    },
    /// It did not answer in time.
    OutOfTime {
        /// How long it may take.
        limit: Limit<Duration>,
    },
    /// It handed over too much at once.
    TooMuchData {
        /// Bytes that it may.
        limit: usize,
    },
    /// It sent too many requests, and did not stop when it was told.
    TooManyRequests {
        /// How many it may send.
        limit: Limit<u32>,
    },
    /// Its requests and their responses were too large together, and it did not stop when it was told.
    TooMuchTransfer {
        /// Bytes that there would have been.
        wanted: u64,
        /// Bytes that there may be.
        limit: Limit<u64>,
    },
    /// It asked again and again for a response that is too large.
    ResponseTooLarge {
        /// Bytes that a response may have.
        limit: Limit<usize>,
    },
    /// It tried to wait for the clock.
    Waited,
    /// It called itself too deeply.
    StackOverflow,
    /// It panicked, threw, or was miscompiled.
    Trap {
        /// What the engine says.
        reason: String,
    },
    /// It could not be started.
    NotStarted {
        /// What the engine says.
        reason: String,
    },
    /// It broke too often: it is not called for a while.
    BreakerOpen {
        /// For how long.
        wait: Duration,
    },
}

impl std::error::Error for Fault {}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "connector {} of app {}: {}: {}", self.connector, self.app, self.operation, self.kind)?;
        match self.stderr.trim() {
            "" => Ok(()),
            stderr => write!(formatter, "; it wrote: {stderr}"),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory { wanted, limit } => write!(
                formatter,
                "out of memory: wanted {}, may have {}. {}",
                Wanted(*wanted as u64),
                Bytes(limit.value as u64),
                Remedy(Setting::Memory, limit.set_by)
            ),
            Self::TablesTooLarge { wanted, limit } => {
                write!(formatter, "tables too large: wanted {wanted} elements, may have {limit}, which no setting changes")
            }
            Self::TooManyObjects { what, limit } => {
                write!(formatter, "too many {what}: may have {limit}, which no setting changes")
            }
            Self::TooManyHandles { limit } => {
                write!(formatter, "too many handles: may hold {limit} at once, which no setting changes")
            }
            Self::OutOfCpu { limit } => {
                let remedy = Remedy(Setting::CpuSeconds, limit.set_by);
                write!(formatter, "computed for more than {:?} and was stopped. {remedy}", limit.value)
            }
            Self::OutOfTime { limit } => {
                let remedy = Remedy(Setting::CallSeconds, limit.set_by);
                write!(formatter, "did not answer within {:?} and was stopped. {remedy}", limit.value)
            }
            Self::TooMuchData { limit } => {
                write!(formatter, "handed more than {} to the host at once, which no setting changes", Bytes(*limit as u64))
            }
            Self::TooManyRequests { limit } => {
                let remedy = Remedy(Setting::Requests, limit.set_by);
                write!(formatter, "a call may send {} requests, and this one wanted more. {remedy}", limit.value)
            }
            Self::TooMuchTransfer { wanted, limit } => write!(
                formatter,
                "a call may send and receive {}, and this one wanted {}. {}",
                Bytes(limit.value),
                Wanted(*wanted),
                Remedy(Setting::Transfer, limit.set_by)
            ),
            Self::ResponseTooLarge { limit } => {
                let remedy = Remedy(Setting::Response, limit.set_by);
                write!(formatter, "a response may have {}, and this one has more. {remedy}", Bytes(limit.value as u64))
            }
            Self::Waited => write!(formatter, "tried to wait for the clock, which a connector cannot"),
            Self::StackOverflow => write!(formatter, "recursed too deeply"),
            Self::Trap { reason } => write!(formatter, "broke: {reason}"),
            Self::NotStarted { reason } => write!(formatter, "could not be started: {reason}"),
            Self::BreakerOpen { wait } => {
                write!(formatter, "broke too often and is not called for another {} s", wait.as_millis().div_ceil(1000))
            }
        }
    }
}

/// What was wanted: rounded up, so that it never reads like what there may be.
struct Wanted(u64);

impl fmt::Display for Wanted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes < 10 << 10 => Bytes(bytes).fmt(formatter),
            bytes if bytes < 10 << 20 => Bytes(bytes.next_multiple_of(1 << 10)).fmt(formatter),
            bytes => Bytes(bytes.saturating_add((1 << 20) - 1)).fmt(formatter),
        }
    }
}

/// A number of bytes for a reader.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes < 10 << 10 => write!(formatter, "{bytes} bytes"),
            bytes if bytes < 10 << 20 => write!(formatter, "{} KiB", bytes >> 10),
            bytes => write!(formatter, "{} MiB", bytes >> 20),
        }
    }
}

/// What a limit leaves behind when it stops a guest, because the engine's own codes mislead: out of memory shows as
/// `unreachable` and deep recursion as an access out of bounds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mark(Option<FaultKind>);

impl Mark {
    /// Leaves a mark and makes the error that stops the guest. The first mark counts: what comes after follows from it.
    pub(crate) fn stop(&mut self, kind: FaultKind) -> wasmtime::Error {
        let error = wasmtime::Error::msg(kind.to_string());
        self.0.get_or_insert(kind);
        error
    }

    pub(crate) fn take(&mut self) -> Option<FaultKind> {
        self.0.take()
    }
}

/// What happened, by the mark first and then by what the engine and the guest say.
pub(crate) fn classify(mark: Option<FaultKind>, error: &wasmtime::Error, stderr: &str, limits: &Limits) -> FaultKind {
    if let Some(kind) = mark {
        return kind;
    }
    if matches!(error.downcast_ref::<ResourceTableError>(), Some(ResourceTableError::Full)) {
        return FaultKind::TooManyHandles { limit: limits.handles };
    }
    let reason = error.root_cause().to_string();
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => FaultKind::StackOverflow,
        // A guest built by LLVM runs off the end of its shadow stack, which lies below its data, before it exhausts the engine's.
        Some(Trap::MemoryOutOfBounds) if stderr.is_empty() => FaultKind::Trap {
            reason: "access out of bounds of its memory: often recursion that is too deep, or a fault of its language".to_owned(),
        },
        None => untyped(&reason, limits).unwrap_or(FaultKind::Trap { reason: printable::line(&reason) }),
        Some(_) => FaultKind::Trap { reason: printable::line(&reason) },
    }
}

/// Limits of wasmtime whose errors have no type of their own. Tests hold each text.
fn untyped(reason: &str, limits: &Limits) -> Option<FaultKind> {
    if reason.contains("fuel allocated for hostcalls has been exhausted") {
        return Some(FaultKind::TooMuchData { limit: limits.host_call_bytes });
    }
    if reason.contains("store handle limit exceeded") {
        return Some(FaultKind::TooManyHandles { limit: limits.handles });
    }
    let what = reason.strip_prefix("resource limit exceeded: ")?;
    let (what, limit) = match what.split(' ').next() {
        Some("instance") => ("instances", limits.objects),
        Some("memory") => ("memories", limits.most_memories()),
        Some("table") => ("tables", limits.objects),
        _ => return None,
    };
    Some(FaultKind::TooManyObjects { what, limit })
}

//! When a connector breaks, or wants more than it may have.

use std::fmt;
use std::time::Duration;
use wasmtime::Trap;

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

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It wanted more memory.
    OutOfMemory {
        /// Bytes that it would have had.
        wanted: usize,
        /// Bytes that it may have.
        limit: usize,
    },
    /// It wanted larger tables.
    TablesTooLarge {
        /// Elements that it would have had.
        wanted: usize,
        /// Elements that it may have.
        limit: usize,
    },
    /// It computed for too long.
    OutOfCpu {
        /// For how long it may.
        limit: Duration,
    },
    /// It did not answer in time.
    OutOfTime {
        /// How long it may take.
        limit: Duration,
    },
    /// It handed over too much at once.
    TooMuchData {
        /// Bytes that it may.
        limit: usize,
    },
    /// It sent too many requests, and did not stop when it was told.
    TooManyRequests {
        /// How many it may send.
        limit: u32,
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
            Self::OutOfMemory { wanted, limit } => {
                write!(formatter, "out of memory: wanted {}, may have {}", Bytes(*wanted), Bytes(*limit))
            }
            Self::TablesTooLarge { wanted, limit } => {
                write!(formatter, "tables too large: wanted {wanted} elements, may have {limit}")
            }
            Self::OutOfCpu { limit } => write!(formatter, "computed for more than {limit:?} and was stopped"),
            Self::OutOfTime { limit } => write!(formatter, "did not answer within {limit:?} and was stopped"),
            Self::TooMuchData { limit } => {
                write!(formatter, "handed more than {} to the host at once", Bytes(*limit))
            }
            Self::TooManyRequests { limit } => {
                write!(formatter, "went on after its {limit} requests of one call were used up")
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

/// A number of bytes for a reader.
struct Bytes(usize);

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
pub(crate) fn classify(mark: Option<FaultKind>, error: &wasmtime::Error, stderr: &str, host_call_bytes: usize) -> FaultKind {
    if let Some(kind) = mark {
        return kind;
    }
    let reason = error.root_cause().to_string();
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => FaultKind::StackOverflow,
        // A guest built by LLVM runs off the end of its shadow stack, which lies below its data, before it exhausts the engine's.
        Some(Trap::MemoryOutOfBounds) if stderr.is_empty() => FaultKind::Trap {
            reason: "access out of bounds of its memory: often recursion that is too deep, or a fault of its language".to_owned(),
        },
        // wasmtime keeps this error's type to itself; a test holds the text.
        None if reason.contains("fuel allocated for hostcalls has been exhausted") => {
            FaultKind::TooMuchData { limit: host_call_bytes }
        }
        _ => FaultKind::Trap { reason },
    }
}

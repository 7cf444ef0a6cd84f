//! Time and randomness, as parameters: a test fixes them.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What time it is.
pub trait Clock: Send + Sync {
    /// The time since 1970-01-01T00:00:00Z.
    fn now(&self) -> Duration;
}

/// Where random bytes come from.
pub trait Random: Send + Sync {
    /// Fills the buffer.
    ///
    /// # Errors
    /// The source gives none.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The source of randomness gives none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoRandomness(pub String);

impl fmt::Display for NoRandomness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "no random bytes: {}", self.0)
    }
}

impl std::error::Error for NoRandomness {}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

/// The operating system's secure generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(buffer).map_err(|error| NoRandomness(error.to_string()))
    }
}

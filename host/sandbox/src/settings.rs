//! What a sandbox is made of.

use crate::{BreakerSettings, Clock, Random, SystemClock, SystemRandom};
use std::path::PathBuf;
use std::sync::Arc;

/// What a [`Runtime`](crate::Runtime) is made of.
#[derive(Clone)]
pub struct Settings {
    /// Where compiled code is kept; without it every load compiles, which takes seconds for a script connector.
    pub cache: Option<CacheSettings>,
    /// What time connectors and breakers see.
    pub clock: Arc<dyn Clock>,
    /// The random bytes that connectors get from the contract's `system` interface.
    pub random: Arc<dyn Random>,
    /// When a connector that keeps breaking is left alone.
    pub breaker: BreakerSettings,
}

/// Where compiled code is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheSettings {
    /// The folder; made, for the owner alone, if it does not exist. Nobody else may be able to write there.
    pub folder: PathBuf,
    /// How many bytes of compiled code stay; the ones used longest ago go first.
    pub max_bytes: u64,
}

impl CacheSettings {
    /// A folder with room for some fifteen script connectors, 33 MB each.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), max_bytes: 512 << 20 }
    }
}

impl Default for Settings {
    /// The operating system's time and randomness, and no cache.
    fn default() -> Self {
        Self { cache: None, clock: Arc::new(SystemClock), random: Arc::new(SystemRandom), breaker: BreakerSettings::default() }
    }
}

//! Everything that this process logs, at the finest level.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What was logged since some moment.
pub(crate) struct Overheard {
    from: usize,
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    // The compiler's own notes fill a hundred megabytes with registers and know of no secret.
    let quiet = ["cranelift_codegen", "cranelift_frontend", "regalloc2", "wasmtime_internal_cranelift"];
    let levels = Targets::new().with_default(LevelFilter::TRACE).with_targets(quiet.map(|name| (name, LevelFilter::WARN)));
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(log.clone());
    tracing_subscriber::registry().with(layer).with(levels).init();
    log
});

impl Overheard {
    /// From now on.
    pub(crate) fn from_now() -> Self {
        Self { from: LOG.bytes(Vec::len) }
    }

    /// What was logged since then, by everybody in this process.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        LOG.bytes(|all| all[self.from..].to_vec())
    }
}

impl Log {
    fn bytes<T>(&self, read: impl FnOnce(&Vec<u8>) -> T) -> T {
        read(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_finest_level_is_heard() {
        let overheard = Overheard::from_now();
        tracing::trace!("a whisper");
        assert!(String::from_utf8_lossy(&overheard.bytes()).contains("a whisper"));
    }
}

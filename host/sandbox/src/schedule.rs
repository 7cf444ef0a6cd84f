//! The tokio runtime that guests run on.

use std::io;
use tokio::runtime::{Builder, Runtime};

/// Makes the tokio runtime that a program with guests must use.
///
/// A guest yields at every tick (10 ms) and is ready again at once. With tokio's defaults a worker looks at its timers
/// and sockets only after 61 such turns, and four spinning guests on two workers let a 10 ms timer tick twice a
/// second. Looked at after every turn (`event_interval(1)`, and `global_queue_interval(1)` for tasks from other threads),
/// it ticks fifty times.
///
/// # Errors
/// The operating system gives no threads or no event queue.
pub fn tokio_runtime() -> io::Result<Runtime> {
    builder().build()
}

/// The settings of [`tokio_runtime`].
pub(crate) fn builder() -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.event_interval(1).global_queue_interval(1).enable_all();
    builder
}

//! The epoch ticker: without it no loop of a guest is ever stopped.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;
use wasmtime::EngineWeak;

/// How often guests look up: the longest that one keeps a thread without yielding.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// A thread that moves an engine's epoch on, and ends when this is dropped.
///
/// A thread and not a task: a task would wait its turn behind the very guests that it is to interrupt.
#[derive(Debug)]
pub(crate) struct Ticker {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    pub(crate) fn start(engine: EngineWeak) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = std::thread::Builder::new().name("innkeeper-epoch".to_owned()).spawn(move || {
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                match engine.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => return,
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The thread only counts and has nothing to panic about; if it did, there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

//! What was agreed to, as the files say it now: an upgrade or a rollback reaches a run that is under way.

use crate::error::ConnectError;
use crate::stamp::Stamp;
use innkeeper_bundle::{BundleError, Lock, Trust};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// `innkeeper.lock` and `innkeeper.trust`, as they were read together.
pub(super) struct Agreement {
    pub(super) lock: Lock,
    pub(super) trust: Trust,
}

/// Reads both again when one of them is another file than it was: they are only ever replaced, never written in place.
pub(super) struct Watched {
    directory: PathBuf,
    seen: Mutex<Option<([Stamp; 2], Arc<Agreement>)>>,
}

impl Watched {
    pub(super) fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), seen: Mutex::default() }
    }

    /// What is agreed to now. As long as it is the same, it is the same allocation.
    pub(super) fn now(&self) -> Result<Arc<Agreement>, ConnectError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken before the files are read: what is replaced meanwhile is seen the next time.
        let stamps = ["innkeeper.lock", "innkeeper.trust"].map(|name| Stamp::of(&self.directory.join(name)));
        if let Some((_, agreement)) = seen.as_ref().filter(|(before, _)| *before == stamps) {
            return Ok(agreement.clone());
        }
        let lock = Lock::load(&self.directory).map_err(BundleError::from)?;
        let trust = Trust::load(&self.directory).map_err(BundleError::from)?;
        let agreement = Arc::new(Agreement { lock, trust });
        *seen = Some((stamps, agreement.clone()));
        Ok(agreement)
    }
}

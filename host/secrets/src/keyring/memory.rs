//! A keyring in memory.

use super::Keyring;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zeroize::Zeroizing;

/// Shared by its clones, as a system's keyring is by its processes.
#[derive(Clone, Default)]
pub(crate) struct MemoryKeyring {
    keys: Arc<Mutex<BTreeMap<String, String>>>,
    /// What every request is refused with.
    pub(crate) broken: Option<&'static str>,
}

impl MemoryKeyring {
    /// The keys that are in it.
    pub(crate) fn keys(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> Result<MutexGuard<'_, BTreeMap<String, String>>, String> {
        self.broken.map_or(Ok(self.keys()), |reason| Err(reason.to_owned()))
    }
}

impl Keyring for MemoryKeyring {
    fn get(&self, id: &str) -> Result<Option<Zeroizing<String>>, String> {
        Ok(self.asked()?.get(id).cloned().map(Zeroizing::new))
    }

    fn set(&self, id: &str, key: &str) -> Result<(), String> {
        self.asked()?.insert(id.to_owned(), key.to_owned());
        Ok(())
    }

    fn remove(&self, id: &str) -> Result<(), String> {
        self.asked()?.remove(id);
        Ok(())
    }
}

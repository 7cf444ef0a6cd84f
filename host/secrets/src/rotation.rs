//! Changing the key, so that a crash at any point leaves every secret readable with a key that is there.
//!
//! 1. What is changed to is written down in `key.next`: the key itself, or where it is and which.
//! 2. A key for the keyring is put there.
//! 3. Every secret is encrypted with it, one file after the other; both keys are known meanwhile, and each file says which one it needs.
//! 4. The old key is taken out of the keyring, if it was there.
//! 5. `key.next` becomes `key`, in one step, and the old one is gone.
//!
//! Whoever opens the store next takes up what was cut off: with no secret under the new key and the new key gone, nothing had happened
//! yet; otherwise the rest is done.

use crate::disk;
use crate::key::{Key, io};
use crate::keys::{Keys, Known, coming, in_use};
use crate::place::{Marker, Written};
use crate::{KeyPlace, KeyState, SecretError, SecretStore};

/// Called before every step that changes something outside this process's memory; an error ends it there, as a crash would.
type Watch<'a> = &'a mut dyn FnMut() -> Result<(), SecretError>;

impl SecretStore {
    /// Changes the key and encrypts every secret anew, in this place or where the old key is. A key in a file is made; for another
    /// place it comes in `INNKEEPER_NEW_KEY`, because the environment is not ours to write and Linux's keyring forgets it at a restart.
    ///
    /// # Errors
    ///
    /// When a secret cannot be read with the keys that there are, before anything is changed; when there is no new key, or it is the
    /// one in use; when there is no keyring, or the disk refuses.
    pub fn rotate(&self, to: Option<KeyPlace>) -> Result<KeyState, SecretError> {
        self.rotate_watched(to, &mut || Ok(()))
    }

    pub(crate) fn rotate_watched(&self, to: Option<KeyPlace>, watch: Watch<'_>) -> Result<KeyState, SecretError> {
        let _lock = self.lock()?;
        let keys = self.reload()?;
        if let Some(next) = &keys.next
            && !self.finish(&keys, watch)?
        {
            let (id, place) = (next.written.id().to_owned(), next.written.place());
            return Err(SecretError::KeyAbsent { id, place });
        }
        let keys = self.reload()?;
        for name in self.list()? {
            let unreadable = |error| SecretError::NotRotated { name: name.clone(), reason: Box::new(error) };
            self.read(&keys, &name).map_err(unreadable)?;
        }
        let (written, key) = self.new_key(&keys, to.unwrap_or(keys.current.written.place()))?;
        let replaces = match &keys.current.written {
            Written::Environment(id) => Some(id.clone()),
            _ => keys.current.replaces.clone(),
        };
        watch()?;
        Marker { written: written.clone(), replaces }.write(&coming(self.folder()))?;
        if let Written::Keyring(id) = &written {
            watch()?;
            self.outside().keyring.set(id, &key.text()).map_err(|reason| {
                // Nothing uses the key yet; if this fails too, the next one who opens the store sees that.
                let _ = std::fs::remove_file(coming(self.folder()));
                SecretError::Keyring { reason }
            })?;
        }
        let keys = self.reload()?;
        self.finish(&keys, watch)?;
        self.reload()?;
        Ok(self.key())
    }

    /// Finishes a change of keys that was cut off, as far as the keys that there are allow.
    pub(crate) fn take_up(&self) -> Result<(), SecretError> {
        let _lock = self.lock()?;
        let keys = self.reload()?;
        self.finish(&keys, &mut || Ok(()))?;
        self.reload()?;
        Ok(())
    }

    fn new_key(&self, keys: &Keys, place: KeyPlace) -> Result<(Written, Key), SecretError> {
        let key = match place {
            KeyPlace::File => Key::generate(&format!("the key `{}`", in_use(self.folder()).display()))?,
            KeyPlace::Keyring | KeyPlace::Environment => self.outside().brought()?.ok_or(SecretError::NoNewKey { place })?,
        };
        if key.id == keys.current.written.id() {
            return Err(SecretError::SameKey);
        }
        let written = match place {
            KeyPlace::File => Written::Here(key.clone()),
            KeyPlace::Keyring => Written::Keyring(key.id.clone()),
            KeyPlace::Environment => Written::Environment(key.id.clone()),
        };
        Ok((written, key))
    }

    /// Whether nothing is left to do.
    fn finish(&self, keys: &Keys, watch: Watch<'_>) -> Result<bool, SecretError> {
        let Some(next) = &keys.next else { return Ok(true) };
        let mut old = Vec::new();
        for name in self.list()? {
            match self.key_of(&name)? {
                // It may be needed, and nobody has it: everything stays as it is until somebody gives it.
                Some(id) if id == next.written.id() && next.key.is_none() => return Ok(false),
                Some(id) if id == keys.current.written.id() => old.push(name),
                // No key of ours opens it, now or later.
                _ => {}
            }
        }
        let Some(new) = &next.key else { return self.forget(watch) };
        if keys.current.key.is_none() && !old.is_empty() {
            return Ok(false);
        }
        for name in old {
            match self.read(keys, &name) {
                Ok(secret) => {
                    watch()?;
                    self.encrypt(new, &name, &secret)?;
                }
                // Damaged: it was before the change, or that would not have begun.
                Err(SecretError::Tampered { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        self.drop_old(&keys.current, next, watch)?;
        Ok(true)
    }

    /// Nothing was encrypted with the new key, and it is not there: the change did not begin.
    fn forget(&self, watch: Watch<'_>) -> Result<bool, SecretError> {
        let path = coming(self.folder());
        watch()?;
        std::fs::remove_file(&path).map_err(io("remove", &path))?;
        disk::settle(&path)?;
        Ok(true)
    }

    fn drop_old(&self, current: &Known, next: &Known, watch: Watch<'_>) -> Result<(), SecretError> {
        if let Written::Keyring(id) = &current.written
            && id != next.written.id()
        {
            watch()?;
            self.outside().keyring.remove(id).map_err(|reason| SecretError::Keyring { reason })?;
        }
        watch()?;
        Marker::rename(&coming(self.folder()), &in_use(self.folder()))
    }
}

#[cfg(test)]
mod tests;

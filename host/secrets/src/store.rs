//! Secrets on disk, encrypted: one file a secret, `values/NAME`. See `sealed` for what is in it and `place` for where the key is.

use crate::disk::{self, Lock};
use crate::key::{Key, io};
use crate::keyring::SystemKeyring;
use crate::keys::{Environment, Keys, Outside};
use crate::place::{Marker, Written};
use crate::sealed::{self, Sealed};
use crate::{KeySource, KeyState, Secret, SecretError, SecretName, SecretRef, Vault, keys};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// More than any key pair or service account file that a SaaS hands out.
const LARGEST: usize = 64 * 1024;

/// How often a secret is read again that somebody else encrypts with another key at the same moment. Once would do.
const ATTEMPTS: usize = 3;

/// Innkeeper's own store of secrets: a folder that only its user may open.
///
/// Several processes can use it at the same time: whoever changes something holds a lock and knows the keys as of then.
pub struct SecretStore {
    folder: PathBuf,
    outside: Outside,
    keys: RwLock<Arc<Keys>>,
}

impl SecretStore {
    /// Opens the store in this folder, which is made where it is missing. Variables are those of this process, the keyring is the
    /// system's. A change of keys that was cut off is finished.
    ///
    /// # Errors
    ///
    /// When the folder or the key can be read by others, when the key is not one or not the one in use, and when there are secrets but
    /// their key is gone.
    pub fn open(folder: &Path, key: KeySource) -> Result<Self, SecretError> {
        let environment: Environment = Box::new(|name| std::env::var(name).ok());
        Self::open_with(folder, Outside { source: key, environment, keyring: Box::new(SystemKeyring) })
    }

    pub(crate) fn open_with(folder: &Path, outside: Outside) -> Result<Self, SecretError> {
        disk::closed_folder(folder)?;
        disk::closed_folder(&folder.join("values"))?;
        let keys = match Keys::load(folder, &outside)? {
            Some(keys) => keys,
            None => begin(folder, &outside)?,
        };
        let unfinished = keys.next.is_some();
        let store = Self { folder: folder.to_owned(), outside, keys: RwLock::new(Arc::new(keys)) };
        store.put_back();
        if unfinished {
            store.take_up()?;
        }
        Ok(store)
    }

    /// Keeps a secret under this name, in place of the one that was there.
    ///
    /// # Errors
    ///
    /// When it is empty or larger than 64 KiB, or the disk refuses.
    pub fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretError> {
        acceptable(name, secret)?;
        let lock = self.lock()?;
        self.keep(&lock, name, secret)
    }

    /// The secret of this name.
    ///
    /// # Errors
    ///
    /// When there is none, it was encrypted with another key, or its file is not what was written.
    pub fn get(&self, name: &SecretName) -> Result<Secret, SecretError> {
        let mut attempt = 1;
        loop {
            let keys = self.keys();
            match self.read(&keys, name) {
                // The key was changed since this store was opened.
                Err(SecretError::WrongKey { .. } | SecretError::KeyAbsent { .. }) if attempt < ATTEMPTS => {
                    attempt += 1;
                    self.reload()?;
                }
                other => return other,
            }
        }
    }

    /// The names of all secrets, in order.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<SecretName>, SecretError> {
        names(&self.folder.join("values"))
    }

    /// Forgets the secret of this name.
    ///
    /// # Errors
    ///
    /// When there is none, or the disk refuses.
    pub fn remove(&self, name: &SecretName) -> Result<(), SecretError> {
        let _lock = self.lock()?;
        let path = self.path(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(SecretError::Missing { name: name.clone() }),
            other => other.map_err(io("remove", &path)),
        }
    }

    /// Which key there is, and where.
    pub fn key(&self) -> KeyState {
        let keys = self.keys();
        KeyState {
            id: keys.current.written.id().to_owned(),
            place: keys.current.written.place(),
            unfinished: keys.next.as_ref().map(|next| next.written.id().to_owned()),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn outside(&self) -> &Outside {
        &self.outside
    }

    pub(crate) fn lock(&self) -> Result<Lock, SecretError> {
        Lock::take(&self.folder)
    }

    fn keys(&self) -> Arc<Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys as of now.
    pub(crate) fn reload(&self) -> Result<Arc<Keys>, SecretError> {
        let Some(keys) = Keys::load(&self.folder, &self.outside)? else {
            return Err(SecretError::KeyGone { path: keys::in_use(&self.folder) });
        };
        let keys = Arc::new(keys);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keys);
        Ok(keys)
    }

    /// Encrypts a secret with the key as of now, which the lock keeps.
    pub(crate) fn keep(&self, _lock: &Lock, name: &SecretName, secret: &Secret) -> Result<(), SecretError> {
        let keys = self.reload()?;
        self.encrypt(keys.writing()?, name, secret)
    }

    /// Decrypts a secret with one of these keys.
    pub(crate) fn read(&self, keys: &Keys, name: &SecretName) -> Result<Secret, SecretError> {
        let bytes = self.bytes(name)?;
        let tampered = |sealed::Broken(what)| SecretError::Tampered { name: name.clone(), path: self.path(name), what };
        let sealed = Sealed::new(name, &bytes).map_err(tampered)?;
        match keys.of(sealed.key())? {
            Some(key) => sealed.open(key).map_err(tampered),
            None => {
                let Key { id, origin, .. } = keys.writing()?.clone();
                Err(SecretError::WrongKey { name: name.clone(), ours: id, theirs: sealed.key().to_owned(), key: origin })
            }
        }
    }

    /// Encrypts a secret with this key, in the place of what was there.
    pub(crate) fn encrypt(&self, key: &Key, name: &SecretName, secret: &Secret) -> Result<(), SecretError> {
        disk::write(&self.path(name), &sealed::seal(key, name, secret)?)
    }

    /// The id of the key that a secret says it was encrypted with; none where it says nothing that can be understood.
    pub(crate) fn key_of(&self, name: &SecretName) -> Result<Option<String>, SecretError> {
        Ok(Sealed::new(name, &self.bytes(name)?).ok().map(|sealed| sealed.key().to_owned()))
    }

    fn bytes(&self, name: &SecretName) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        match disk::read(&self.path(name), LARGEST + 1024, || format!("the secret `{name}`")) {
            Err(SecretError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Err(SecretError::Missing { name: name.clone() })
            }
            other => other,
        }
    }

    fn path(&self, name: &SecretName) -> PathBuf {
        self.folder.join("values").join(name.as_str())
    }

    /// Gives a key back to the keyring that forgot it. The key is there all the same, so that a keyring that refuses is no failure.
    fn put_back(&self) {
        let keys = self.keys();
        if let (Written::Keyring(id), Some(key)) = (&keys.current.written, &keys.current.key)
            && matches!(self.outside.keyring.get(id), Ok(None))
        {
            let _ = self.outside.keyring.set(id, &key.text());
        }
    }
}

/// The first key of a folder without secrets, in a file. When two make it at the same moment, they agree on one.
fn begin(folder: &Path, outside: &Outside) -> Result<Keys, SecretError> {
    let _lock = Lock::take(folder)?;
    if let Some(keys) = Keys::load(folder, outside)? {
        return Ok(keys);
    }
    let path = keys::in_use(folder);
    if !names(&folder.join("values"))?.is_empty() {
        return Err(SecretError::KeyGone { path });
    }
    let key = Key::generate(&format!("the key `{}`", path.display()))?;
    Marker { written: Written::Here(key), replaces: None }.write(&path)?;
    Keys::load(folder, outside)?.ok_or(SecretError::KeyGone { path })
}

impl Vault for SecretStore {
    fn fetch(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        match reference {
            SecretRef::Secret(name) => self.get(name),
            SecretRef::Env(name) => match (self.outside.environment)(name) {
                None => Err(SecretError::MissingVariable { name: name.clone() }),
                Some(value) => filled(Secret::new(value), reference),
            },
            SecretRef::File(path) => {
                let place = || reference.to_string();
                let mut bytes = disk::read(path, LARGEST, place)?;
                let end = bytes.strip_suffix(b"\n").map_or(bytes.len(), |line| line.strip_suffix(b"\r").unwrap_or(line).len());
                let secret =
                    Secret::from_utf8(std::mem::take(&mut *bytes)).ok_or_else(|| SecretError::NotText { place: place() })?;
                match end == secret.expose().len() {
                    true => filled(secret, reference),
                    false => filled(Secret::new(&secret.expose()[..end]), reference),
                }
            }
        }
    }

    fn replace(&self, reference: &SecretRef, old: &Secret, new: &Secret) -> Result<bool, SecretError> {
        let SecretRef::Secret(name) = reference else {
            return Err(SecretError::NotOurs { place: reference.to_string() });
        };
        acceptable(name, new)?;
        let lock = self.lock()?;
        let unchanged = self.get(name)?.expose() == old.expose();
        if unchanged {
            self.keep(&lock, name, new)?;
        }
        Ok(unchanged)
    }
}

fn acceptable(name: &SecretName, secret: &Secret) -> Result<(), SecretError> {
    let place = || format!("the secret `{name}`");
    match secret.expose().len() {
        0 => Err(SecretError::Empty { place: place() }),
        1..=LARGEST => Ok(()),
        _ => Err(SecretError::TooLarge { place: place(), limit: LARGEST }),
    }
}

fn filled(secret: Secret, reference: &SecretRef) -> Result<Secret, SecretError> {
    match secret.is_empty() {
        true => Err(SecretError::Empty { place: reference.to_string() }),
        false => Ok(secret),
    }
}

fn names(folder: &Path) -> Result<Vec<SecretName>, SecretError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io("read", folder))? {
        let entry = entry.map_err(io("read", folder))?;
        // What is not a name is a temporary file that a crash left.
        names.extend(entry.file_name().to_str().and_then(|name| name.parse().ok()));
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests;

//! Secrets on disk, encrypted.
//!
//! One file a secret, `values/NAME`: a line of text that says what it is and which key encrypted it, a nonce of 24 bytes, and
//! XChaCha20-Poly1305's ciphertext. The line and the name are authenticated with it, so that a file that was renamed, swapped for
//! another or edited is refused. Files are written beside their place and renamed into it.

use crate::key::{Key, io};
use crate::{KeySource, Secret, SecretError, SecretName, SecretRef, Vault};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const NONCE: usize = 24;
const FORMAT: &str = "innkeeper-secret 1 ";
/// More than any key pair or service account file that a SaaS hands out.
const LARGEST: usize = 64 * 1024;

type Environment = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Innkeeper's own store of secrets: a folder that only its user may open.
pub struct SecretStore {
    folder: PathBuf,
    key: Key,
    environment: Environment,
}

impl SecretStore {
    /// Opens the store in this folder, which is made where it is missing. Variables are those of this process.
    ///
    /// # Errors
    ///
    /// When the folder or the key can be read by others, when the key is not one, and when there are secrets but their key is gone.
    pub fn open(folder: &Path, key: KeySource) -> Result<Self, SecretError> {
        Self::open_with(folder, key, Box::new(|name| std::env::var(name).ok()))
    }

    /// As [`open`](Self::open), with an environment of the caller's choice.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn open_with(folder: &Path, key: KeySource, environment: Environment) -> Result<Self, SecretError> {
        let values = folder.join("values");
        closed_folder(folder)?;
        closed_folder(&values)?;
        let path = folder.join("key");
        let key = match key {
            KeySource::Given { value, origin } => Key::parse(value.expose(), &origin)?,
            KeySource::File => match Key::read(&path)? {
                Some(key) => key,
                None if names(&values)?.is_empty() => Key::create(&path)?,
                None => return Err(SecretError::KeyGone { path }),
            },
        };
        Ok(Self { folder: values, key, environment })
    }

    /// Keeps a secret under this name, in place of the one that was there.
    ///
    /// # Errors
    ///
    /// When it is empty or larger than 64 KiB, or the disk refuses.
    pub fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretError> {
        let place = || format!("the secret `{name}`");
        if secret.is_empty() {
            return Err(SecretError::Empty { place: place() });
        }
        if secret.expose().len() > LARGEST {
            return Err(SecretError::TooLarge { place: place(), limit: LARGEST });
        }
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(SecretError::Random)?;
        let header = format!("{FORMAT}{}\n", self.key.id);
        let payload = Payload { msg: secret.expose().as_bytes(), aad: &associated(&header, name) };
        // XChaCha20-Poly1305 takes 256 GiB; a secret has 64 KiB at most.
        let ciphertext = self.cipher().encrypt(&XNonce::from(nonce), payload).expect("a secret is far below the cipher's limit");
        self.write(name, &[header.as_bytes(), &nonce, &ciphertext].concat())
    }

    /// The secret of this name.
    ///
    /// # Errors
    ///
    /// When there is none, it was encrypted with another key, or its file is not what was written.
    pub fn get(&self, name: &SecretName) -> Result<Secret, SecretError> {
        let path = self.path(name);
        let bytes = match read(&path, LARGEST + 1024, || format!("the secret `{name}`")) {
            Err(SecretError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                return Err(SecretError::Missing { name: name.clone() });
            }
            other => other?,
        };
        let tampered = |what| SecretError::Tampered { name: name.clone(), path: path.clone(), what };
        let line = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(|| tampered("it has no first line"))?;
        let (header, rest) = bytes.split_at(line + 1);
        let header = std::str::from_utf8(header).map_err(|_| tampered("its first line is not text"))?;
        let theirs = header.strip_prefix(FORMAT).ok_or_else(|| tampered("its first line is unknown"))?.trim_end();
        if theirs != self.key.id {
            let (ours, key) = (self.key.id.clone(), self.key.origin.clone());
            return Err(SecretError::WrongKey { name: name.clone(), ours, theirs: theirs.to_owned(), key });
        }
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or_else(|| tampered("it is cut short"))?;
        let payload = Payload { msg: ciphertext, aad: &associated(header, name) };
        let plain = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| tampered("its seal is broken"))?;
        Secret::from_utf8(plain).ok_or_else(|| tampered("it is not text"))
    }

    /// The names of all secrets, in order.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<SecretName>, SecretError> {
        names(&self.folder)
    }

    /// Forgets the secret of this name.
    ///
    /// # Errors
    ///
    /// When there is none, or the disk refuses.
    pub fn remove(&self, name: &SecretName) -> Result<(), SecretError> {
        let path = self.path(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(SecretError::Missing { name: name.clone() }),
            other => other.map_err(io("remove", &path)),
        }
    }

    fn path(&self, name: &SecretName) -> PathBuf {
        self.folder.join(name.as_str())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.bytes().into())
    }

    fn write(&self, name: &SecretName, bytes: &[u8]) -> Result<(), SecretError> {
        let path = self.path(name);
        // A temporary file has mode 0600 from the start; its name starts with a dot, which no secret's name does.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder).map_err(io("create a file in", &self.folder))?;
        file.write_all(bytes).map_err(io("write", &path))?;
        file.as_file().sync_all().map_err(io("write", &path))?;
        file.persist(&path).map_err(|error| io("write", &path)(error.error))?;
        // The rename itself has to survive a crash too.
        #[cfg(unix)]
        std::fs::File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(io("write", &self.folder))?;
        Ok(())
    }
}

impl Vault for SecretStore {
    fn fetch(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        match reference {
            SecretRef::Secret(name) => self.get(name),
            SecretRef::Env(name) => match (self.environment)(name) {
                None => Err(SecretError::MissingVariable { name: name.clone() }),
                Some(value) => filled(Secret::new(value), reference),
            },
            SecretRef::File(path) => {
                let place = || reference.to_string();
                let mut bytes = read(path, LARGEST, place)?;
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
        let unchanged = self.get(name)?.expose() == old.expose();
        if unchanged {
            self.set(name, new)?;
        }
        Ok(unchanged)
    }
}

fn filled(secret: Secret, reference: &SecretRef) -> Result<Secret, SecretError> {
    match secret.is_empty() {
        true => Err(SecretError::Empty { place: reference.to_string() }),
        false => Ok(secret),
    }
}

/// What the seal covers beside the secret: the file's first line and the name that it is kept under.
fn associated(header: &str, name: &SecretName) -> Vec<u8> {
    format!("{header}{name}").into_bytes()
}

/// Reads at most `limit` bytes into memory that is wiped. Growing the buffer would leave copies behind, so it never grows.
fn read(path: &Path, limit: usize, place: impl Fn() -> String) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let mut bytes = Zeroizing::new(vec![0; limit + 1]);
    let mut file = std::fs::File::open(path).map_err(io("read", path))?;
    let mut length = 0;
    while length < bytes.len() {
        match file.read(&mut bytes[length..]).map_err(io("read", path))? {
            0 => break,
            count => length += count,
        }
    }
    if length > limit {
        return Err(SecretError::TooLarge { place: place(), limit });
    }
    bytes.truncate(length);
    Ok(bytes)
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

/// Makes the folder where it is missing, for its owner alone, and refuses one that others can enter.
fn closed_folder(folder: &Path) -> Result<(), SecretError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(io("create", folder))?;
    only_ours(folder, 0o700)
}

/// Refuses a file or folder that somebody else than its owner may use.
#[cfg(unix)]
pub(crate) fn only_ours(path: &Path, wanted: u32) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).map_err(io("read", path))?.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(SecretError::Permissions { path: path.to_owned(), mode, wanted }),
    }
}

/// Elsewhere, folders of a user are closed to others by inheritance, and there is no mode to check.
#[cfg(not(unix))]
pub(crate) fn only_ours(_path: &Path, _wanted: u32) -> Result<(), SecretError> {
    Ok(())
}

#[cfg(test)]
mod tests;

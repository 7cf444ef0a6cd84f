//! Compiled code on disk.
//!
//! Loading compiled code is trusting it: whoever can put an entry here runs what they like in the host. So an entry is loaded only
//! if this host wrote it, which a keyed MAC shows, and the key lies in a folder that nobody else may enter. What an
//! author ships is never looked up here as code: entries are named by the digest of the component that they were compiled from.

use crate::{CacheSettings, SandboxError};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use wasmtime::Engine;
use wasmtime::component::Component;

const KEY: &str = "key";
const EXTENSION: &str = "cwasm";
const MAC_LENGTH: usize = 32;

/// A folder with compiled code.
pub(crate) struct Cache {
    folder: PathBuf,
    max_bytes: u64,
    key: [u8; 32],
}

impl Cache {
    /// Opens the folder, or makes it.
    pub(crate) fn open(settings: &CacheSettings) -> Result<Self, SandboxError> {
        let folder = settings.folder.clone();
        let failed = |path: &Path, reason: String| SandboxError::Cache { path: path.to_owned(), reason };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|error| failed(&folder, error.to_string()))?;
        let metadata = fs::metadata(&folder).map_err(|error| failed(&folder, error.to_string()))?;
        let me = this_user(&folder).map_err(|error| failed(&folder, error.to_string()))?;
        if let Some(reason) = not_ones_own(&folder, metadata.uid(), metadata.permissions().mode(), me) {
            return Err(failed(&folder, reason));
        }
        let path = folder.join(KEY);
        let key = read_key(&path).map_err(|reason| failed(&path, reason))?;
        Ok(Self { folder, max_bytes: settings.max_bytes, key })
    }

    /// The compiled form of a component: from the folder, or compiled now and kept there.
    ///
    /// # Errors
    /// The component cannot be compiled. That the result cannot be kept is only logged.
    pub(crate) fn load(&self, engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Component> {
        let path = self.path(engine, wasm);
        if let Some(component) = self.read(engine, &path) {
            return Ok(component);
        }
        let component = Component::from_binary(engine, wasm)?;
        if let Err(error) = component.serialize().map_err(io::Error::other).and_then(|code| self.write(&path, &code)) {
            tracing::warn!(path = %path.display(), %error, "compiled code could not be kept");
        }
        Ok(component)
    }

    fn path(&self, engine: &Engine, wasm: &[u8]) -> PathBuf {
        let mut digest = Sha256::new();
        digest.update(wasm);
        digest.update(settings_digest(engine));
        self.folder.join(hex(&digest.finalize())).with_extension(EXTENSION)
    }

    /// The entry, if there is one that this host wrote. Any other is as good as none: the component is compiled again.
    fn read(&self, engine: &Engine, path: &Path) -> Option<Component> {
        let metadata = fs::symlink_metadata(path).ok()?;
        // This host writes plain files of bounded size: a link, a pipe that nobody writes to, or a file without end is another's.
        if !metadata.is_file() || metadata.len() > self.max_bytes {
            tracing::warn!(path = %path.display(), "this is no compiled code of this host: compiled again");
            return None;
        }
        let bytes = fs::read(path).ok()?;
        let Some(code) = self.verify(path, &bytes) else {
            tracing::warn!(path = %path.display(), "compiled code that this host did not write, or that changed: compiled again");
            return None;
        };
        // Used now; if that cannot be noted, the entry is evicted sooner.
        let _ = File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
        deserialize(engine, code)
            .inspect_err(|error| tracing::warn!(path = %path.display(), %error, "compiled code does not load: compiled again"))
            .ok()
    }

    fn verify<'a>(&self, path: &Path, bytes: &'a [u8]) -> Option<Verified<'a>> {
        let (tag, code) = bytes.split_at_checked(MAC_LENGTH)?;
        self.mac(path, code).verify_slice(tag).ok()?;
        Some(Verified(code))
    }

    /// The entry's name is part of what is signed: an entry that is renamed would be another component's code.
    fn mac(&self, path: &Path, code: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        mac.update(&(name.len() as u64).to_le_bytes());
        mac.update(name);
        mac.update(code);
        mac
    }

    /// Writes beside the entry and renames, so that no reader sees half of it.
    fn write(&self, path: &Path, code: &[u8]) -> io::Result<()> {
        self.make_room(path, (code.len() + MAC_LENGTH) as u64)?;
        let unfinished = unfinished(path)?;
        let written = (|| {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
            file.write_all(&self.mac(path, code).finalize().into_bytes())?;
            file.write_all(code)?;
            fs::rename(&unfinished, path)
        })();
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written
    }

    /// Evicts what was used longest ago until the entry fits, and what a crash left unfinished.
    fn make_room(&self, path: &Path, wanted: u64) -> io::Result<()> {
        if wanted > self.max_bytes {
            return Err(io::Error::other(format!("{wanted} bytes are more than the cache may hold ({})", self.max_bytes)));
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let (found, metadata) = (entry.path(), entry.metadata()?);
            let age = || metadata.modified().ok().and_then(|time| time.elapsed().ok()).unwrap_or_default();
            match found.extension().and_then(|extension| extension.to_str()) {
                Some(EXTENSION) if found != path => entries.push((metadata.modified()?, metadata.len(), found)),
                Some("tmp") if age() > std::time::Duration::from_secs(3600) => fs::remove_file(found)?,
                _ => {}
            }
        }
        entries.sort();
        let mut used: u64 = entries.iter().map(|(_, length, _)| length).sum();
        for (_, length, oldest) in entries {
            if used + wanted <= self.max_bytes {
                break;
            }
            fs::remove_file(oldest)?;
            used -= length;
        }
        Ok(())
    }
}

/// Code whose MAC was checked. Only [`Cache::verify`] makes one, and [`deserialize`] takes nothing else.
struct Verified<'a>(&'a [u8]);

#[allow(unsafe_code)]
fn deserialize(engine: &Engine, code: Verified<'_>) -> wasmtime::Result<Component> {
    // SAFETY: the bytes must be what `Component::serialize` gave. The MAC shows that whoever holds the key wrote them under this
    // name; the key lies in a folder that only this user may enter, and this host writes nothing but serialised components.
    // They are in memory already, so nobody changes them between the check and the load. wasmtime itself refuses code of another
    // version or other settings.
    unsafe { Component::deserialize(engine, code.0) }
}

/// Version of wasmtime and every setting that matters for compiled code.
fn settings_digest(engine: &Engine) -> [u8; 32] {
    struct Sha(Sha256);
    impl Hasher for Sha {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut hasher = Sha(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.0.finalize().into()
}

/// Who this process is, as the owner of what it writes into the folder.
fn this_user(folder: &Path) -> io::Result<u32> {
    let probe = unfinished(&folder.join(KEY))?;
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&probe)?;
    let owner = file.metadata().map(|metadata| metadata.uid());
    fs::remove_file(&probe)?;
    owner
}

/// Why a folder is not `me`'s alone, if it is not.
fn not_ones_own(folder: &Path, owner: u32, mode: u32, me: u32) -> Option<String> {
    if owner != me {
        return Some(format!("it belongs to another user (uid {owner}). Type: chown -R {me} {}", folder.display()));
    }
    let others = mode & 0o077 != 0;
    others.then(|| format!("others may enter it (mode {:o}). Type: chmod 700 {}", mode & 0o777, folder.display()))
}

/// The key in the file, or a new one. The file is made whole and then given its name, so that two hosts that start at once end up
/// with the same key.
fn read_key(path: &Path) -> Result<[u8; 32], String> {
    if !path.exists() {
        make_key(path).map_err(|error| error.to_string())?;
    }
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let mode = file.metadata().map_err(|error| error.to_string())?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!("others may read the key (mode {:o}). Remove it, and the host makes a new one", mode & 0o777));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    bytes.try_into().map_err(|_| "this is not a key of 32 bytes. Remove it, and the host makes a new one".to_owned())
}

fn make_key(path: &Path) -> io::Result<()> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let unfinished = unfinished(path)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
    let made = file.write_all(&key).and_then(|()| fs::hard_link(&unfinished, path));
    fs::remove_file(&unfinished)?;
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// A name beside `path` that nobody else uses.
fn unfinished(path: &Path) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    Ok(path.with_extension(format!("{}.tmp", hex(&random))))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string never fails");
        text
    })
}

#[cfg(test)]
mod tests;

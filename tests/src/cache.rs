//! The folder outside the clone in which everything slow is kept: built crates, Python environments, tools.
//!
//! It is in the user's cache folder, so that a second clone of the repository is fast.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::Trouble;

/// `$XDG_CACHE_HOME/innkeeper`, or `~/.cache/innkeeper` where that variable is empty or missing.
#[must_use]
pub fn folder() -> PathBuf {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|v| !v.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => env::home_dir().unwrap_or_else(env::temp_dir).join(".cache"),
    };
    base.join("innkeeper")
}

/// Where cargo builds: `$CARGO_TARGET_DIR`, or `target` in [`folder`].
#[must_use]
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR").filter(|v| !v.is_empty()) {
        Some(folder) => repository().join(folder),
        None => folder().join("target"),
    }
}

/// The root of this repository.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies in a folder of the workspace").to_path_buf()
}

/// Holds a lock between processes; released when dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file gives the lock back")] File);

/// Waits for the lock of this name in the cache folder.
///
/// # Errors
/// When the lock file cannot be made.
pub fn lock(name: &str) -> Result<Lock, Trouble> {
    let folder = folder();
    fs::create_dir_all(&folder).map_err(Trouble::file(&folder))?;
    let path = folder.join(format!("{name}.lock"));
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(Trouble::file(&path))?;
    file.lock().map_err(Trouble::file(&path))?;
    Ok(Lock(file))
}

/// The first 16 hexadecimal digits of the SHA-256 of the parts.
#[must_use]
pub fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

//! One process writes at a time.

use crate::StoreError;
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Held as long as this process writes. The operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct WriteLock(#[expect(dead_code, reason = "closing the file is what unlocks it")] File);

impl WriteLock {
    /// Takes the lock beside the database, or says who has it.
    pub(crate) fn acquire(database: &Path) -> Result<Self, StoreError> {
        let path = beside(database);
        let failed = |source| StoreError::File { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.create(true).read(true).write(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                // Where a locked file cannot be read, the holder stays unnamed.
                let _ = file.read_to_string(&mut pid);
                let pid = pid.trim();
                let holder = if pid.is_empty() { "of unknown pid".to_owned() } else { format!("pid {pid}") };
                return Err(StoreError::Busy { path: database.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        file.set_len(0).map_err(failed)?;
        writeln!(file, "{}", std::process::id()).map_err(failed)?;
        Ok(Self(file))
    }
}

fn beside(database: &Path) -> PathBuf {
    let mut path = OsString::from(database);
    path.push(".lock");
    PathBuf::from(path)
}

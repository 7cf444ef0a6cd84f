//! Files that are there as a whole or not at all, and for their owner alone.

use crate::SecretError;
use crate::key::io;
use std::io::{Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// Reads a file of at most `limit` bytes into memory that is wiped.
pub(crate) fn read(path: &Path, limit: usize, place: impl Fn() -> String) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let mut file = std::fs::File::open(path).map_err(io("read", path))?;
    let bytes = read_wiped(&mut file, limit).map_err(io("read", path))?;
    bytes.ok_or_else(|| SecretError::TooLarge { place: place(), limit })
}

/// Reads to the end, into memory that is wiped; none where there is more than `limit` bytes. Growing the buffer would leave copies
/// behind, so it never grows.
pub(crate) fn read_wiped(source: &mut impl Read, limit: usize) -> std::io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut bytes = Zeroizing::new(vec![0; limit + 1]);
    let mut length = 0;
    while length < bytes.len() {
        match source.read(&mut bytes[length..])? {
            0 => break,
            count => length += count,
        }
    }
    bytes.truncate(length);
    Ok((length <= limit).then_some(bytes))
}

/// Writes the file beside its place and renames it into it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), SecretError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // A temporary file has mode 0600 from the start; its name starts with a dot, which no secret's name does.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(io("create a file in", folder))?;
    file.write_all(bytes).map_err(io("write", path))?;
    file.as_file().sync_all().map_err(io("write", path))?;
    file.persist(path).map_err(|error| io("write", path)(error.error))?;
    settle(path)
}

/// Waits until what was renamed or removed in the folder above the path survives a crash.
pub(crate) fn settle(path: &Path) -> Result<(), SecretError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    #[cfg(unix)]
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io("write", folder))?;
    Ok(())
}

/// Makes the folder where it is missing, for its owner alone, and refuses one that others can enter.
pub(crate) fn closed_folder(folder: &Path) -> Result<(), SecretError> {
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

/// Held while something is changed: one process at a time, and a value is never encrypted with a key that is about to be dropped.
pub(crate) struct Lock(#[expect(dead_code, reason = "closing the file gives the lock back")] std::fs::File);

impl Lock {
    /// Waits for it. The file lies in the folder of the secrets.
    pub(crate) fn take(folder: &Path) -> Result<Self, SecretError> {
        let path = folder.join("lock");
        let mut options = std::fs::OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(io("open", &path))?;
        file.lock().map_err(io("lock", &path))?;
        Ok(Self(file))
    }
}

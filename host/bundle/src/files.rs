//! Reading a bundle's files through a capability to its folder, or the one file that an archive is.
//!
//! In a folder, every path is a plain name within the folder; what is not a plain file (a link, a pipe, a device) is refused before it is opened.

use crate::{BundleError, archive::LARGEST_ARCHIVE, error::io};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use std::io::Read;
use std::path::Path;

/// Opens a folder to read from.
pub(crate) fn open(path: &Path) -> Result<Dir, BundleError> {
    Dir::open_ambient_dir(path, ambient_authority()).map_err(io("open the folder", path))
}

/// A file's bytes; none where there is no such file. `folder` is for messages.
pub(crate) fn read(dir: &Dir, folder: &Path, name: &str, limit: u64) -> Result<Option<Vec<u8>>, BundleError> {
    let path = folder.join(name);
    let metadata = match dir.symlink_metadata(name) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(io("read", &path))?,
    };
    if !metadata.is_file() {
        return Err(BundleError::NotAFile { path });
    }
    let file = || dir.open(name);
    bounded(file, metadata.len(), limit, &path).map(Some)
}

/// The bytes of an archive that somebody named, wherever it lies.
pub(crate) fn read_archive(path: &Path) -> Result<Vec<u8>, BundleError> {
    let metadata = std::fs::metadata(path).map_err(io("read", path))?;
    if !metadata.is_file() {
        return Err(BundleError::NotAFile { path: path.to_owned() });
    }
    bounded(|| std::fs::File::open(path), metadata.len(), LARGEST_ARCHIVE, path)
}

/// Reads a file of this size, which is not even opened when it is too large.
fn bounded<F: Read>(
    open: impl FnOnce() -> std::io::Result<F>,
    size: u64,
    limit: u64,
    path: &Path,
) -> Result<Vec<u8>, BundleError> {
    let too_large = || BundleError::TooLarge { path: path.to_owned(), limit };
    if size > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    let file = open().map_err(io("read", path))?;
    // It may have grown since.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(io("read", path))?;
    match bytes.len() as u64 > limit {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}

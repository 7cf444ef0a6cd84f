//! Whether a file is another one than it was, without reading it: for files that are only ever replaced.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Inode, length and time of the last change; none for a file that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp(Option<(u64, u64, i64, i64)>);

impl Stamp {
    /// Of the file as it is now.
    pub(crate) fn of(path: &Path) -> Self {
        let stamp = |metadata: std::fs::Metadata| (metadata.ino(), metadata.len(), metadata.ctime(), metadata.ctime_nsec());
        Self(std::fs::metadata(path).ok().map(stamp))
    }
}

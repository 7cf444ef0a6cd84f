//! What an archive of a bundle must not have.

/// Why an archive is refused. Names are a stranger's, and shown with their control characters escaped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// It is not compressed with zstd, or damaged, or needs more memory to be decompressed than a bundle may.
    #[error("it cannot be decompressed as zstd: {0}")]
    Compression(std::io::Error),
    /// It ends in the middle.
    #[error("it ends too early: fetch it again")]
    Truncated,
    /// A header is not one of tar's.
    #[error("a header in it is damaged: fetch it again")]
    Header,
    /// A path from the root.
    #[error("`{name}` in it is an absolute path")]
    Absolute {
        /// The name in the archive.
        name: String,
    },
    /// A path that leads out.
    #[error("`{name}` in it leads out of the folder with `..`")]
    Parent {
        /// The name in the archive.
        name: String,
    },
    /// A path with folders.
    #[error("`{name}` in it is a path: a bundle has plain names and no folders")]
    Separator {
        /// The name in the archive.
        name: String,
    },
    /// A symbolic or hard link.
    #[error("`{name}` in it is a link")]
    Link {
        /// The name in the archive.
        name: String,
    },
    /// A device or a pipe.
    #[error("`{name}` in it is a device or a pipe")]
    Device {
        /// The name in the archive.
        name: String,
    },
    /// A folder.
    #[error("`{name}` in it is a folder: a bundle has none")]
    Folder {
        /// The name in the archive.
        name: String,
    },
    /// An extension of the format: long names, sparse files, attributes.
    #[error("`{name}` in it uses an extension of tar (GNU or PAX: long names, sparse files, attributes), and a bundle uses none")]
    Extension {
        /// The name in the archive.
        name: String,
    },
    /// The same name twice.
    #[error("`{name}` is in it twice")]
    Duplicate {
        /// The name in the archive.
        name: String,
    },
    /// A file that bundles do not have.
    #[error("`{name}` in it is no part of a bundle")]
    Unexpected {
        /// The name in the archive.
        name: String,
    },
    /// More files than a bundle can have.
    #[error("there are more than {limit} files in it")]
    TooManyFiles {
        /// The limit.
        limit: usize,
    },
    /// Data in places where there is none in an archive of its kind.
    #[error("there is data in it behind the files or between them")]
    TrailingData,
}

//! What can be wrong with a bundle.

use crate::{ConnectorName, ConnectorRef, LockError, ManifestError};
use semver::Version;
use std::path::{Path, PathBuf};

/// Why a bundle cannot be used or installed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The manifest is wrong.
    #[error("{folder}: {error}", folder = .folder.display())]
    Manifest {
        /// The bundle's folder.
        folder: PathBuf,
        /// What is wrong with it, and where.
        error: ManifestError,
    },
    /// A file is missing.
    #[error("`{path}` is missing: a bundle is a folder with connector.toml, the component that it names, and README.md", path = .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Something that is no file has a file's name.
    #[error("`{path}` is not a plain file: a bundle has no links and no folders", path = .path.display())]
    NotAFile {
        /// What it is.
        path: PathBuf,
    },
    /// A file is too large.
    #[error("`{path}` has more than {limit} bytes", path = .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// A text file is not text.
    #[error("`{path}` is not UTF-8 text", path = .path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The component is something else.
    #[error("`{path}` is {what}. Build it with `cargo build --target wasm32-wasip2`, or the SDK of its language", path = .path.display())]
    NotAComponent {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// The version is installed with other content.
    #[error(
        "{name} {version} is installed already, with other content. A version never changes: give the new one a new version, or remove \
         the old one first with: innkeeper connector remove {name}@{version}"
    )]
    Different {
        /// The connector.
        name: ConnectorName,
        /// Its version.
        version: Version,
    },
    /// What is installed in a folder is not what the folder's name says.
    #[error("`{path}` contains {name} {version}: somebody moved it. Install it again", path = .path.display())]
    Misplaced {
        /// The folder.
        path: PathBuf,
        /// The connector in it.
        name: ConnectorName,
        /// Its version.
        version: Version,
    },
    /// No installed connector is the one that is wanted.
    #[error("the connector {reference} is not installed ({}). Install it with: innkeeper connector install FOLDER", installed(.versions))]
    NotInstalled {
        /// What is wanted.
        reference: ConnectorRef,
        /// The versions of it that are installed.
        versions: Vec<Version>,
    },
    /// The installed connector is not what was agreed to.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The operating system refused.
    #[error("cannot {action} `{path}`: {source}", path = .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

fn installed(versions: &[Version]) -> String {
    match versions {
        [] => "no version of it is".to_owned(),
        versions => format!("these versions are: {}", versions.iter().map(Version::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Turns an error of the operating system into ours.
pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> BundleError {
    let path = path.to_owned();
    move |source| BundleError::Io { action, path, source }
}

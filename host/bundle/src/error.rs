//! What can be wrong with a bundle.

use crate::{ArchiveError, ConnectorName, ConnectorRef, LockError, ManifestError, PublicKey, TrustError};
use semver::Version;
use std::path::{Path, PathBuf};

/// Why a bundle cannot be used or installed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The manifest is wrong.
    #[error("{bundle}: {error}", bundle = .bundle.display())]
    Manifest {
        /// The bundle's folder or archive.
        bundle: PathBuf,
        /// What is wrong with it, and where.
        error: ManifestError,
    },
    /// A file is missing.
    #[error(
        "`{path}` is missing: a bundle has connector.toml, the component that it names, and README.md, and SHA256SUMS when it is packed or \
         signed", path = .path.display()
    )]
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
    /// The component's bytes make no sense.
    #[error("`{path}` is a damaged component: {message}", path = .path.display())]
    Component {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The archive is not one that Innkeeper packs.
    #[error("`{path}` is not a bundle: {error}", path = .path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        error: ArchiveError,
    },
    /// A file is not the one that the digest list is about.
    #[error(
        "`{path}` is not the file that SHA256SUMS lists: it was changed since. Get the bundle again; or, if the change is your own, delete \
         SHA256SUMS and SHA256SUMS.sig, and sign it again", path = .path.display()
    )]
    DigestDiffers {
        /// The file.
        path: PathBuf,
    },
    /// A file of the bundle is not in its digest list.
    #[error("`{path}` is not listed in SHA256SUMS: somebody added it. Get the bundle again", path = .path.display())]
    NotListed {
        /// The file.
        path: PathBuf,
    },
    /// The digest list has a file that the bundle has not.
    #[error("`{path}` lists `{name}`, which is not there. Get the bundle again", path = .path.display())]
    ListedButMissing {
        /// The digest list.
        path: PathBuf,
        /// What is listed.
        name: String,
    },
    /// The digest list is not in its form.
    #[error("`{path}` is damaged in line {line}: it has a digest, two spaces and a name on each line, by name", path = .path.display())]
    DigestList {
        /// The digest list.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The signature is not in its form.
    #[error("`{path}` is not a signature: {message}", path = .path.display())]
    SignatureForm {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: &'static str,
    },
    /// Nobody signed it.
    #[error(
        "{name} {version} is not signed, and nothing is installed or run unless somebody answers for it. Ask its publisher for a signed \
         bundle; if that is you: innkeeper connector sign BUNDLE --key FILE"
    )]
    NotSigned {
        /// The connector.
        name: ConnectorName,
        /// Its version.
        version: Version,
    },
    /// The signature is not one of these files by that key.
    #[error("the signature of {name} {version} is wrong: {key} did not sign these files. Do not use the bundle; get it again")]
    SignatureWrong {
        /// The connector.
        name: ConnectorName,
        /// Its version.
        version: Version,
        /// The key that is said to have signed it.
        key: PublicKey,
    },
    /// The key that signed it is not trusted with it.
    #[error(transparent)]
    Trust(#[from] TrustError),
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
    #[error("the connector {reference} is not installed ({}). Install it with: innkeeper connector install BUNDLE", installed(.versions))]
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

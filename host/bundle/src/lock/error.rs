//! Why the lock cannot be used, or a connector is not what it says.

use crate::{ConnectorName, ConnectorRef, PublicKey};
use semver::Version;
use std::path::PathBuf;

/// Why the lock cannot be used, or a connector is not what it says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Nobody agreed to this connector.
    #[error("{name} {version} is not in innkeeper.lock: nobody agreed to it. Agree with: innkeeper connector install BUNDLE")]
    NotLocked {
        /// The connector.
        name: ConnectorName,
        /// Its version.
        version: Version,
    },
    /// No version of this connector is in use.
    #[error(
        "no version of the connector {name} is in innkeeper.lock: nobody agreed to it. Install one: innkeeper connector install BUNDLE"
    )]
    Unknown {
        /// The connector.
        name: ConnectorName,
    },
    /// The version in use is not one that the configuration wants.
    #[error(
        "`{app}` wants the connector {wanted}, and {used} is the version in use. Write connector = \"{name}@{used}\", or use a version that \
         is wanted: innkeeper connector upgrade {name}@VERSION --app {app}", name = .wanted.name
    )]
    Unwanted {
        /// The app or source.
        app: String,
        /// What the configuration wants.
        wanted: Box<ConnectorRef>,
        /// What is in use.
        used: Version,
    },
    /// The installed files are not those that were agreed to.
    #[error(
        "{name} {version} is not what was agreed to: {} not the same as in innkeeper.lock. Nothing of it was run. Install the \
         bundle that was agreed to again: innkeeper connector install BUNDLE",
        files(.changed)
    )]
    Changed {
        /// The connector.
        name: ConnectorName,
        /// Its version.
        version: Version,
        /// The files that differ, are missing or are new.
        changed: Vec<String>,
    },
    /// The files are those that were agreed to, and somebody else signed them.
    #[error(
        "{name} {version} was agreed to with another signature than that of {found}, which it has now. Nothing of it was run"
    )]
    OtherKey {
        /// The connector.
        name: ConnectorName,
        /// Its version.
        version: Version,
        /// Whose signature it has.
        found: Box<PublicKey>,
    },
    /// There is no version to go back to.
    #[error(
        "{name} has no version to go back to{}. Use another one that is installed: innkeeper connector upgrade {name}@VERSION --downgrade",
        .app.as_ref().map_or(String::new(), |app| format!(" for `{app}` alone"))
    )]
    NothingBefore {
        /// The connector.
        name: ConnectorName,
        /// The app, where it was asked for one.
        app: Option<String>,
    },
    /// The file is wrong.
    #[error("{path}:{line}:{column}: {message}", path = .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
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

fn files(changed: &[String]) -> String {
    match changed {
        [one] => format!("{one} is"),
        several => format!("{} are", several.join(", ")),
    }
}

//! The whole configuration, checked: whoever holds one holds a sound one.

use crate::app::App;
use crate::approval::Approver;
use crate::egress::Egress;
use crate::lifecycle::Lifecycle;
use crate::limits::Limits;
use crate::problem::{Problems, SourceFile};
use crate::role::Role;
use crate::schedule::Schedule;
use crate::source::Source;
use indexmap::IndexMap;
use innkeeper_domain::{AppName, RoleName, SourceName};
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of the first file.
const MAIN_FILE: &str = "innkeeper.toml";

/// A configuration in which every name, type and expression was checked, apart from what only an app's description tells:
/// see [`Configuration::check_app`].
#[derive(Clone, Debug)]
pub struct Configuration {
    pub(crate) files: Vec<Arc<SourceFile>>,
    pub(crate) time_zone: TimeZone,
    pub(crate) state: String,
    pub(crate) egress: Egress,
    pub(crate) limits: Limits,
    pub(crate) schedule: Schedule,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) sources: IndexMap<SourceName, Source>,
    pub(crate) apps: IndexMap<AppName, App>,
    pub(crate) roles: IndexMap<RoleName, Role>,
    pub(crate) order: Vec<AppName>,
    pub(crate) approvers: IndexMap<String, Approver>,
}

/// A configuration could not be read or is not sound.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ConfigurationError {
    /// There is no configuration.
    #[error("there is no {MAIN_FILE} in {}", .0.display())]
    #[diagnostic(help("start one with `innkeeper init`, or say where it is with `--directory DIRECTORY`"))]
    Missing(PathBuf),
    /// The directory or a file could not be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// A file is not text.
    #[error("{} is not UTF-8 text: the first byte that is not is byte {position}", path.display())]
    #[diagnostic(help("TOML files are UTF-8: save the file in that encoding"))]
    NotText {
        /// Which.
        path: PathBuf,
        /// Counted from 0.
        position: usize,
    },
    /// Something in the files is wrong.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Unsound(#[from] Problems),
}

impl Configuration {
    /// Checks the text of all files and gives the configuration that they make together. The order of the files does not
    /// matter: `innkeeper.toml` comes first and the others follow by name.
    ///
    /// # Errors
    /// Everything that is wrong, not only the first thing.
    pub fn load(mut files: Vec<SourceFile>) -> Result<Self, Problems> {
        files.sort_by(|left, right| {
            (left.name != MAIN_FILE, &left.name, &left.text).cmp(&(right.name != MAIN_FILE, &right.name, &right.text))
        });
        crate::load::load(files.into_iter().map(Arc::new).collect())
    }

    /// Reads and checks `innkeeper.toml` and every other `*.toml` beside it.
    ///
    /// # Errors
    /// The directory or a file cannot be read, or what it says is wrong.
    pub fn read(directory: &Path) -> Result<Self, ConfigurationError> {
        let unreadable = |path: &Path, error| ConfigurationError::Unreadable { path: path.to_owned(), error };
        let mut files = Vec::new();
        if !directory.join(MAIN_FILE).is_file() {
            return Err(ConfigurationError::Missing(directory.to_owned()));
        }
        for entry in std::fs::read_dir(directory).map_err(|error| unreadable(directory, error))? {
            let path = entry.map_err(|error| unreadable(directory, error))?.path();
            if path.extension().is_none_or(|extension| extension != "toml") || !path.is_file() {
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, error))?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let text = String::from_utf8(bytes).map_err(|error| {
                let position = error.utf8_error().valid_up_to();
                ConfigurationError::NotText { path: path.clone(), position }
            })?;
            files.push(SourceFile { name, text });
        }
        Ok(Self::load(files)?)
    }

    /// The SHA-256 of all files, in hexadecimal: the same files give the same digest.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        for file in &self.files {
            for part in [&file.name, &file.text] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part.as_bytes());
            }
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Where "today" is taken from.
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// The state folder, relative to the configuration directory.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// What one call of a connector may use at most, where its app or source does not say otherwise.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// When `innkeeper run` looks.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// What the way from joining to leaving has in common on all apps.
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }

    /// How systems are reached, for all apps and sources.
    pub fn egress(&self) -> &Egress {
        &self.egress
    }

    /// All sources, in the order of the configuration: the first that knows an attribute of a person wins.
    pub fn sources(&self) -> impl ExactSizeIterator<Item = &Source> {
        self.sources.values()
    }

    /// One source.
    pub fn source(&self, name: &SourceName) -> Option<&Source> {
        self.sources.get(name)
    }

    /// All apps, in the order of the configuration.
    pub fn apps(&self) -> impl ExactSizeIterator<Item = &App> {
        self.apps.values()
    }

    /// One app.
    pub fn app(&self, name: &AppName) -> Option<&App> {
        self.apps.get(name)
    }

    /// All apps, each after those that it needs.
    pub fn apps_by_need(&self) -> impl ExactSizeIterator<Item = &App> {
        self.order.iter().map(|name| &self.apps[name])
    }

    /// All roles, in the order of the configuration.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &Role> {
        self.roles.values()
    }

    /// One role.
    pub fn role(&self, name: &RoleName) -> Option<&Role> {
        self.roles.get(name)
    }

    /// Everybody whose approvals are signed.
    pub fn approvers(&self) -> impl ExactSizeIterator<Item = &Approver> {
        self.approvers.values()
    }

    /// One of them; none for somebody whose approvals need no signature.
    pub fn approver(&self, name: &str) -> Option<&Approver> {
        self.approvers.get(name)
    }

    /// The names of the apps that are most like `name`, for a message about one that does not exist.
    pub fn app_like(&self, name: &str) -> Option<&AppName> {
        let nearest = crate::suggest::nearest(name, self.apps.keys().map(AppName::as_str))?;
        self.apps.get_key_value(nearest).map(|(name, _)| name)
    }
}

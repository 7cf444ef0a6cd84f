//! The kill switch: what may not be sent anything, by whom and why.
//!
//! It is a file of its own in the state folder, so that it works whatever another process does with the store, and it is looked at before
//! every request. A file that cannot be understood pauses everything: whoever reached for the switch meant something.

use crate::stamp::Stamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The file in the state folder.
const FILE: &str = "paused.toml";

/// That nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pause {
    /// Who reached for the switch.
    pub by: String,
    /// When.
    pub since: Timestamp,
    /// Why, in their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ends by itself; none: when somebody resumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl fmt::Display for Pause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "paused by {} since {}", self.by, self.since.strftime("%Y-%m-%d %H:%M UTC"))?;
        if let Some(until) = self.until {
            write!(formatter, " until {}", until.strftime("%Y-%m-%d %H:%M UTC"))?;
        }
        match &self.reason {
            Some(reason) => write!(formatter, ": {reason}"),
            None => Ok(()),
        }
    }
}

/// All pauses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Paused {
    /// Of everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<Pause>,
    /// Of single apps; a source is called `source.NAME`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub app: BTreeMap<String, Pause>,
}

/// Why the switch cannot be read or set.
#[derive(Debug, thiserror::Error)]
pub enum PauseError {
    /// The file cannot be read or written.
    #[error("cannot use {}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: std::io::Error,
    },
    /// The file is not one of ours.
    #[error("{} cannot be understood, so that everything is paused: {message}; delete it to resume", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
}

impl Paused {
    /// As the file in the state folder says it.
    ///
    /// # Errors
    /// When it is there and cannot be understood.
    pub fn load(state: &Path) -> Result<Self, PauseError> {
        let path = state.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(PauseError::File { path, error }),
        };
        toml::from_str(&text).map_err(|error| PauseError::Unreadable { path, message: error.message().to_owned() })
    }

    /// Puts it into the place of what the file said, at once and whole.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, state: &Path) -> Result<(), PauseError> {
        let path = state.join(FILE);
        let failed = |error| PauseError::File { path: path.clone(), error };
        let text = toml::to_string_pretty(self).map_err(|error| failed(std::io::Error::other(error)))?;
        let mut file = tempfile::NamedTempFile::new_in(state).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// What holds for an app now.
    pub fn of(&self, app: &str, now: Timestamp) -> Option<&Pause> {
        let holds = |pause: &&Pause| pause.until.is_none_or(|until| now < until);
        self.all.as_ref().filter(holds).or_else(|| self.app.get(app).filter(holds))
    }
}

/// What the file says, or why it cannot be understood.
type Said = Arc<Result<Paused, String>>;

/// The switch, looked at again when it is another file than it was.
pub(crate) struct Switch {
    state: PathBuf,
    seen: Mutex<Option<(Stamp, Said)>>,
}

impl Switch {
    pub(crate) fn new(state: &Path) -> Self {
        Self { state: state.to_owned(), seen: Mutex::default() }
    }

    /// Why nothing may be sent to an app now; none while it may. A source is called `source.NAME`.
    pub(crate) fn reason(&self, app: &str) -> Option<String> {
        match self.now().as_ref() {
            Ok(paused) => paused.of(app, Timestamp::now()).map(|pause| {
                let whom = app.strip_prefix("source.").unwrap_or(app);
                let resume =
                    if paused.all.is_some() { "innkeeper resume".to_owned() } else { format!("innkeeper resume {whom}") };
                format!("{pause}; go on with `{resume}`")
            }),
            Err(why) => Some(why.clone()),
        }
    }

    fn now(&self) -> Said {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = Stamp::of(&self.state.join(FILE));
        if let Some((_, paused)) = seen.as_ref().filter(|(before, _)| *before == stamp) {
            return paused.clone();
        }
        let paused = Arc::new(Paused::load(&self.state).map_err(|error| error.to_string()));
        *seen = Some((stamp, paused.clone()));
        paused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(until: Option<&str>) -> Pause {
        let since = "2026-11-22T09:00:00Z".parse().expect("a moment");
        let until = until.map(|until| until.parse().expect("a moment"));
        Pause { by: "ada".into(), since, reason: Some("the vendor moves".into()), until }
    }

    #[test]
    fn an_app_is_paused_until_it_is_resumed_and_others_are_not() {
        let state = tempfile::tempdir().expect("a folder");
        let switch = Switch::new(state.path());
        assert_eq!(switch.reason("chat"), None);
        let mut paused = Paused::default();
        paused.app.insert("chat".into(), pause(None));
        paused.save(state.path()).expect("written");
        insta::assert_snapshot!(switch.reason("chat").expect("paused"), @"paused by ada since 2026-11-22 09:00 UTC: the vendor moves; go on with `innkeeper resume chat`");
        assert_eq!(switch.reason("mail"), None);
        Paused { all: Some(pause(None)), ..Paused::default() }.save(state.path()).expect("written");
        assert!(switch.reason("mail").expect("paused").ends_with("`innkeeper resume`"));
        assert!(switch.reason("source.hr").is_some());
        Paused::default().save(state.path()).expect("written");
        assert_eq!(switch.reason("mail"), None);
    }

    #[test]
    fn a_pause_with_an_end_ends_by_itself() {
        let paused = Paused { all: Some(pause(Some("2026-11-23T09:00:00Z"))), ..Paused::default() };
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        assert!(paused.of("chat", at("2026-11-23T08:59:59Z")).is_some());
        assert!(paused.of("chat", at("2026-11-23T09:00:00Z")).is_none());
    }

    #[test]
    fn a_switch_that_cannot_be_understood_pauses_everything() {
        let state = tempfile::tempdir().expect("a folder");
        let switch = Switch::new(state.path());
        std::fs::write(state.path().join(FILE), "stop!").expect("written");
        assert!(switch.reason("chat").expect("paused").contains("everything is paused"));
    }
}

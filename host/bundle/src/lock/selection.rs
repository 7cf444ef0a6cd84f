//! Which version of a connector is in use, for all apps and for single ones, and how to go back.

use semver::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many versions back it can be gone. More is a longer file, and nobody goes back further.
const DEPTH: usize = 5;

/// A version that is in use, and those that were before, the last one first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InUse {
    /// The version.
    pub version: Version,
    /// What to go back to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Version>,
}

/// The versions of one connector that are in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "File", into = "File")]
pub struct Selection {
    /// For every app that has none of its own.
    pub all: InUse,
    /// For single apps, by name.
    pub apps: BTreeMap<String, InUse>,
}

/// As it is written: what is for all stands at the top.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: Version,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    before: Vec<Version>,
    #[serde(default, rename = "app", skip_serializing_if = "BTreeMap::is_empty")]
    apps: BTreeMap<String, InUse>,
}

impl From<File> for Selection {
    fn from(File { version, before, apps }: File) -> Self {
        Self { all: InUse { version, before }, apps }
    }
}

impl From<Selection> for File {
    fn from(Selection { all: InUse { version, before }, apps }: Selection) -> Self {
        Self { version, before, apps }
    }
}

impl InUse {
    fn new(version: Version) -> Self {
        Self { version, before: Vec::new() }
    }

    fn advance(&mut self, version: Version) {
        if self.version != version {
            let old = std::mem::replace(&mut self.version, version);
            self.before.retain(|before| *before != self.version && *before != old);
            self.before.insert(0, old);
            self.before.truncate(DEPTH);
        }
    }

    fn back(&mut self) -> Option<Version> {
        if self.before.is_empty() {
            return None;
        }
        self.version = self.before.remove(0);
        Some(self.version.clone())
    }
}

impl Selection {
    /// This version for all.
    pub(super) fn new(version: Version) -> Self {
        Self { all: InUse::new(version), apps: BTreeMap::new() }
    }

    /// The version for an app.
    pub fn version(&self, app: &str) -> &Version {
        &self.apps.get(app).unwrap_or(&self.all).version
    }

    /// Whether anybody uses this version.
    pub fn uses(&self, version: &Version) -> bool {
        self.all.version == *version || self.apps.values().any(|app| app.version == *version)
    }

    /// Another version for all: single apps have none of their own any more.
    pub(super) fn advance(&mut self, version: Version) {
        self.apps.clear();
        self.all.advance(version);
    }

    /// Another version for one app.
    pub(super) fn advance_app(&mut self, app: &str, version: Version) {
        let all = self.all.version.clone();
        self.apps.entry(app.to_owned()).or_insert_with(|| InUse::new(all)).advance(version);
    }

    /// The version before this one, for all; single apps have none of their own any more. None where there is none.
    pub(super) fn back(&mut self) -> Option<Version> {
        let version = self.all.back()?;
        self.apps.clear();
        Some(version)
    }

    /// The version before this one, for one app. An app that goes back to what all have has none of its own any more.
    pub(super) fn back_app(&mut self, app: &str) -> Option<Version> {
        let own = self.apps.get_mut(app)?;
        let version = own.back()?;
        if version == self.all.version {
            self.apps.remove(app);
        }
        Some(version)
    }

    /// Forgets a version that cannot be gone back to any more.
    pub(super) fn forget(&mut self, version: &Version) {
        for used in self.apps.values_mut().chain([&mut self.all]) {
            used.before.retain(|before| before != version);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn an_app_goes_first_and_the_others_follow() {
        let mut selection = Selection::new(version("1.0.0"));
        selection.advance_app("sales", version("1.1.0"));
        assert_eq!((selection.version("sales"), selection.version("support")), (&version("1.1.0"), &version("1.0.0")));
        selection.advance(version("1.1.0"));
        assert_eq!(selection.version("support"), &version("1.1.0"));
        assert!(selection.apps.is_empty());
    }

    #[test]
    fn going_back_is_to_what_was_before_and_no_further() {
        let mut selection = Selection::new(version("1.0.0"));
        selection.advance(version("1.1.0"));
        selection.advance(version("1.2.0"));
        assert_eq!(selection.back(), Some(version("1.1.0")));
        assert_eq!(selection.back(), Some(version("1.0.0")));
        assert_eq!(selection.back(), None);
    }

    #[test]
    fn an_app_goes_back_to_what_all_have() {
        let mut selection = Selection::new(version("1.0.0"));
        assert_eq!(selection.back_app("sales"), None);
        selection.advance_app("sales", version("1.1.0"));
        assert_eq!(selection.back_app("sales"), Some(version("1.0.0")));
        assert!(selection.apps.is_empty());
        assert_eq!(selection.version("sales"), &version("1.0.0"));
    }

    #[test]
    fn what_is_gone_back_to_is_bounded_and_has_no_version_twice() {
        let mut selection = Selection::new(version("1.0.0"));
        for number in 1..20 {
            selection.advance(version(&format!("1.0.{number}")));
            selection.advance(version("2.0.0"));
        }
        assert_eq!(selection.all.before.len(), DEPTH);
        assert!(!selection.all.before.contains(&version("2.0.0")));
    }
}

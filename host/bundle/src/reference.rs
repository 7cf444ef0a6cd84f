//! How configuration names a connector.

use crate::ConnectorName;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A connector and how much of its version is wanted: `scim`, `scim@1`, `scim@0.1`, `scim@0.1.4`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ConnectorRef {
    /// The connector.
    pub name: ConnectorName,
    version: Option<Wanted>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Wanted {
    Major(u64),
    Minor(u64, u64),
    Exactly(Version),
}

impl ConnectorRef {
    /// This very version.
    pub fn exactly(name: ConnectorName, version: Version) -> Self {
        Self { name, version: Some(Wanted::Exactly(version)) }
    }

    /// Whether this version is one that is wanted. One before a release (`1.0.0-rc.1`) only is when it is named in full.
    pub fn matches(&self, version: &Version) -> bool {
        let released = version.pre.is_empty();
        match &self.version {
            None => released,
            Some(Wanted::Major(major)) => released && version.major == *major,
            Some(Wanted::Minor(major, minor)) => released && (version.major, version.minor) == (*major, *minor),
            Some(Wanted::Exactly(exactly)) => version == exactly,
        }
    }
}

impl FromStr for ConnectorRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, version)) = text.split_once('@') else {
            return Ok(Self { name: text.parse()?, version: None });
        };
        let wrong = || format!("`{version}` is not a version: use `{name}@1`, `{name}@1.2` or `{name}@1.2.3`");
        let number = |text: &str| text.parse().ok().filter(|number: &u64| number.to_string() == text).ok_or_else(wrong);
        let wanted = match version.split('.').collect::<Vec<_>>()[..] {
            [major] => Wanted::Major(number(major)?),
            [major, minor] => Wanted::Minor(number(major)?, number(minor)?),
            _ => Wanted::Exactly(Version::parse(version).map_err(|_| wrong())?),
        };
        Ok(Self { name: name.parse()?, version: Some(wanted) })
    }
}

impl fmt::Display for ConnectorRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.version {
            None => write!(formatter, "{name}"),
            Some(Wanted::Major(major)) => write!(formatter, "{name}@{major}"),
            Some(Wanted::Minor(major, minor)) => write!(formatter, "{name}@{major}.{minor}"),
            Some(Wanted::Exactly(version)) => write!(formatter, "{name}@{version}"),
        }
    }
}

impl TryFrom<String> for ConnectorRef {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<ConnectorRef> for String {
    fn from(reference: ConnectorRef) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_wants_what_it_says() {
        for (reference, version, wanted) in [
            ("scim", "0.1.0", true),
            ("scim", "1.0.0-rc.1", false),
            ("scim@1", "1.9.3", true),
            ("scim@1", "2.0.0", false),
            ("scim@1", "1.0.0-rc.1", false),
            ("scim@0.1", "0.1.7", true),
            ("scim@0.1", "0.2.0", false),
            ("scim@0.1", "0.10.0", false),
            ("scim@0.1.4", "0.1.4", true),
            ("scim@0.1.4", "0.1.5", false),
            ("scim@1.0.0-rc.1", "1.0.0-rc.1", true),
        ] {
            let reference: ConnectorRef = reference.parse().expect("a reference");
            assert_eq!(reference.matches(&version.parse().expect("a version")), wanted, "{reference} and {version}");
        }
    }

    #[test]
    fn a_reference_is_written_as_it_was_read() {
        for text in ["scim", "scim@1", "scim@0.1", "scim@0.1.4", "scim@1.0.0-rc.1"] {
            assert_eq!(text.parse::<ConnectorRef>().expect("a reference").to_string(), text);
        }
        for bad in
            ["", "@1", "scim@", "scim@latest", "scim@^1", "scim@1.", "scim@01", "scim@1.2.3.4", "Scim@1", "scim@1@2", "scim@+1"]
        {
            assert!(bad.parse::<ConnectorRef>().is_err(), "{bad}");
        }
    }
}

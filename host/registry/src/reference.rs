//! What to push or pull, as a person writes it.

use crate::{Digest, RegistryHost};
use semver::Version;
use std::fmt;
use std::str::FromStr;

/// What a tag of a bundle ends with; before it stands the tag of the component alone.
const BUNDLE: &str = ".bundle";

/// Tags have 128 characters at most (OCI distribution specification, "Pulling manifests").
const LONGEST_TAG: usize = 128;

/// Repository names have 255 characters at most: many registries stop there, says the specification.
const LONGEST_REPOSITORY: usize = 255;

/// A bundle in a registry: `oci://registry.example/acme/crm:1.2.3`, or `oci://registry.example/acme/crm@sha256:...`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// The registry.
    pub host: RegistryHost,
    /// The path in it, in the OCI's grammar.
    pub(crate) repository: String,
    /// Which of the repository's artifacts.
    pub pick: Pick,
}

/// Which artifact of a repository.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pick {
    /// The one of this version, whatever that is today.
    Version(Version),
    /// The bundle of this digest and no other: see [`Pushed::digest`](crate::Pushed::digest).
    Digest(Digest),
}

/// A text that is not a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a bundle in a registry: {reason}. Write oci://HOST[:PORT]/PATH/NAME:1.2.3, or \
     oci://HOST[:PORT]/PATH/NAME@sha256:DIGEST"
)]
pub struct ReferenceError {
    text: String,
    reason: String,
}

impl Reference {
    /// The repository's path in the registry: `acme/crm`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The repository: `oci://registry.example/acme/crm`.
    pub(crate) fn place(&self) -> String {
        format!("oci://{}/{}", self.host, self.repository)
    }
}

/// The tag of the component alone. A tag has no `+`; `_` stands for it, which no version has.
pub(crate) fn tag(version: &Version) -> String {
    version.to_string().replace('+', "_")
}

/// The tag of the bundle.
pub(crate) fn bundle_tag(version: &Version) -> String {
    tag(version) + BUNDLE
}

/// The version whose bundle has this tag.
pub(crate) fn bundle_version(tag: &str) -> Option<Version> {
    version(tag.strip_suffix(BUNDLE)?).ok()
}

fn version(text: &str) -> Result<Version, String> {
    // Copied from a registry's own pages, it has the tag's letter.
    let plain = if text.contains('+') { text.to_owned() } else { text.replacen('_', "+", 1) };
    let version = Version::parse(&plain).map_err(|_| format!("`{text}` is not a version such as 1.2.3"))?;
    if plain.ends_with(BUNDLE) {
        return Err(format!("`{BUNDLE}` at the end is what the registry's own tags have: leave it out"));
    }
    if plain.len() + BUNDLE.len() > LONGEST_TAG {
        return Err(format!("its version has more than {} characters", LONGEST_TAG - BUNDLE.len()));
    }
    Ok(version)
}

/// The OCI's grammar: parts with `/` between them; a part is of letters and digits, single separators in between.
fn repository(text: &str) -> Result<String, String> {
    if text.len() > LONGEST_REPOSITORY {
        return Err(format!("its path has more than {LONGEST_REPOSITORY} characters"));
    }
    if let Some(part) = text.split('/').find(|part| !is_part(part)) {
        return Err(match part {
            "" => "a part of its path is empty".to_owned(),
            part => format!("`{part}` in its path is not of a-z and 0-9 with `.`, `_`, `__` or `-` between them"),
        });
    }
    Ok(text.to_owned())
}

fn is_part(part: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let separator = |text: &str| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|byte| byte == b'-');
    let ends = |text: &str| text.bytes().next().is_some_and(alphanumeric) && text.bytes().next_back().is_some_and(alphanumeric);
    // What lies between letters and digits.
    ends(part) && part.split(|letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit()).all(separator)
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        parse(text).map_err(|reason| ReferenceError { text: without_user(text), reason })
    }
}

fn parse(text: &str) -> Result<Reference, String> {
    let rest = text.strip_prefix("oci://").ok_or("it does not start with oci://")?;
    let (host, path) = rest.split_once('/').ok_or("it has a host and no path")?;
    if host.contains('@') {
        return Err("users and passwords do not belong into it".to_owned());
    }
    let host = host.parse()?;
    if let Some((name, digest)) = path.split_once('@') {
        if name.contains(':') {
            return Err("it has a version and a digest: one of them is enough".to_owned());
        }
        return Ok(Reference { host, repository: repository(name)?, pick: Pick::Digest(digest.parse()?) });
    }
    let (name, tag) = path.split_once(':').ok_or("it has no version")?;
    Ok(Reference { host, repository: repository(name)?, pick: Pick::Version(version(tag)?) })
}

/// A password that somebody put where it does not belong is not shown again.
fn without_user(text: &str) -> String {
    let (scheme, rest) = text.split_once("//").unwrap_or(("", text));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    match host.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}//...@{host}/{path}"),
        None => text.to_owned(),
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place();
        match &self.pick {
            Pick::Version(version) => write!(formatter, "{place}:{version}"),
            Pick::Digest(digest) => write!(formatter, "{place}@{digest}"),
        }
    }
}

#[cfg(test)]
mod tests;

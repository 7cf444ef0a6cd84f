//! What is pushed.

use bytes::Bytes;
use semver::Version;
use std::collections::BTreeMap;

/// A version of a connector as it goes into a registry.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The component alone.
    pub component: Bytes,
    /// The whole signed bundle, packed.
    pub bundle: Bytes,
    /// What registries and their tools show of it.
    pub annotations: Annotations,
}

/// What registries and their tools show: `org.opencontainers.image.*` of the OCI image specification, "Pre-Defined Annotation Keys". The
/// version is the reference's.
#[derive(Clone, Debug, Default)]
pub struct Annotations {
    /// A name for people.
    pub title: Option<String>,
    /// What it does, in a sentence.
    pub description: Option<String>,
    /// The licences, as an SPDX expression.
    pub licenses: Option<String>,
    /// Who made it.
    pub authors: Option<String>,
    /// The organisation that distributes it.
    pub vendor: Option<String>,
    /// Where to read about it.
    pub url: Option<String>,
    /// Where its documentation is.
    pub documentation: Option<String>,
    /// Where its source is.
    pub source: Option<String>,
}

impl Annotations {
    /// As they stand in a manifest.
    pub(crate) fn of(&self, version: &Version) -> BTreeMap<String, String> {
        let Self { title, description, licenses, authors, vendor, url, documentation, source } = self;
        let version = Some(version.to_string());
        [
            ("title", title),
            ("version", &version),
            ("description", description),
            ("licenses", licenses),
            ("authors", authors),
            ("vendor", vendor),
            ("url", url),
            ("documentation", documentation),
            ("source", source),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((format!("org.opencontainers.image.{key}"), value.clone()?)))
        .collect()
    }
}

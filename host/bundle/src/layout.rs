//! Which files a bundle has, and how large each may be.

use crate::ComponentFile;

pub(crate) const MANIFEST: &str = "connector.toml";
pub(crate) const README: &str = "README.md";
pub(crate) const LICENSE: &str = "LICENSE";
/// The digest list: what is signed.
pub(crate) const SUMS: &str = "SHA256SUMS";
pub(crate) const SIGNATURE: &str = "SHA256SUMS.sig";

/// Of a text that people write.
pub(crate) const LARGEST_TEXT: u64 = 1024 * 1024;
/// Three times the largest that any of the SDKs makes.
pub(crate) const LARGEST_COMPONENT: u64 = 64 * 1024 * 1024;
/// Room for four lines with the longest names, several times over.
const LARGEST_LIST: u64 = 4096;
/// A signature has some 180 bytes.
const LARGEST_SIGNATURE: u64 = 1024;

/// The files that every bundle can have, and the component.
pub(crate) const MOST_FILES: usize = 6;

/// How many bytes the file of this name may have; none where it is no part of any bundle.
pub(crate) fn limit(name: &str) -> Option<u64> {
    match name {
        MANIFEST | README | LICENSE => Some(LARGEST_TEXT),
        SUMS => Some(LARGEST_LIST),
        SIGNATURE => Some(LARGEST_SIGNATURE),
        _ => is_component(name).then_some(LARGEST_COMPONENT),
    }
}

/// Whether this could be the component's name.
pub(crate) fn is_component(name: &str) -> bool {
    name.parse::<ComponentFile>().is_ok()
}

//! `SHA256SUMS`: the digest of each file, as `sha256sum` writes them.

use crate::layout::SUMS;
use crate::{BundleError, Digest};
use std::collections::BTreeMap;
use std::path::Path;

/// The list of these digests, in the order of the names.
pub(crate) fn list(digests: &BTreeMap<String, Digest>) -> String {
    digests.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect()
}

/// Whether a list is the one of these files, to the byte; `place` is for messages.
pub(crate) fn check(place: &Path, bytes: &[u8], digests: &BTreeMap<String, Digest>) -> Result<(), BundleError> {
    let text = std::str::from_utf8(bytes).map_err(|_| BundleError::NotText { path: place.join(SUMS) })?;
    let mut listed = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = || BundleError::DigestList { path: place.join(SUMS), line: number + 1 };
        let (digest, name) = line.split_once("  ").ok_or_else(wrong)?;
        let digest: Digest = digest.parse().map_err(|_| wrong())?;
        let Some(own) = digests.get(name) else {
            return Err(BundleError::ListedButMissing { path: place.join(SUMS), name: name.escape_debug().take(100).collect() });
        };
        if digest != *own {
            return Err(BundleError::DigestDiffers { path: place.join(name) });
        }
        listed.insert(name.to_owned(), digest);
    }
    if let Some(name) = digests.keys().find(|name| !listed.contains_key(*name)) {
        return Err(BundleError::NotListed { path: place.join(name) });
    }
    // All that is left is the order, a line that is there twice, and ends of lines.
    let ours = list(digests);
    let line = text.split('\n').zip(ours.split('\n')).position(|(its, ours)| its != ours);
    match text == ours {
        true => Ok(()),
        false => Err(BundleError::DigestList { path: place.join(SUMS), line: line.unwrap_or(digests.len()) + 1 }),
    }
}

#[cfg(test)]
mod tests;

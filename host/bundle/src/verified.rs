//! A bundle that was checked, with the bytes that were checked.

use crate::{BundleError, Digest, Manifest, files};
use cap_std::fs::Dir;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const MANIFEST: &str = "connector.toml";
const README: &str = "README.md";
const LICENCE: &str = "LICENCE";

const LARGEST_TEXT: u64 = 1024 * 1024;
/// Three times the largest that any of the SDKs makes.
const LARGEST_COMPONENT: u64 = 64 * 1024 * 1024;

/// A bundle whose manifest is good, whose component is one, and whose files have these digests.
///
/// It can only be made by the code that checked it, and has the bytes in memory, so that what was checked is what is used. Other files
/// in the folder are no part of the bundle: they are not read and not installed.
#[derive(Clone)]
pub struct VerifiedBundle {
    manifest: Manifest,
    files: BTreeMap<String, Arc<[u8]>>,
    digests: BTreeMap<String, Digest>,
}

impl VerifiedBundle {
    /// Reads and checks the bundle in this folder.
    ///
    /// # Errors
    ///
    /// When a file is missing, too large or not a plain file, the manifest is wrong, or the component is none.
    pub fn open(folder: &Path) -> Result<Self, BundleError> {
        Self::read(&files::open(folder)?, folder)
    }

    pub(crate) fn read(dir: &Dir, folder: &Path) -> Result<Self, BundleError> {
        let need =
            |name: &str, limit| files::read(dir, folder, name, limit)?.ok_or(BundleError::Missing { path: folder.join(name) });
        let text = need(MANIFEST, LARGEST_TEXT)?;
        let manifest = parse(folder, &text)?;
        let mut files = BTreeMap::from([(MANIFEST.to_owned(), text), (README.to_owned(), need(README, LARGEST_TEXT)?)]);
        if let Some(licence) = files::read(dir, folder, LICENCE, LARGEST_TEXT)? {
            files.insert(LICENCE.to_owned(), licence);
        }
        let component = manifest.component.as_str();
        files.insert(component.to_owned(), need(component, LARGEST_COMPONENT)?);
        Self::check(folder, manifest, files)
    }

    /// The one way to make one, whatever the files came out of.
    fn check(folder: &Path, manifest: Manifest, files: BTreeMap<String, Vec<u8>>) -> Result<Self, BundleError> {
        let component = manifest.component.as_str();
        if let Some(what) = files.get(component).and_then(|bytes| not_a_component(bytes)) {
            return Err(BundleError::NotAComponent { path: folder.join(component), what });
        }
        if files.get(README).is_some_and(|bytes| std::str::from_utf8(bytes).is_err()) {
            return Err(BundleError::NotText { path: folder.join(README) });
        }
        let digests = files.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes))).collect();
        let files = files.into_iter().map(|(name, bytes)| (name, bytes.into())).collect();
        Ok(Self { manifest, files, digests })
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The component's bytes.
    pub fn component(&self) -> &[u8] {
        &self.files[self.manifest.component.as_str()]
    }

    /// The component's digest: the key under which its compiled code is kept.
    pub fn component_digest(&self) -> Digest {
        self.digests[self.manifest.component.as_str()]
    }

    /// The documentation, in Markdown.
    pub fn readme(&self) -> &str {
        // Checked when the bundle was made.
        self.files.get(README).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// The digest of each file, by name.
    pub fn digests(&self) -> &BTreeMap<String, Digest> {
        &self.digests
    }

    /// The digest of the whole bundle: of its digest list.
    pub fn digest(&self) -> Digest {
        Digest::of(self.digest_list().as_bytes())
    }

    /// The digest list, in the form that `sha256sum --check` reads: what a signature is made over.
    pub fn digest_list(&self) -> String {
        self.digests.iter().map(|(name, digest)| format!("{digest}  {name}\n")).collect()
    }

    /// Every file's name and bytes.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), &**bytes))
    }
}

fn parse(folder: &Path, bytes: &[u8]) -> Result<Manifest, BundleError> {
    let text = std::str::from_utf8(bytes).map_err(|_| BundleError::NotText { path: folder.join(MANIFEST) })?;
    Manifest::parse(text).map_err(|error| BundleError::Manifest { folder: folder.to_owned(), error })
}

/// What the bytes are, where they are no component: the first eight say it.
fn not_a_component(bytes: &[u8]) -> Option<&'static str> {
    match bytes.get(..8) {
        Some([0, b'a', b's', b'm', 13, 0, 1, 0]) => None,
        Some([0, b'a', b's', b'm', _, _, 0, 0]) => Some("a core WebAssembly module, not a component"),
        Some([0, b'a', b's', b'm', ..]) => Some("WebAssembly of a version that is not known"),
        Some([0x7f, b'E', b'L', b'F', ..]) => Some("native code, not a WebAssembly component"),
        _ => Some("not a WebAssembly component"),
    }
}

#[cfg(test)]
pub(crate) mod tests;

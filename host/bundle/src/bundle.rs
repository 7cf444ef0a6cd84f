//! A bundle as somebody handed it over.

use crate::layout::{LICENSE, MANIFEST, README, SIGNATURE, SUMS};
use crate::{ArchiveError, BundleError, Digest, Manifest, Signature, SigningKey, Trust, VerifiedBundle};
use crate::{archive, component, files, layout, sums};
use cap_std::fs::Dir;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What an archive that is no file is called in messages.
const ARCHIVE: &str = "the archive";

/// A bundle that is whole and consistent in itself, and nobody's word for it yet: its manifest is good, its component is one, its files have
/// the digests that its list says. Nothing of it is run or installed before [`Bundle::verify`].
///
/// It has the bytes in memory, so that what was checked is what is used.
#[derive(Clone)]
pub struct Bundle {
    /// Where it came from, for messages.
    place: PathBuf,
    manifest: Manifest,
    /// All of them, with the digest list and its signature.
    files: BTreeMap<String, Arc<[u8]>>,
    /// Of those that the list is about.
    digests: BTreeMap<String, Digest>,
    signature: Option<Signature>,
}

impl Bundle {
    /// Reads the bundle in this folder or `.tar.zst` file.
    ///
    /// Other files in a folder, such as an author's source, are no part of the bundle: they are not read. An archive has nothing else.
    ///
    /// # Errors
    ///
    /// When a file is missing, too large or not a plain file, the manifest is wrong, the component is none, a digest list or signature
    /// that is there is wrong, or the archive has something that a bundle has not.
    pub fn open(path: &Path) -> Result<Self, BundleError> {
        if std::fs::metadata(path).map_err(crate::error::io("open the bundle", path))?.is_dir() {
            return Self::read(&files::open(path)?, path);
        }
        Self::unpack(&files::read_archive(path)?, path)
    }

    /// Reads the bundle in the bytes of a `.tar.zst` file.
    ///
    /// # Errors
    ///
    /// As [`Bundle::open`].
    pub fn from_archive(bytes: &[u8]) -> Result<Self, BundleError> {
        Self::unpack(bytes, Path::new(ARCHIVE))
    }

    /// Reads the bundle in a folder that was opened before; `folder` is for messages.
    pub(crate) fn read(dir: &Dir, folder: &Path) -> Result<Self, BundleError> {
        let read = |name: &str| files::read(dir, folder, name, layout::limit(name).unwrap_or_default());
        let text = read(MANIFEST)?.ok_or_else(|| missing(folder, MANIFEST))?;
        let manifest = parse(folder, &text)?;
        let mut found = BTreeMap::from([(MANIFEST.to_owned(), text)]);
        for name in [manifest.component.as_str(), README, LICENSE, SUMS, SIGNATURE] {
            if let Some(bytes) = read(name)? {
                found.insert(name.to_owned(), bytes);
            }
        }
        Self::check(folder, manifest, found)
    }

    fn unpack(bytes: &[u8], path: &Path) -> Result<Self, BundleError> {
        let files = archive::read(bytes, path)?;
        let manifest = parse(path, files.get(MANIFEST).ok_or_else(|| missing(path, MANIFEST))?)?;
        let component = manifest.component.as_str();
        if let Some(name) = files.keys().find(|name| layout::is_component(name) && *name != component) {
            let error = ArchiveError::Unexpected { name: name.clone() };
            return Err(BundleError::Archive { path: path.to_owned(), error });
        }
        if !files.contains_key(SUMS) {
            return Err(missing(path, SUMS));
        }
        Self::check(path, manifest, files)
    }

    /// The one way to make one, whatever the files came out of.
    fn check(place: &Path, manifest: Manifest, mut files: BTreeMap<String, Vec<u8>>) -> Result<Self, BundleError> {
        let component = manifest.component.as_str();
        let bytes = files.get(component).ok_or_else(|| missing(place, component))?;
        if let Some(what) = component::is_none(bytes) {
            return Err(BundleError::NotAComponent { path: place.join(component), what });
        }
        let readme = files.get(README).ok_or_else(|| missing(place, README))?;
        if std::str::from_utf8(readme).is_err() {
            return Err(BundleError::NotText { path: place.join(README) });
        }
        let (list, signature) = (files.remove(SUMS), files.remove(SIGNATURE));
        let digests: BTreeMap<_, _> = files.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes))).collect();
        match &list {
            Some(list) => sums::check(place, list, &digests)?,
            // A signature without what it signs.
            None if signature.is_some() => return Err(missing(place, SUMS)),
            None => {}
        }
        let signature = signature.map(|bytes| parse_signature(place, &bytes)).transpose()?;
        let mut bundle = Self {
            place: place.to_owned(),
            manifest,
            files: files.into_iter().map(|(name, bytes)| (name, bytes.into())).collect(),
            signature: None,
            digests,
        };
        bundle.files.insert(SUMS.to_owned(), bundle.digest_list().into_bytes().into());
        bundle.set_signature(signature);
        Ok(bundle)
    }

    /// Signs it, in place of a signature that it has.
    #[must_use]
    pub fn sign(mut self, key: &SigningKey) -> Self {
        let signature = Signature::make(self.digest_list().as_bytes(), key);
        self.set_signature(Some(signature));
        self
    }

    fn set_signature(&mut self, signature: Option<Signature>) {
        if let Some(signature) = &signature {
            self.files.insert(SIGNATURE.to_owned(), signature.to_string().into_bytes().into());
        }
        self.signature = signature;
    }

    /// Checks it before it is installed: that it is signed, by a key that the operator trusts today for a connector of this name.
    ///
    /// # Errors
    ///
    /// When it is not signed, the signature is not of these files, or the key is unknown, revoked, expired, another publisher's, or not
    /// one for this name.
    pub fn verify(self, trust: &Trust, today: Date) -> Result<VerifiedBundle, BundleError> {
        VerifiedBundle::check(self, trust, Some(today))
    }

    /// Checks it when it was installed before: as [`Bundle::verify`], but what was installed with a key that has expired since goes on
    /// running. What was signed with a revoked key does not.
    ///
    /// # Errors
    ///
    /// As [`Bundle::verify`], except for expired keys.
    pub fn verify_installed(self, trust: &Trust) -> Result<VerifiedBundle, BundleError> {
        VerifiedBundle::check(self, trust, None)
    }

    /// The bundle as a `.tar.zst` file, with its signature if it has one. The same bundle gives the same bytes.
    pub fn pack(&self) -> Vec<u8> {
        archive::pack(self.files())
    }

    /// The signature, which may be anybody's and of anything until it was verified.
    pub fn signature(&self) -> Option<&Signature> {
        self.signature.as_ref()
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

    /// The names of what the component exports, in its own order, without compiling it: its capabilities.
    ///
    /// # Errors
    ///
    /// When the component cannot be read.
    pub fn exports(&self) -> Result<Vec<String>, BundleError> {
        self.interfaces().map(|interfaces| interfaces.exports)
    }

    /// The names of what the component imports, in its own order, without compiling it.
    ///
    /// # Errors
    ///
    /// When the component cannot be read.
    pub fn imports(&self) -> Result<Vec<String>, BundleError> {
        self.interfaces().map(|interfaces| interfaces.imports)
    }

    fn interfaces(&self) -> Result<component::Interfaces, BundleError> {
        component::interfaces(self.component())
            .map_err(|message| BundleError::Component { path: self.place.join(self.manifest.component.as_str()), message })
    }

    /// The documentation, in Markdown.
    pub fn readme(&self) -> &str {
        // Checked when the bundle was made.
        self.files.get(README).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// The digest of each file, by name; the digest list and its signature are not among them.
    pub fn digests(&self) -> &BTreeMap<String, Digest> {
        &self.digests
    }

    /// The digest of the whole bundle: of its digest list.
    pub fn digest(&self) -> Digest {
        Digest::of(self.digest_list().as_bytes())
    }

    /// The digest list, in the form that `sha256sum --check` reads: what a signature is made over.
    pub fn digest_list(&self) -> String {
        sums::list(&self.digests)
    }

    /// Every file's name and bytes, in the order of the names; with the digest list, and the signature if there is one.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), &**bytes))
    }
}

impl fmt::Debug for Bundle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} ({})", self.manifest.name, self.manifest.version, self.digest())
    }
}

fn missing(place: &Path, name: &str) -> BundleError {
    BundleError::Missing { path: place.join(name) }
}

fn parse(place: &Path, bytes: &[u8]) -> Result<Manifest, BundleError> {
    let text = std::str::from_utf8(bytes).map_err(|_| BundleError::NotText { path: place.join(MANIFEST) })?;
    Manifest::parse(text).map_err(|error| BundleError::Manifest { bundle: place.to_owned(), error })
}

fn parse_signature(place: &Path, bytes: &[u8]) -> Result<Signature, BundleError> {
    let text = std::str::from_utf8(bytes).map_err(|_| BundleError::NotText { path: place.join(SIGNATURE) })?;
    text.parse().map_err(|message| BundleError::SignatureForm { path: place.join(SIGNATURE), message })
}

#[cfg(test)]
mod tests;

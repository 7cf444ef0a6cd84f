//! The folder of installed connectors: `connectors/NAME/VERSION/`, versions side by side.

use crate::error::io;
use crate::{BundleError, ConnectorName, ConnectorRef, Lock, VerifiedBundle};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use semver::Version;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The installed connectors of one Innkeeper.
pub struct Connectors {
    dir: Dir,
    path: PathBuf,
}

/// One installed version of a connector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The connector.
    pub name: ConnectorName,
    /// Its version.
    pub version: Version,
    /// Its folder.
    pub path: PathBuf,
}

impl Connectors {
    /// Opens `connectors` in the folder of Innkeeper's state, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// When the operating system refuses.
    pub fn open(state: &Path) -> Result<Self, BundleError> {
        let path = state.join("connectors");
        Dir::create_ambient_dir_all(&path, ambient_authority()).map_err(io("create the folder", &path))?;
        let dir = Dir::open_ambient_dir(&path, ambient_authority()).map_err(io("open the folder", &path))?;
        Ok(Self { dir, path })
    }

    /// Installs the very bytes that were checked. They are written beside their place and renamed into it, so that a version is there whole
    /// or not at all. A version that is there already with the same content stays as it is.
    ///
    /// # Errors
    ///
    /// When the version is there with other content, or the operating system refuses.
    pub fn install(&self, bundle: &VerifiedBundle) -> Result<Installed, BundleError> {
        let installed = self.place(&bundle.manifest().name, &bundle.manifest().version);
        if self.dir.try_exists(self.within(&installed)).map_err(io("read", &installed.path))? {
            return match self.read(&installed)?.digest() == bundle.digest() {
                true => Ok(installed),
                false => Err(BundleError::Different { name: installed.name, version: installed.version }),
            };
        }
        // A name that no connector has; the process makes it one of its own.
        let incoming = format!(".incoming-{}-{}-{}", installed.name, installed.version, std::process::id());
        let written = self.write(bundle, &incoming).and_then(|()| {
            self.dir.create_dir_all(installed.name.as_str()).map_err(io("create the folder of", &installed.path))?;
            self.dir.rename(&incoming, &self.dir, self.within(&installed)).map_err(io("put in place", &installed.path))
        });
        if written.is_err() {
            // The first error says what happened; what is left over is never read.
            let _ = self.dir.remove_dir_all(&incoming);
        }
        written.map(|()| installed)
    }

    /// Every installed version, by name and then from the newest.
    ///
    /// # Errors
    ///
    /// When the operating system refuses.
    pub fn list(&self) -> Result<Vec<Installed>, BundleError> {
        let mut all = Vec::new();
        for name in names::<ConnectorName>(&self.dir, ".", &self.path)? {
            let versions = names::<Version>(&self.dir, name.as_str(), &self.path)?;
            all.extend(versions.into_iter().map(|version| self.place(&name, &version)));
        }
        all.sort_by(|one, other| one.name.cmp(&other.name).then_with(|| other.version.cmp(&one.version)));
        Ok(all)
    }

    /// The newest installed version that the reference wants.
    ///
    /// # Errors
    ///
    /// When there is none; the message says what there is.
    pub fn resolve(&self, reference: &ConnectorRef) -> Result<Installed, BundleError> {
        self.choose(reference, |_| true)
    }

    /// The connector that the reference wants, as the lock pins it: the locked version where one matches, with the content that was agreed
    /// to.
    ///
    /// # Errors
    ///
    /// When it is not installed, not locked, or not what was locked.
    pub fn load(&self, reference: &ConnectorRef, lock: &Lock) -> Result<VerifiedBundle, BundleError> {
        let locked = |installed: &Installed| lock.entry(&installed.name, &installed.version).is_some();
        let installed = self.choose(reference, locked).or_else(|_| self.resolve(reference))?;
        let bundle = self.read(&installed)?;
        lock.check(&bundle)?;
        Ok(bundle)
    }

    /// Reads and checks an installed version, whatever the lock says.
    ///
    /// # Errors
    ///
    /// When it is not a bundle any more, or not the one that its folder says.
    pub fn read(&self, installed: &Installed) -> Result<VerifiedBundle, BundleError> {
        let dir = self.dir.open_dir(self.within(installed)).map_err(io("open the folder", &installed.path))?;
        let bundle = VerifiedBundle::read(&dir, &installed.path)?;
        let (name, version) = (&bundle.manifest().name, &bundle.manifest().version);
        if (name, version) != (&installed.name, &installed.version) {
            let (name, version) = (name.clone(), version.clone());
            return Err(BundleError::Misplaced { path: installed.path.clone(), name, version });
        }
        Ok(bundle)
    }

    /// Removes an installed version.
    ///
    /// # Errors
    ///
    /// When the operating system refuses.
    pub fn remove(&self, installed: &Installed) -> Result<(), BundleError> {
        self.dir.remove_dir_all(self.within(installed)).map_err(io("remove", &installed.path))?;
        // The connector's folder goes with its last version, and stays when there is another.
        let _ = self.dir.remove_dir(installed.name.as_str());
        Ok(())
    }

    fn choose(&self, reference: &ConnectorRef, wanted: impl Fn(&Installed) -> bool) -> Result<Installed, BundleError> {
        let all = self.list()?;
        let same: Vec<_> = all.into_iter().filter(|installed| installed.name == reference.name).collect();
        let found = same.iter().find(|installed| reference.matches(&installed.version) && wanted(installed)).cloned();
        found.ok_or_else(|| BundleError::NotInstalled {
            reference: reference.clone(),
            versions: same.into_iter().map(|installed| installed.version).collect(),
        })
    }

    fn write(&self, bundle: &VerifiedBundle, folder: &str) -> Result<(), BundleError> {
        let path = self.path.join(folder);
        // What a crash of a process with the same number left.
        if self.dir.try_exists(folder).map_err(io("read", &path))? {
            self.dir.remove_dir_all(folder).map_err(io("remove", &path))?;
        }
        self.dir.create_dir(folder).map_err(io("create the folder", &path))?;
        let dir = self.dir.open_dir(folder).map_err(io("open the folder", &path))?;
        for (name, bytes) in bundle.files() {
            let mut file = dir.create(name).map_err(io("create", &path.join(name)))?;
            file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io("write", &path.join(name)))?;
        }
        Ok(())
    }

    fn place(&self, name: &ConnectorName, version: &Version) -> Installed {
        let path = self.path.join(name.as_str()).join(version.to_string());
        Installed { name: name.clone(), version: version.clone(), path }
    }

    fn within(&self, installed: &Installed) -> PathBuf {
        Path::new(installed.name.as_str()).join(installed.version.to_string())
    }
}

/// The names in a folder that can be read as this; others are left from something else.
fn names<T: std::str::FromStr>(dir: &Dir, folder: &str, path: &Path) -> Result<Vec<T>, BundleError> {
    let mut names = Vec::new();
    for entry in dir.read_dir(folder).map_err(io("read the folder", &path.join(folder)))? {
        let entry = entry.map_err(io("read the folder", &path.join(folder)))?;
        if entry.file_type().map_err(io("read the folder", &path.join(folder)))?.is_dir() {
            names.extend(entry.file_name().to_str().and_then(|name| name.parse().ok()));
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests;

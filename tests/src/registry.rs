//! Debian's `docker-registry`: an OCI registry that other people wrote, on loopback.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::{Trouble, cache, venv};

/// The package, of whichever version the machine's distribution has.
const PACKAGE: &str = "docker-registry";

/// Ends the registry with its parent, whatever kills that one: the other end of standard input closes. Its errors close with the
/// registry.
const WATCHED: &str = r#""$@" & exec 2>/dev/null; cat >/dev/null; kill $!; wait $!"#;

/// Who may push and pull where a login is asked for.
pub const USER: &str = "publisher";
/// The password of [`USER`].
pub const PASSWORD: &str = "correct horse";
/// Both, as `htpasswd -B` writes them.
const HTPASSWD: &str = "publisher:$2b$04$FMQ23p5wu5z.R4hibdISzeMxJkk4N6zdhX0qkv25E0rGNgOzanqLO\n";

/// Whether the program is on this machine.
#[must_use]
pub fn is_there() -> bool {
    found().is_some()
}

/// Where the program is: in PATH, or in the cache folder, taken out of Debian's package. Nothing is installed into the system, and nobody
/// has to be root; several processes may ask at once.
///
/// # Errors
/// When it is in neither place and the package cannot be had.
pub fn program() -> Result<PathBuf, Trouble> {
    if let Some(program) = found() {
        return Ok(program);
    }
    let _lock = cache::lock(PACKAGE)?;
    if found().is_none() {
        install(&folder())?;
    }
    found().ok_or_else(|| Trouble::NotBuilt { path: folder(), built_by: "dpkg-deb -x".to_owned() })
}

fn folder() -> PathBuf {
    cache::folder().join(PACKAGE)
}

fn found() -> Option<PathBuf> {
    let runs = |program: &PathBuf| Command::new(program).arg("--version").stdin(Stdio::null()).output().is_ok();
    [PathBuf::from(PACKAGE), folder().join("usr/bin").join(PACKAGE)].into_iter().find(runs)
}

fn install(folder: &Path) -> Result<(), Trouble> {
    let root = cache::folder();
    let scratch = TempDir::new_in(&root).map_err(Trouble::file(&root))?;
    if download(scratch.path()).is_err() {
        // A machine that never asked for the list of packages, or long ago: it is fetched into a folder of our own.
        for below in ["lists/partial", "cache/archives/partial"] {
            let path = scratch.path().join(below);
            fs::create_dir_all(&path).map_err(Trouble::file(path))?;
        }
        venv::output(apt(scratch.path()).arg("update")).and_then(|_| download(scratch.path())).map_err(missing)?;
    }
    let files = fs::read_dir(scratch.path()).map_err(Trouble::file(scratch.path()))?;
    let packages = files.flatten().map(|file| file.path()).filter(|path| path.extension().is_some_and(|end| end == "deb"));
    let unpacked = scratch.path().join("unpacked");
    for package in packages {
        venv::output(Command::new("dpkg-deb").arg("-x").arg(package).arg(&unpacked)).map_err(missing)?;
    }
    // In one step: who sees the folder sees all of it.
    fs::rename(&unpacked, folder).map_err(Trouble::file(folder))
}

fn download(into: &Path) -> Result<String, Trouble> {
    let with_lists = into.join("lists").exists();
    let mut command = if with_lists { apt(into) } else { Command::new("apt-get") };
    venv::output(command.args(["download", "-q", PACKAGE]).current_dir(into))
}

/// `apt-get` with all that it writes in this folder.
fn apt(folder: &Path) -> Command {
    let mut command = Command::new("apt-get");
    for (option, below) in [("Dir::State::lists", "lists"), ("Dir::Cache", "cache")] {
        command.arg("-o").arg(format!("{option}={}", folder.join(below).display()));
    }
    command.arg("-q");
    command
}

fn missing(trouble: Trouble) -> Trouble {
    Trouble::Missing {
        what: "docker-registry, the OCI registry of Debian and Ubuntu",
        advice: "Put a `docker-registry` 2.8 into PATH (github.com/distribution/distribution has it for other systems)",
        trouble: Box::new(trouble),
    }
}

/// A running registry with an empty storage of its own; stopped when dropped.
pub struct DockerRegistry {
    host: String,
    child: Child,
    folder: TempDir,
}

impl DockerRegistry {
    /// Starts one that lets everybody push and pull.
    ///
    /// # Panics
    /// When it cannot be installed or started.
    #[must_use]
    pub fn start() -> Self {
        Self::launch(false).unwrap_or_else(|trouble| panic!("{trouble}"))
    }

    /// Starts one that asks for the login of [`USER`].
    ///
    /// # Panics
    /// When it cannot be installed or started.
    #[must_use]
    pub fn start_with_login() -> Self {
        Self::launch(true).unwrap_or_else(|trouble| panic!("{trouble}"))
    }

    fn launch(login: bool) -> Result<Self, Trouble> {
        let program = program()?;
        let folder = TempDir::new().map_err(Trouble::file(env::temp_dir()))?;
        let write = |name: &str, content: &str| {
            let path = folder.path().join(name);
            fs::write(&path, content).map_err(Trouble::file(&path)).map(|()| path)
        };
        let users = write("htpasswd", HTPASSWD)?;
        let configuration = write("config.yml", &configuration(&folder.path().join("storage"), login.then_some(&users)))?;
        let mut command = Command::new("sh");
        command.args(["-c", WATCHED, "sh"]).arg(&program).arg("serve").arg(configuration);
        let started = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = started.map_err(|source| Trouble::NotStarted { program: program.display().to_string(), source })?;
        let mut log = BufReader::new(child.stderr.take().expect("standard error was asked for")).lines();
        let mut said = String::new();
        let port = log.by_ref().map_while(Result::ok).find_map(|line| {
            said = format!("{said}{line}\n");
            let (_, port) = line.split_once("listening on 127.0.0.1:")?;
            port.split('"').next()?.parse::<u16>().ok()
        });
        // It writes a line for every request, and stops when nobody reads them.
        thread::spawn(move || log.for_each(drop));
        let registry = Self { host: format!("127.0.0.1:{}", port.unwrap_or_default()), child, folder };
        match port {
            Some(_) => Ok(registry),
            None => Err(Trouble::NotServing { program: PACKAGE.to_owned(), tries: 1, output: said }),
        }
    }

    /// `127.0.0.1:PORT`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The file in which the registry keeps the content of this digest, which is `sha256:` and 64 digits.
    ///
    /// # Panics
    /// When it is no such digest.
    #[must_use]
    pub fn file(&self, digest: &str) -> PathBuf {
        let digits = digest.strip_prefix("sha256:").expect("a SHA-256 digest");
        let blobs = self.folder.path().join("storage/docker/registry/v2/blobs/sha256");
        blobs.join(&digits[..2]).join(digits).join("data")
    }
}

impl Drop for DockerRegistry {
    fn drop(&mut self) {
        // What watches it sees the end of its input and stops it.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Any free port: the registry says which. It cannot be asked for anything but what it writes into the log.
fn configuration(storage: &Path, users: Option<&PathBuf>) -> String {
    let auth = users.map(|users| format!("auth:\n  htpasswd:\n    realm: registry\n    path: {}\n", users.display()));
    let storage = storage.display();
    format!(
        "version: 0.1\nlog:\n  level: info\n  accesslog:\n    disabled: true\nhttp:\n  addr: 127.0.0.1:0\n  secret: loopback\nstorage:\n  \
         filesystem:\n    rootdirectory: {storage}\n{}",
        auth.unwrap_or_default()
    )
}

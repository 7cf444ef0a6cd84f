//! PyPI `django-scim2`: SCIM 2.0 in a Django site, with habits of its own.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tempfile::TempDir;

use crate::Trouble;
use crate::token::random_token;
use crate::venv::Venv;

const PACKAGES: &str = include_str!("../../requirements-django.txt");
const SERVE: &str = include_str!("django_scim2/serve.py");
const MODELS: &str = include_str!("django_scim2/models.py");

/// A running Django site with SCIM, in memory; stopped when dropped.
pub struct DjangoScim2 {
    base_url: String,
    token: String,
    child: Child,
    _watched: Option<ChildStdin>,
    _stdout: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl DjangoScim2 {
    /// Starts one, empty, on a free port of loopback.
    ///
    /// # Panics
    /// When it cannot be installed or started.
    #[must_use]
    pub fn start() -> Self {
        Self::launch().unwrap_or_else(|trouble| panic!("{trouble}"))
    }

    fn launch() -> Result<Self, Trouble> {
        let python = Venv::ensure(PACKAGES)?.program("python");
        let folder = TempDir::new().map_err(Trouble::file(std::env::temp_dir()))?;
        let package = folder.path().join("site_models");
        fs::create_dir(&package).map_err(Trouble::file(&package))?;
        for (path, content) in
            [(folder.path().join("serve.py"), SERVE), (package.join("models.py"), MODELS), (package.join("__init__.py"), "")]
        {
            fs::write(&path, content).map_err(Trouble::file(&path))?;
        }
        let log_path = folder.path().join("log");
        let log = File::create(&log_path).map_err(Trouble::file(&log_path))?;
        let token = random_token();
        let mut child = Command::new(&python)
            .arg("serve.py")
            .arg(&token)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|source| Trouble::NotStarted { program: python.display().to_string(), source })?;
        let watched = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().expect("standard output was asked for"));
        // It says where it listens as soon as it does, and closes its output when it could not.
        let mut line = String::new();
        let read = stdout.read_line(&mut line);
        let base_url = line.trim().to_owned();
        let server = Self { base_url, token, child, _watched: watched, _stdout: stdout, _folder: folder };
        if matches!(read, Ok(length) if length > 0) {
            return Ok(server);
        }
        let output = fs::read_to_string(&log_path).unwrap_or(line);
        Err(Trouble::NotServing { program: "django-scim2".to_owned(), tries: 1, output })
    }

    /// The SCIM API, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The bearer token that the server asks for.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl Drop for DjangoScim2 {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! PyPI `django-scim2`: SCIM 2.0 in a Django site, with habits of its own.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use super::process::{Serving, Started};
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
    _serving: Serving,
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
        let token = random_token();
        let mut command = Command::new(&python);
        command.arg("serve.py").arg(&token).current_dir(folder.path());
        match Serving::start(&mut command, &folder.path().join("log"))? {
            Started::Serves(serving, line) => {
                Ok(Self { base_url: line.trim().to_owned(), token, _serving: serving, _folder: folder })
            }
            Started::Ended(output) => Err(Trouble::NotServing { program: "django-scim2".to_owned(), tries: 1, output }),
        }
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

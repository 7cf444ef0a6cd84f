//! npm `emulate`: GitHub, Slack and Okta as somebody else understood them, with state, paging and a limit of 5,000 requests an hour.

use std::fs;

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::{Serving, Started};
use crate::Trouble;
use crate::npm::Packages;
use crate::token::random_token;

const MANIFEST: &str = include_str!("emulate/package.json");
const LOCK: &str = include_str!("emulate/package-lock.json");
const SERVE: &str = include_str!("emulate/serve.mjs");

/// What is emulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The REST API of GitHub: organisations and teams, without invitations.
    GitHub,
    /// The Web API of Slack: users who were there at the start, and channels.
    Slack,
    /// The management API of Okta.
    Okta,
}

impl Service {
    fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::Slack => "slack",
            Self::Okta => "okta",
        }
    }
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Answered {
    /// The method.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
}

/// A running emulator of one service; stopped when dropped. Its clock stands still until it is [moved](Self::advance).
pub struct Emulator {
    base_url: String,
    token: String,
    serving: Serving,
    _folder: TempDir,
}

impl Emulator {
    /// Starts one on a free port of loopback. `admin` is the login that its token stands for, and the seed what there is at the start, as
    /// the emulator's own documentation has it.
    ///
    /// # Panics
    /// When it cannot be installed or started.
    #[must_use]
    pub fn start(service: Service, admin: &str, seed: &Value) -> Self {
        Self::launch(service, admin, seed).unwrap_or_else(|trouble| panic!("{trouble}"))
    }

    fn launch(service: Service, admin: &str, seed: &Value) -> Result<Self, Trouble> {
        let packages = Packages::ensure(MANIFEST, LOCK)?;
        let folder = TempDir::new().map_err(Trouble::file(std::env::temp_dir()))?;
        let token = random_token();
        let mut tokens = json!({});
        tokens[&token] = json!({ "login": admin, "scopes": ["admin:org"] });
        let options = json!({ "service": service.as_str(), "seed": { "tokens": tokens, (service.as_str()): seed } });
        let (script, start) = (folder.path().join("serve.mjs"), folder.path().join("options.json"));
        for (path, content) in [(&script, SERVE), (&start, options.to_string().as_str())] {
            fs::write(path, content).map_err(Trouble::file(path))?;
        }
        let mut node = packages.node();
        node.arg(&script).arg(packages.file("emulate/dist/api.js")).arg(&start);
        match Serving::start(&mut node, &folder.path().join("log"))? {
            Started::Serves(serving, line) => Ok(Self { base_url: line.trim().to_owned(), token, serving, _folder: folder }),
            Started::Ended(output) => Err(Trouble::NotServing { program: "emulate".to_owned(), tries: 1, output }),
        }
    }

    /// The API, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The admin's token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Moves the emulator's clock.
    ///
    /// # Panics
    /// When the emulator has ended.
    pub fn advance(&mut self, seconds: u64) {
        let _ = self.ask(&format!("advance {seconds}"));
    }

    /// The requests that were answered since the last time this was asked, in order.
    ///
    /// # Panics
    /// When the emulator has ended.
    pub fn requests(&mut self) -> Vec<Answered> {
        let answer = self.ask("requests");
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    fn ask(&mut self, command: &str) -> String {
        self.serving.ask(command).unwrap_or_else(|trouble| panic!("{trouble}"))
    }
}

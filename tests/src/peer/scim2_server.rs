//! PyPI `scim2-server`: a SCIM 2.0 server in memory.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use super::process::{Serving, Started};
use crate::Trouble;
use crate::token::random_token;
use crate::venv::{PEERS, Venv};

/// Ends with its parent whatever kills that one: the other end of standard input closes.
const WATCHED: &str = "
import os, sys, threading
def watch():
    while sys.stdin.buffer.read(1):
        pass
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
from scim2_server.testserver.cli import main
sys.argv[0] = 'scim2-server'
main()
";

/// How the server pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// By `startIndex` and `count` (RFC 7644, section 3.4.2.4).
    Index,
    /// By `cursor` as well (RFC 9865).
    IndexAndCursor,
}

/// A running `scim2-server` with its own bearer token; stopped when dropped.
pub struct Scim2Server {
    base_url: String,
    token: String,
    serving: Serving,
    _folder: TempDir,
}

impl Scim2Server {
    /// Starts one, empty, on a free port of loopback.
    ///
    /// # Panics
    /// When it cannot be installed or started.
    #[must_use]
    pub fn start() -> Self {
        Self::launch(Paging::Index).unwrap_or_else(|trouble| panic!("{trouble}"))
    }

    /// Like [`start`](Self::start), and says what went wrong.
    ///
    /// # Errors
    /// When it cannot be installed, or does not come up on any of several ports.
    pub fn launch(paging: Paging) -> Result<Self, Trouble> {
        const TRIES: u32 = 5;
        let python = Venv::ensure(PEERS)?.program("python");
        let mut output = String::new();
        for _ in 0..TRIES {
            // Somebody else may take the port between this line and the server's start; then another is tried.
            let port = free_port()?;
            let folder = TempDir::new().map_err(Trouble::file(std::env::temp_dir()))?;
            let token = random_token();
            let mut command = Command::new(&python);
            command.args(["-c", WATCHED, "--port", &port.to_string(), "--bearer-token", &token]);
            if paging == Paging::IndexAndCursor {
                let path = folder.path().join("service-provider-config.json");
                fs::write(&path, cursor_config().to_string()).map_err(Trouble::file(&path))?;
                command.arg("--service-provider-config").arg(path);
            }
            match Serving::start(&mut command, &folder.path().join("log"))? {
                Started::Serves(serving, _) => {
                    return Ok(Self { base_url: format!("http://127.0.0.1:{port}/v2"), token, serving, _folder: folder });
                }
                Started::Ended(left) => output = left,
            }
        }
        Err(Trouble::NotServing { program: "scim2-server".to_owned(), tries: TRIES, output })
    }

    /// `http://127.0.0.1:PORT/v2`, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The bearer token that the server asks for.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The process, for a test that stops or kills it.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.serving.id()
    }
}

fn free_port() -> Result<u16, Trouble> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Trouble::file("127.0.0.1:0"))?;
    Ok(listener.local_addr().map_err(Trouble::file("127.0.0.1:0"))?.port())
}

/// What the server announces by default, with cursors.
fn cursor_config() -> serde_json::Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": true, "maxOperations": 1000, "maxPayloadSize": 1_048_576 },
        "filter": { "supported": true, "maxResults": 1000 },
        "changePassword": { "supported": true },
        "sort": { "supported": true },
        "etag": { "supported": true },
        "pagination": { "cursor": true, "index": true, "defaultPaginationMethod": "index" },
        "authenticationSchemes": [],
    })
}
